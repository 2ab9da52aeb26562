"""Cookies of redacted headers, as an archive tells them; their values are masked already."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.core.exchange import Headers

_FLAGS: Final = {"httponly": "httpOnly", "secure": "secure"}
_WORDS: Final = {"path": "path", "domain": "domain"}


def cookies_sent(headers: Headers) -> list[dict[str, str]]:
    """The cookies of a request. Source: RFC 6265, section 4.2.1."""
    pairs = (pair for value in _values(headers, "cookie") for pair in value.split(";"))
    return [_pair(pair) for pair in pairs if pair.strip()]


def cookies_received(headers: Headers) -> list[dict[str, Any]]:
    """The cookies that an answer sets. Source: RFC 6265, section 5.2."""
    return [_cookie(value) for value in _values(headers, "set-cookie")]


def _values(headers: Headers, wanted: str) -> Iterator[str]:
    return (value for name, value in headers if name.lower() == wanted)


def _pair(text: str) -> dict[str, str]:
    name, sign, value = text.partition("=")
    return {"name": name.strip(), "value": value.strip()} if sign else {"name": "", "value": name}


def _cookie(text: str) -> dict[str, Any]:
    pair, *attributes = text.split(";")
    told: dict[str, Any] = {**_pair(pair), "httpOnly": False, "secure": False}
    for attribute in attributes:
        name, _, value = (part.strip() for part in attribute.partition("="))
        if name.lower() in _FLAGS:
            told[_FLAGS[name.lower()]] = True
        elif name.lower() in _WORDS:
            told[_WORDS[name.lower()]] = value
        elif name.lower() == "expires":
            told |= _expiry(value)
    return told


def _expiry(value: str) -> dict[str, str]:
    """When the cookie expires; nothing where the text is no date, as clients ignore it then."""
    try:
        moment = parsedate_to_datetime(value.replace("-", " "))
        in_utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return {}
    return {"expires": in_utc.isoformat().replace("+00:00", "Z")}
