"""Credentials as settings: secrets, references to secrets, and how an identity proves itself.

A validator's message completes a sentence that begins with the setting's key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Protocol, TypeAlias
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

REFERENCES = ("env:", "file:")

_TOKEN_PATH = re.compile(r"\$(\.[A-Za-z_][\w-]*|\[\d+\])+")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2


class Resolver(Protocol):
    """Turns what is written into what is meant; given to the model as its validation context."""

    def resolve(self, written: str, *, declared: bool) -> str | SecretStr:
        """The secret behind a reference or a literal.

        `declared` says that the setting is a secret by its type; elsewhere a literal that is no
        secret comes back as it was written. Raises ValueError with the end of a sentence.
        """
        ...


class Table(BaseModel):
    """A group of settings: frozen, without unknown keys, silent about its input when it fails."""

    # Only the outermost table is built, once: that is a third of the settings' import.
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )


def conflict(field: str, message: str) -> PydanticCustomError:
    """An error of a whole table, blamed on one of its fields; the message follows the key."""
    return PydanticCustomError("conflict", "{said}", {"field": field, "said": message})


def _resolved(written: object, info: ValidationInfo, *, declared: bool) -> object:
    resolver: Resolver | None = info.context
    if not isinstance(written, str):
        return written
    if resolver is not None:
        return resolver.resolve(written, declared=declared)
    if written.startswith(REFERENCES):
        raise ValueError("is a reference, which only the loader resolves: give the value itself")
    return written


def _secret(written: object, info: ValidationInfo) -> object:
    return _resolved(written, info, declared=True)


def _secret_or_text(written: object, info: ValidationInfo) -> object:
    if not isinstance(written, str | SecretStr):
        raise ValueError("is not text: write it in quotes")  # noqa: TRY004  pydantic passes others
    return _resolved(written, info, declared=False)


def _text(written: object, info: ValidationInfo) -> object:
    found = _resolved(written, info, declared=False)
    return found.get_secret_value() if isinstance(found, SecretStr) else found


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or not value.isprintable() or " " in value:
        raise ValueError(
            'is not an http or https URL: write scheme and host, such as "http://localhost:8000"'
        )
    if "@" in parts.netloc:
        raise ValueError(
            "holds a user name or password: take them out of the URL and set auth"
            ' (kind = "basic") or, for a proxy, proxy_auth'
        )
    return value


def _bare_address(value: str) -> str:
    if "?" in _address(value) or "#" in value:
        raise ValueError("has a query or fragment: end it with the path")
    return value


def _path(value: str) -> str:
    if not value.startswith("/") or value.startswith("//") or not value.isprintable():
        raise ValueError('is not a path: begin it with one "/", such as "/health"')
    return value


def _path_or_address(value: str) -> str:
    return _address(value) if "://" in value else _path(value)


def _header_name(value: str) -> str:
    if not _HEADER_NAME.fullmatch(value):
        raise ValueError('is not a header name: write letters, digits and "-" only')
    return value


def _header_value(value: str | SecretStr) -> str | SecretStr:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if any(character in text for character in "\r\n\0"):
        raise ValueError("holds a line break: write the value on one line")
    return value


def _token_path(value: str) -> str:
    if not _TOKEN_PATH.fullmatch(value):
        raise ValueError('is not a path into JSON: write "$.token" or "$.data[0].token"')
    return value


SecretOrEmpty: TypeAlias = Annotated[SecretStr, BeforeValidator(_secret)]
Secret: TypeAlias = Annotated[SecretStr, Field(min_length=1), BeforeValidator(_secret)]
# With SecretStr first, pydantic would make one of every string.
SecretOrText: TypeAlias = Annotated[str | SecretStr, BeforeValidator(_secret_or_text)]
HeaderValue: TypeAlias = Annotated[SecretOrText, AfterValidator(_header_value)]
Referable: TypeAlias = Annotated[str, Field(min_length=1), BeforeValidator(_text)]
Address: TypeAlias = Annotated[str, AfterValidator(_address)]
BareAddress: TypeAlias = Annotated[str, AfterValidator(_bare_address)]
UrlPath: TypeAlias = Annotated[str, AfterValidator(_path)]
PathOrAddress: TypeAlias = Annotated[str, AfterValidator(_path_or_address)]
HeaderName: TypeAlias = Annotated[str, AfterValidator(_header_name)]
TokenPath: TypeAlias = Annotated[str, AfterValidator(_token_path)]
Text: TypeAlias = Annotated[str, Field(min_length=1)]


class NoAuth(Table):
    """Calls carry no credential."""

    kind: Literal["none"] = Field("none", description="No credential is sent.")


class BearerAuth(Table):
    """`Authorization: Bearer <token>` (RFC 6750)."""

    kind: Literal["bearer"] = Field(description="A ready-made token.")
    token: Secret = Field(description="The token.")


class BasicAuth(Table):
    """`Authorization: Basic <username:password>` (RFC 7617)."""

    kind: Literal["basic"] = Field(description="User name and password on each call.")
    username: Referable = Field(description="The user name.")
    password: SecretOrEmpty = Field(description="The password; may be empty.")


class ApiKeyAuth(Table):
    """A key in a header, a query parameter or a cookie."""

    kind: Literal["api_key"] = Field(description="A key under a name of the API's own.")
    name: Text = Field(description="Name of the header, query parameter or cookie.")
    value: Secret = Field(description="The key.")
    place: Literal["header", "query", "cookie"] = Field(
        "header", description="Where the key is sent."
    )


class LoginAuth(Table):
    """A token fetched from a login endpoint, and fetched again when a call is answered with 401."""

    kind: Literal["login"] = Field(description="A token that the API hands out for a login.")
    path: PathOrAddress = Field(description="The login endpoint: a path, or a whole URL.")
    method: Literal["POST", "PUT", "GET"] = Field("POST", description="The method of the login.")
    body: Mapping[str, SecretOrText] = Field(
        default_factory=dict, description="The JSON object to send; secrets as references."
    )
    token: TokenPath = Field("$.token", description="Where the answer holds the token.")
    header: HeaderName = Field("Authorization", description="The header that carries the token.")
    scheme: str = Field("Bearer", description='What precedes the token; "" sends it bare.')
    cookie: Text | None = Field(
        None, description="Name of the cookie that carries the token, in place of a header."
    )
    refresh: PathOrAddress | None = Field(
        None, description="An endpoint that renews the token; without it the login is repeated."
    )


class OAuth2Auth(Table):
    """OAuth2 client credentials (RFC 6749, section 4.4)."""

    kind: Literal["oauth2"] = Field(description="OAuth2 with client credentials.")
    token_url: PathOrAddress = Field(description="The token endpoint: a path, or a whole URL.")
    client_id: Referable = Field(description="The client's identifier.")
    client_secret: Secret = Field(description="The client's secret.")
    scope: tuple[Text, ...] = Field((), description="The scopes to ask for.")
    style: Literal["basic", "post"] = Field(
        "basic", description="Whether the client's secret goes in a header or in the form."
    )


Auth: TypeAlias = Annotated[
    NoAuth | BearerAuth | BasicAuth | ApiKeyAuth | LoginAuth | OAuth2Auth,
    Field(discriminator="kind"),
]


def revealed(values: Mapping[str, str | SecretStr]) -> dict[str, str]:
    """The values as they go on the wire, secrets included: never store or print them."""
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in values.items()
    }
