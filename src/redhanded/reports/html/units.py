"""Units of the page: ticks for times, and places in a table for words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.reports.html.payload import TICKS

if TYPE_CHECKING:
    from redhanded.reports.html.payload import Ticks, Word


def ticks(seconds: float) -> Ticks:
    """The time in whole ticks; 0 for what is no time."""
    try:
        return round(seconds * TICKS)
    except (OverflowError, ValueError):  # infinite, or not a number: a spool may hold anything
        return 0


class Words:
    """A table of words, in the order in which they were first asked for."""

    def __init__(self) -> None:
        self._places: dict[str, Word] = {}

    def __getitem__(self, word: str) -> Word:
        """The place of a word, which is in the table from now on."""
        return self._places.setdefault(word, len(self._places))

    def or_none(self, word: str) -> Word:
        """The place of a word, -1 of an empty one."""
        return self[word] if word else -1

    def table(self) -> list[str]:
        """All words so far."""
        return [*self._places]
