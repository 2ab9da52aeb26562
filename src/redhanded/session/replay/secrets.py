"""Masks filled again: each with the secret that the settings have for it today."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from redhanded.core.masks import MASK, mask, mask_name

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable


class Secrets:
    """The secrets of the settings, by the masks that stand for them in a record.

    One whose length has changed since is known by its name, where no other has that name.
    """

    def __init__(self, known: Iterable[tuple[str, str]]) -> None:
        self._exact: dict[str, str] = {}
        self._named: dict[str, set[str]] = {}
        for name, value in known:
            self._exact[mask(name, len(value))] = value
            self._named.setdefault(mask_name(name), set()).add(value)

    def filled(self, text: str, spell: Callable[[str], str]) -> str:
        """The text with the secrets behind its masks, spelled as they are in such a text.

        A mask behind which no setting stands stays as it is.
        """
        return MASK.sub(lambda found: self._filled(found, spell), text)

    def _filled(self, found: re.Match[str], spell: Callable[[str], str]) -> str:
        value = self._exact.get(found[0])
        named = self._named.get(found["name"], set())
        if value is None and len(named) == 1:
            (value,) = named
        return found[0] if value is None else spell(value)

    def knows(self, text: str) -> bool:
        """Whether any mask of the text would be filled."""
        return any(self._filled(found, str) != found[0] for found in MASK.finditer(text))


def as_it_is(value: str) -> str:
    """The value as a header or a plain text holds it."""
    return value


def in_url(value: str) -> str:
    """The value as a part of a URL."""
    return quote(value, safe="")


def in_json(value: str) -> str:
    """The value within a JSON string."""
    return json.dumps(value)[1:-1]


def in_form(value: str) -> str:
    """The value as a field of a form."""
    return quote_plus(value)


def in_markup(value: str) -> str:
    """The value as the text of an element."""
    return escape(value)
