"""What a page shows as an answer, held against the answer that came."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Final

_ID: Final = re.compile(r"\b[0-9a-f]{8}(?:[0-9a-f]{8}|[0-9a-f]{24})?\b")
# What differs from run to run, and what takes its place on both sides.
_VARYING: Final = (
    (re.compile(r"\x1b\[[0-9;?]*[A-Za-z]"), ""),
    (_ID, "<id>"),
    (re.compile(r"\b\d+(?:\.\d+)? ?m?s\b"), "<time>"),
    (re.compile(r"\b\d+@\d{4}-\d\d-\d\d\b"), "<seed>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "<day>"),
    (re.compile(r'"pid": \d+'), '"pid": <pid>'),
    (re.compile(r"([=_-])\1{3,}"), r"\1\1\1"),
    (re.compile(r"\s+"), " "),
)


def difference(shown: tuple[str, ...], came: list[str]) -> str:
    """The first line shown that did not come where it should, or that was left out; empty: none.

    A line of dots stands for any number of lines, and dots within one for any characters.
    """
    lines = [line for line in came if line.strip()]
    place = 0
    portions = _portions(shown)
    for number, portion in enumerate(portions):
        is_last = number == len(portions) - 1
        first = len(lines) - len(portion) if is_last and number else place
        starts = range(max(place, first), len(lines) + 1) if number else [0]
        found = next((start for start in starts if not _slip(portion, lines[start:])), None)
        if found is None:
            return _slip(portion, lines[_likeliest(portion, lines, place) :]) or portion[0]
        place = found + len(portion)
    return f"(shown is not) {lines[place]}" if place < len(lines) else ""


def holds_last(shown: tuple[str, ...], came: list[str]) -> bool:
    """Whether the last line that is shown has come."""
    last = next((line for line in reversed(shown) if line.strip() != "..."), None)
    return last is None or any(_is_same(last, line) for line in came)


def ids(shown: tuple[str, ...], came: list[str]) -> dict[str, str]:
    """What each id of the page is in this run, by the first line that is otherwise the same."""
    known: dict[str, str] = {}
    for line in shown:
        if _ID.search(line) and (real := next((r for r in came if _is_same(line, r)), None)):
            pairs = zip(_ID.findall(line), _ID.findall(real), strict=False)
            known.update(pair for pair in pairs if pair[0] not in known)
    return known


def _portions(shown: tuple[str, ...]) -> list[list[str]]:
    """Lines that follow upon each other; between two of these anything may stand."""
    portions: list[list[str]] = [[]]
    for line in shown:
        if line.strip() == "...":
            portions.append([])
        else:
            portions[-1].append(line)
    return portions


def _slip(portion: list[str], lines: list[str]) -> str:
    """The first line of a portion that is not the one that came; empty where all are."""
    pairs = zip_longest(portion, lines[: len(portion)], fillvalue="")
    return next((shown for shown, real in pairs if not _is_same(shown, real)), "")


def _likeliest(portion: list[str], lines: list[str], place: int) -> int:
    """Where the first line of a portion stands, so that a later one can be named."""
    starts = range(place, len(lines))
    return next((start for start in starts if _is_same(portion[0], lines[start])), place)


def _is_same(shown: str, real: str) -> bool:
    wanted = re.escape(_levelled(shown)).replace(re.escape("..."), ".*")
    return re.fullmatch(wanted, _levelled(real)) is not None


def _levelled(line: str) -> str:
    for pattern, plain in _VARYING:
        line = pattern.sub(plain, line)
    return line.strip()
