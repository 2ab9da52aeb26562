"""Pairs: fields that begin and end something, which no schema can say and every API checks."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from random import Random

_PAIRS: Final = (
    *(("start", "end"), ("starts", "ends"), ("starting", "ending"), ("begin", "end")),
    *(("begins", "ends"), ("from", "to"), ("from", "until"), ("from", "till"), ("since", "until")),
    *(("checkin", "checkout"), ("in", "out"), ("arrival", "departure"), ("pickup", "dropoff")),
    *(("open", "close"), ("opens", "closes"), ("after", "before"), ("first", "last")),
    *(("min", "max"), ("minimum", "maximum"), ("low", "high"), ("lower", "upper")),
    *(("issued", "expires"), ("created", "updated")),
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST = 28  # days from a beginning to its end


def pairs(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """The names that begin something, each with that which ends it."""
    by_words = {tuple(_words(name)): name for name in names}
    for words, name in by_words.items():
        for first, last in _PAIRS:
            other = by_words.get(tuple(last if word == first else word for word in words))
            if other is not None and other != name:
                yield name, other


def put_in_order(made: dict[str, Any], given: Collection[str], rng: Random) -> None:
    """Let what ends something lie behind its beginning, where both are days or both numbers.

    What is given stays; days lie at most four weeks apart, as in most stays and offers.
    """
    for first, last in pairs(made):
        begin, end = made[first], made[last]
        if isinstance(begin, str) and isinstance(end, str):
            length = timedelta(days=rng.randint(1, _LONGEST))
            if last not in given:
                made[last] = _moved(begin, length, like=end)
            elif first not in given:
                made[first] = _moved(end, -length, like=begin)
        elif _are_numbers(begin, end) and begin > end and not {first, last} & {*given}:
            made[first], made[last] = end, begin


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _are_numbers(*values: object) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _moved(moment: str, length: timedelta, *, like: str) -> str:
    """The day or moment so much later; `like` itself where the two are not of one kind."""
    with suppress(ValueError, OverflowError):
        if _DAY.fullmatch(moment) and _DAY.fullmatch(like):
            return (date.fromisoformat(moment) + length).isoformat()
        if _DAY.match(moment) and _DAY.match(like) and "T" in moment and "T" in like:
            moved = datetime.fromisoformat(moment) + length
            return moved.isoformat().replace("+00:00", "Z")
    return like
