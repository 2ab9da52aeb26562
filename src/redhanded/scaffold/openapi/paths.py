"""Paths of operations as they are sent."""

from __future__ import annotations

from urllib.parse import quote

_KEPT = "/-._~!$&'()*+,;=:@%"  # RFC 3986, section 3.3, and what is percent-encoded already


def fixed(text: str) -> str:
    """The fixed part of a path, percent-encoded, so that it needs no quoting in a string."""
    return quote(text, safe=_KEPT)


def value(text: str) -> str:
    """A name or a value of a query, percent-encoded."""
    return quote(text, safe="")
