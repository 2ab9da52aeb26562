"""Progress of a command, on standard error: where it stands, and how long the rest takes."""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from redhanded.core.clock import SystemClock
from redhanded.reports.progress import told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self, TextIO

_QUIET: Final = 5.0  # seconds between two lines where lines cannot be rewritten
_OFTEN: Final = 0.1  # seconds between two numbers: nobody reads more
_LONG: Final = 1.0  # seconds that nobody minds


class Ticker:
    """Progress: one line, rewritten on a terminal; elsewhere a line now and then."""

    def __init__(
        self, stream: TextIO, *, now: Callable[[], float], is_rewriting: bool, width: int = 80
    ) -> None:
        self._stream = stream
        self._now = now
        self._is_rewriting = is_rewriting
        self._width = width - 1  # a full line would wrap on some terminals
        self._began = self._told_at = now()
        self._shown = 0

    @classmethod
    def on(cls, stream: TextIO, environ: Mapping[str, str], *, now: Callable[[], float]) -> Self:
        """The ticker that suits the stream."""
        is_rewriting = stream.isatty() and environ.get("TERM") != "dumb"
        width = shutil.get_terminal_size().columns
        return cls(stream, now=now, is_rewriting=is_rewriting, width=width)

    def tell(self, sentence: str) -> None:
        """Show where things stand."""
        if self._is_rewriting:
            self._rewrite(sentence[: self._width])
        elif self._now() - self._told_at >= _QUIET:
            self._told_at = self._now()
            self._stream.write(f"{sentence}\n")
            self._stream.flush()

    def count(self, done: int, total: int, noun: str) -> None:
        """Show how many are done, how quickly, and how long the rest takes; on a terminal alone.

        What is over within a second needs no word.
        """
        now = self._now()
        is_due = done >= total or now - self._told_at >= _OFTEN
        if self._is_rewriting and is_due and now - self._began >= _LONG:
            self._told_at = now
            self._rewrite(told(done, total, now - self._began, noun)[: self._width])

    def counting(self, noun: str) -> Callable[[int, int], None]:
        """What shows how many of so many are done."""
        return partial(self.count, noun=noun)

    def _rewrite(self, text: str) -> None:
        # Spaces instead of an escape sequence: every console understands them.
        self._stream.write(f"\r{text.ljust(self._shown)}")
        self._stream.flush()
        self._shown = len(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._stream.write(f"\r{' ' * self._shown}\r")
            self._stream.flush()


def ticking() -> Ticker:
    """The ticker of a command, by the machine's clock."""
    return Ticker.on(sys.stderr, os.environ, now=SystemClock.monotonic)
