"""The lines of one test, of which there may be more than anybody can keep."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HALF: Final = 1000


class Excerpt:
    """The first lines that were added and the last ones; what lies between is counted.

    A test that logs for ever fills neither the memory nor the disk.
    """

    def __init__(self, half: int = HALF) -> None:
        self._half = half
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=half)
        self._added = 0

    def append(self, line: str) -> None:
        """Add a line."""
        self._added += 1
        (self._first if len(self._first) < self._half else self._last).append(line)

    def clear(self) -> None:
        """Begin anew."""
        self._first, self._added = [], 0
        self._last.clear()

    def lines(self, gap: Callable[[int], str]) -> Iterator[str]:
        """The lines in their order; `gap` makes the one that stands for so many left out."""
        yield from self._first
        left_out = self._added - len(self._first) - len(self._last)
        if left_out:
            yield gap(left_out)
        yield from self._last
