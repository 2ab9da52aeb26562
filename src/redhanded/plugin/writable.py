"""Text in the characters that standard output can take: a code page may lack some of them."""

from __future__ import annotations

import sys


def writable(text: str) -> str:
    """The text, with escapes where it cannot be written as it is: its lines stay lines."""
    encoding = getattr(sys.__stdout__, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return text.encode("ascii", "backslashreplace").decode("ascii")
    return text
