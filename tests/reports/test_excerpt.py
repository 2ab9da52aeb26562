"""The lines of one test: the first and the last of them."""

from __future__ import annotations

import pytest

from redhanded.reports.excerpt import Excerpt


def gap(count: int) -> str:
    """The line that stands for those left out."""
    return f"({count})"


@pytest.mark.parametrize(
    "count, expected",
    [
        (0, ""),
        (1, "0"),
        (3, "0 1 2"),
        (4, "0 1 2 3"),
        (5, "0 1 (1) 3 4"),
        (9, "0 1 (5) 7 8"),
    ],
    ids=["none", "one", "three", "all", "one-more", "many"],
)
def test_what_lies_between_is_counted(count: int, expected: str) -> None:
    """INVARIANT: both ends are kept in order; nothing is said where nothing is missing."""
    kept = Excerpt(half=2)
    for number in range(count):
        kept.append(str(number))
    assert " ".join(kept.lines(gap)) == expected


def test_the_next_test_begins_anew() -> None:
    """Nothing of one test stands in the log of another."""
    kept = Excerpt(half=2)
    for number in range(9):
        kept.append(str(number))
    kept.clear()
    kept.append("new")
    assert [*kept.lines(gap)] == ["new"]
