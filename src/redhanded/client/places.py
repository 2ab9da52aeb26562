"""Where a credential stands in a request: a header, a query parameter or a cookie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias
from urllib.parse import unquote_plus, urlencode

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from httpx2 import Request

PlaceName: TypeAlias = Literal["header", "query", "cookie"]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2


class Place(Protocol):
    """One spot in a request that can hold a credential."""

    def admits(self, value: str) -> bool:
        """Whether the value can be sent from here as it is."""
        ...

    def carried(self, request: Request) -> str | None:
        """The credential that the request holds already; None where it holds none."""
        ...

    def put(self, request: Request, value: str) -> None:
        """Make the value the request's only credential in this spot."""
        ...


def _named(name: str, kind: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f'{name!r} cannot name a {kind}: write letters, digits and "-" only, no spaces.'
        )


@dataclass(frozen=True, slots=True)
class Header:
    """A header field; `scheme` precedes the value, and "" sends it bare."""

    name: str = "Authorization"
    scheme: str = "Bearer"

    def __post_init__(self) -> None:
        _named(self.name, "header")

    @property
    def _prefix(self) -> str:
        return f"{self.scheme} " if self.scheme else ""

    def admits(self, value: str) -> bool:
        """Whether the value is visible ASCII, spaces within it allowed (RFC 9110, section 5.5)."""
        return value == value.strip() != "" and value.isascii() and value.isprintable()

    def carried(self, request: Request) -> str | None:
        """The field's value without our scheme; None where the request has no such field."""
        value = request.headers.get(self.name)
        return None if value is None else value.removeprefix(self._prefix)

    def put(self, request: Request, value: str) -> None:
        """Set the field, whatever it held before."""
        request.headers[self.name] = self._prefix + value


@dataclass(frozen=True, slots=True)
class Query:
    """A query parameter; the rest of the query keeps the bytes that its author chose."""

    name: str

    def admits(self, value: str) -> bool:
        """Whether there is a value at all: any can be percent-encoded."""
        return bool(value)

    def carried(self, request: Request) -> str | None:
        """The parameter's first value; None where the query has no such parameter."""
        value: str | None = request.url.params.get(self.name)
        return value

    def put(self, request: Request, value: str) -> None:
        """Append the parameter, and drop it where it stood before."""
        pairs = request.url.query.split(b"&") if request.url.query else []
        others = [pair for pair in pairs if _name_of(pair) != self.name]
        own = urlencode({self.name: value}).encode("ascii")
        request.url = request.url.copy_with(query=b"&".join([*others, own]))


def _name_of(pair: bytes) -> str:
    return unquote_plus(pair.partition(b"=")[0].decode("ascii"))


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie (RFC 6265); the request's other cookies stay as they are."""

    name: str

    def __post_init__(self) -> None:
        _named(self.name, "cookie")

    def admits(self, value: str) -> bool:
        """Whether the value is visible ASCII without what separates cookies."""
        return (
            value.isascii() and value.isprintable() and value != "" and not set(value) & set(" ;")
        )

    def carried(self, request: Request) -> str | None:
        """The cookie's value; None where the request has no such cookie."""
        return dict(_cookies(request)).get(self.name)

    def put(self, request: Request, value: str) -> None:
        """Set the cookie, and drop it where it stood before."""
        others = [(name, held) for name, held in _cookies(request) if name != self.name]
        pairs = [*others, (self.name, value)]
        request.headers["Cookie"] = "; ".join(f"{name}={held}" for name, held in pairs)


def _cookies(request: Request) -> list[tuple[str, str]]:
    # HTTP/2 may split the field (RFC 9113, section 8.2.3).
    pairs = ";".join(request.headers.get_list("Cookie")).split(";")
    split = [pair.strip().partition("=") for pair in pairs if pair.strip()]
    return [(name, value) for name, _, value in split]


def place_called(kind: PlaceName, name: str) -> Place:
    """The spot of that kind and name; a header sends the credential bare."""
    match kind:
        case "header":
            return Header(name, scheme="")
        case "query":
            return Query(name)
        case "cookie":
            return Cookie(name)
    raise UsageError(f"{kind!r} is no place for a key: write header, query or cookie.")
