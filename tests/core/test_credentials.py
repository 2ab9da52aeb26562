from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter, ValidationError

from redhanded.core import credentials
from redhanded.core.credentials import Auth, revealed
from redhanded.core.settings import Settings

WHOLE: dict[str, dict[str, Any]] = {
    "none": {},
    "bearer": {"token": "s3cret"},
    "basic": {"username": "ann", "password": "s3cret"},
    "api_key": {"name": "X-Api-Key", "value": "s3cret", "place": "query"},
    "login": {
        "path": "/auth",
        "method": "PUT",
        "body": {"username": "ann"},
        "token": "$.data[0].token",
        "cookie": "token",
        "refresh": "/auth/refresh",
    },
    "oauth2": {
        "token_url": "https://login.example/token",
        "client_id": "me",
        "client_secret": "s3cret",
        "scope": ["read", "write"],
        "style": "post",
    },
}


def auth(**values: object) -> Auth:
    """A credential from values as a file holds them."""
    found: Auth = TypeAdapter(Auth).validate_python(values)
    return found


def refusal(**values: object) -> tuple[tuple[str | int, ...], str]:
    """Where and how the only error of these values is told."""
    with pytest.raises(ValidationError) as refused:
        auth(**values)
    (detail,) = refused.value.errors()
    return detail["loc"], detail["msg"].removeprefix("Value error, ")


@dataclass
class Recorder:
    """A resolver that turns every declared secret into one, and notes what it was asked."""

    asked: list[tuple[str, bool]] = field(default_factory=list)

    def resolve(self, written: str, *, declared: bool) -> str | SecretStr:
        self.asked.append((written, declared))
        return SecretStr(f"<{written}>") if declared or written.startswith("env:") else written


@pytest.mark.parametrize("kind", WHOLE)
def test_a_credential_keeps_what_it_was_given(kind: str) -> None:
    """Each kind has its own keys, and they all arrive."""
    found = auth(kind=kind, **WHOLE[kind])

    plain = found.model_dump(mode="json", exclude={"client_secret", "password", "value"})
    assert found.kind == kind
    assert {name: plain[name] for name in WHOLE[kind] if name in plain and name != "token"} == {
        name: value for name, value in WHOLE[kind].items() if name in plain and name != "token"
    }


@pytest.mark.parametrize("kind", [kind for kind in WHOLE if "s3cret" in WHOLE[kind].values()])
def test_a_secret_is_not_shown(kind: str) -> None:
    """INVARIANT: neither the text nor the JSON of a credential holds its secret."""
    found = auth(kind=kind, **WHOLE[kind])

    assert "s3cret" not in repr(found)
    assert "s3cret" not in str(found)
    assert "s3cret" not in found.model_dump_json()


@pytest.mark.parametrize(
    "kind, name",
    [
        (kind, name)
        for kind, values in WHOLE.items()
        for name in values
        if name in {"client_id", "client_secret", "password", "path", "token_url", "username"}
        or values[name] == "s3cret"
    ],
    ids=lambda value: value,
)
def test_a_credential_is_whole(kind: str, name: str) -> None:
    """What a kind cannot do without is asked for at the start, not by a server's 401."""
    values = {key: value for key, value in WHOLE[kind].items() if key != name}

    assert refusal(kind=kind, **values) == ((kind, name), "Field required")


def test_a_token_is_not_empty() -> None:
    """An empty secret is one that was not set."""
    with pytest.raises(ValidationError, match="at least 1"):
        auth(kind="bearer", token="")


def test_a_password_may_be_empty() -> None:
    """Services that take a key for the user name want it so."""
    found = auth(kind="basic", username="key", password="")

    assert isinstance(found, credentials.BasicAuth)
    assert found.password == SecretStr("")


@pytest.mark.parametrize("value", ["token", "$", "$.", "$.a b", "$..a", "$[x]", "a.b"])
def test_a_token_is_found_by_a_path(value: str) -> None:
    """A path that leads nowhere is refused where it is written."""
    assert refusal(kind="login", path="/auth", token=value) == (
        ("login", "token"),
        'is not a path into JSON: write "$.token" or "$.data[0].token"',
    )


@pytest.mark.parametrize("value", ["auth", "", "//host/auth", "ftp://host/auth"])
def test_an_endpoint_is_a_path_or_a_url(value: str) -> None:
    """A login may live on another host than the API."""
    location, message = refusal(kind="login", path=value)

    assert location == ("login", "path")
    assert message.startswith(("is not a path: ", "is not an http or https URL: "))


@pytest.mark.parametrize("reference", ["env:TOKEN", "file:token.txt"])
def test_a_reference_is_not_taken_for_a_secret(reference: str) -> None:
    """Sent as it is, a reference would be a wrong password, and a defect of nobody."""
    assert refusal(kind="bearer", token=reference) == (
        ("bearer", "token"),
        "is a reference, which only the loader resolves: give the value itself",
    )


def test_every_place_of_a_secret_is_resolved() -> None:
    """Declared secrets always, free text where it is a reference, and nothing else at all."""
    recorder = Recorder()

    settings = Settings.model_validate(
        {
            "base_url": "http://localhost",
            "auth": {"kind": "login", "path": "/auth", "body": {"name": "ann", "word": "env:W"}},
            "identities": {
                "admin": {"kind": "basic", "username": "env:U", "password": "p"},
                "robot": {
                    "kind": "oauth2",
                    "token_url": "/t",
                    "client_id": "i",
                    "client_secret": "c",
                },
            },
            "headers": {"X-A": "1", "X-B": "env:B"},
            "proxy": "http://localhost:3128",
            "proxy_auth": "u:p",
            "tls": {"cert": "c.pem", "key_password": "k"},
        },
        context=recorder,
    )

    assert sorted(recorder.asked) == [
        ("1", False),
        ("ann", False),
        ("c", True),
        ("env:B", False),
        ("env:U", False),
        ("env:W", False),
        ("i", False),
        ("k", True),
        ("p", True),
        ("u:p", True),
    ]
    assert settings.headers == {"X-A": "1", "X-B": SecretStr("<env:B>")}
    admin = settings.identities["admin"]
    assert isinstance(admin, credentials.BasicAuth)
    assert (admin.username, admin.password) == ("<env:U>", SecretStr("<p>"))


@pytest.mark.parametrize("value", [1, True, None, ["a"], {"a": "b"}], ids=repr)
def test_a_header_is_text(value: object) -> None:
    """A number would arrive as text anyway; what is written is what is sent."""
    with pytest.raises(ValidationError, match="is not text: write it in quotes"):
        Settings.model_validate({"headers": {"X-A": value}})


def test_revealed_values_are_what_goes_on_the_wire() -> None:
    """Secrets and text come out alike."""
    assert revealed({"X-A": "1", "X-B": SecretStr("two")}) == {"X-A": "1", "X-B": "two"}
