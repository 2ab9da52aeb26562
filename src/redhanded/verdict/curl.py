"""The replay line: a request as a curl command for a POSIX shell, with `$NAME` for each secret.

Only a variable stands in double quotes; every other character is quoted so that the shell, also
an interactive one with history expansion, leaves it alone.
"""

from __future__ import annotations

import re
import shlex
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote, urlsplit, urlunsplit

from redhanded.contracts.glimpse import unmasked
from redhanded.core.masks import MASK, mask_name
from redhanded.core.redaction import Redactor

if TYPE_CHECKING:
    from redhanded.core.attempt import Attempt

NameOf: TypeAlias = Callable[[str], "str | None"]

_OWN = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "traceparent", "tracestate"}
)
_LONGEST_BODY = 4_096  # bytes that still leave the rest of a failure in sight
_LOGINS = {"authorization": "-u", "proxy-authorization": "--proxy-user"}
_PLAIN = re.compile(r"[\w ./:;,@%+=&?#~*()\[\]{}<>|'^-]*")


def nameless(_: str) -> str | None:
    """No value has a name of its own."""
    return None


def curl(
    attempt: Attempt,
    *,
    name_of: NameOf = nameless,
    mask: Callable[[str], str] = unmasked,
    gate: Callable[[], Redactor] = Redactor,
    max_time: float = 30.0,
) -> str:
    """The request of an attempt as one line that a shell runs as printed.

    `mask` knows declared secrets, and its masks become variables; what only its name announces
    is called after its header, parameter or field. `name_of` gives the variable of a password
    inside Basic credentials, `gate` a redactor that knows which names are shown, and no secret.
    A body that no argument can carry is read from standard input, and a comment at the end says
    so.
    """
    shown = _masked(attempt, mask, gate)
    words = ["--max-time", f"{max_time:g}", *_method(attempt), *_address(shown.url)]
    words += _headers(attempt, shown, name_of)
    body, note = _body(shown, mask)
    return " ".join(["curl", *map(_written, (*words, *body))]) + note


@dataclass(frozen=True, slots=True)
class _Request:
    """A request without its secrets."""

    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes

    @property
    def media_type(self) -> str:
        types = (value for name, value in self.headers if name.lower() == "content-type")
        return next(types, "")


def _masked(attempt: Attempt, mask: Callable[[str], str], gate: Callable[[], Redactor]) -> _Request:
    """First what is declared, under its own name; then what a name announces."""
    pairs = attempt.request_headers
    headers = tuple(_masked_header(attempt, *pair, mask, gate()) for pair in pairs)
    url = gate().url(mask(attempt.url))
    return _Request(url, headers, attempt.request_body or b"")


def _masked_header(
    attempt: Attempt, name: str, value: str, mask: Callable[[str], str], gate: Redactor
) -> tuple[str, str]:
    # A redactor for each: it learns credentials, and would take a mask in one header for a secret
    # to be masked in all others.
    declared = (name.encode("latin-1"), mask(value).encode("latin-1"))
    alone = attempt._replace(raw_request_headers=[declared])
    return gate.exchange(alone).request_headers[0]


def _method(attempt: Attempt) -> list[str]:
    """`--head`, as curl would wait for a body of `-X HEAD`; nothing for what is the default."""
    if attempt.method == "HEAD":
        return ["--head"]
    default = "POST" if attempt.request_body else "GET"
    return [] if attempt.method == default else ["-X", attempt.method]


def _address(url: str) -> Iterator[str]:
    split = urlsplit(url)
    if set("[]{}") & set(url):
        yield "--globoff"
    if "/." in split.path:
        yield "--path-as-is"
    login, _, host = split.netloc.rpartition("@")
    if login:
        yield from ("-u", unquote(login))
    yield urlunsplit((split.scheme, host, split.path, split.query, ""))


def _headers(attempt: Attempt, shown: _Request, name_of: NameOf) -> Iterator[str]:
    for (name, raw), (_, value) in zip(attempt.request_headers, shown.headers, strict=True):
        lower = name.lower()
        login = _basic(raw, name_of) if lower in _LOGINS else None
        if lower == "accept-encoding" and raw.lower() != "identity":
            yield "--compressed"
        elif login is not None:
            yield from (_LOGINS[lower], login)
        elif lower not in _OWN and raw != attempt.trace_id:
            # A colon without a value would remove the header instead of sending it empty.
            yield from ("-H", f"{name}: {value}" if value else f"{name};")
    if shown.content and not shown.media_type:
        yield from ("-H", "Content-Type:")  # curl would call it a form


def _basic(value: str, name_of: NameOf) -> str | None:
    """User and masked password of Basic credentials; None where they are of another kind."""
    scheme, _, encoded = value.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = b64decode(encoded, validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        return None
    name = mask_name(name_of(password) or "API_PASSWORD")
    return f"{user}:{f'masked_{name}_{len(password)}chars' if password else ''}" if colon else None


def _body(shown: _Request, mask: Callable[[str], str]) -> tuple[list[str], str]:
    if not shown.content:
        return [], ""
    text = _text(shown.content)
    if text is not None:
        body = Redactor().body(mask(text).encode(), shown.media_type)
        if not body.truncated and (body.text or not text):
            return ["--data-raw", body.text], ""
    note = f"  # pipe the request's body into it: {len(shown.content)} bytes"
    return ["--data-binary", "@-"], note


def _text(content: bytes) -> str | None:
    """The body as an argument; None where it is too long for one or no text."""
    if len(content) > _LONGEST_BODY or b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _written(word: str) -> str:
    """The word as the shell reads it, with masks as variables."""
    variables = [_variable(found["name"]) for found in MASK.finditer(word)]
    texts = MASK.split(word)[:: MASK.groups + 1]
    if not variables:
        return shlex.quote(word)
    if all(map(_PLAIN.fullmatch, texts)):
        expanded = (_expanded(*pair) for pair in zip(variables, texts[1:], strict=True))
        return f'"{texts[0]}{"".join(expanded)}"'
    quoted = [shlex.quote(text) if text else "" for text in texts]
    pairs = zip(variables, quoted[1:], strict=True)
    return quoted[0] + "".join(f'"${variable}"{text}' for variable, text in pairs)


def _expanded(variable: str, text: str) -> str:
    joined = text[:1].isalnum() or text.startswith("_")
    return f"${{{variable}}}{text}" if joined else f"${variable}{text}"


def _variable(name: str) -> str:
    if name.lower() in _LOGINS:
        return "API_TOKEN"
    return f"_{name}".upper() if name[:1].isdigit() else name.upper() or "SECRET"
