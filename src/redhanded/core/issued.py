"""Tokens that were issued during a run: where they are found, and how they are told from data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redhanded.core.encodings import SHORTEST_SECRET
from redhanded.core.fields import form_fields, string_fields
from redhanded.core.media import readable

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

# A token stands at the start of a short answer; a long one is a list of something.
_SEARCHED = 4096
_HINTS = (b"token", b"secret", b"passw", b"key", b"session")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OF_A_LOGIN = frozenset({"accesstoken", "refreshtoken", "idtoken"})  # RFC 6749, section 5.1
_OUTSIDE_A_WORD = re.compile(r"[^a-z]")
_WORD = re.compile(r"[^\W\d_][^\W\d_A-Z]*|[A-Z]+")
_LONGEST_WORD = 15
_SHORTEST, _SURE, _LONGEST = 8, 20, 8192


def may_hold_tokens(content: bytes) -> bool:
    """Whether the start of a body says a word that announces a token; a matter of microseconds."""
    head = content[:_SEARCHED].lower()
    return any(hint in head for hint in _HINTS)


def tokens(content: bytes, content_type: str, names: Container[str]) -> Iterator[tuple[str, str]]:
    """The secret names and their values at a body's start, where the values look issued."""
    kind, text = readable(content[:_SEARCHED], content_type)
    fields = {"json": string_fields, "form": form_fields}.get(kind)
    for name, value in fields(text) if fields else ():
        if name in names and (looks_issued(value) or _is_of_a_login(name, value)):
            yield name, value


def _is_of_a_login(name: str, value: str) -> bool:
    """Whether a value stands under a name of OAuth 2.0, which nothing but a token has.

    A single plain word is still none: stand-ins answer with "string" or "token".
    """
    if _OUTSIDE_A_WORD.sub("", name.lower()) not in _OF_A_LOGIN or len(value) < SHORTEST_SECRET:
        return False
    return len(value) > _LONGEST_WORD or not _WORD.fullmatch(value)


def looks_issued(value: str) -> bool:
    """Whether a value is a token or a chosen password rather than a word, a date or a link.

    It would be masked wherever it appears, and a mask over ordinary words hides the evidence.
    """
    if not _SHORTEST <= len(value) <= _LONGEST or any(map(str.isspace, value)):
        return False
    if "://" in value or _DATE.match(value):
        return False
    has_digits, has_letters = any(map(str.isdigit, value)), any(map(str.isalpha, value))
    return has_letters and (has_digits or (len(value) >= _SURE and value.isalnum()))
