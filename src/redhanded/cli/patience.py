"""Waiting with a deadline, and telling how it goes meanwhile."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redhanded.cli.look import seen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self, TextIO

    from redhanded.core.attempt import Attempt

LONGEST_LOOK = 5.0
_SHORTEST_LOOK = 0.1  # the last look must not fail for want of time alone
_QUIET = 5.0  # seconds between two lines where lines cannot be rewritten


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a wait ended: what was seen last, after how many looks and seconds."""

    is_well: bool
    seconds: float
    looks: int
    last: str
    status: int | None

    def record(self) -> dict[str, Any]:
        """The outcome as JSON values."""
        return {
            "well": self.is_well,
            "seconds": round(self.seconds, 3),
            "looks": self.looks,
            "last": {"status": self.status, "seen": self.last},
        }

    def complaint(self, url: str, expect: int) -> str:
        """The sentence for a wait in vain."""
        looks = f"{self.looks} look{'s' * (self.looks != 1)}"
        return (
            f"{url} did not answer {expect} within {self.seconds:.1f} s ({looks});"
            f" seen last: {self.last}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Looks again and again; `look` is given the seconds it may take."""

    look: Callable[[float], Attempt]
    now: Callable[[], float]
    sleep: Callable[[float], None]

    def wait(
        self, seconds: float, *, every: float, expect: int, tell: Callable[[str], None]
    ) -> Outcome:
        """What came of at most `seconds` of looking; `tell` hears of each look that was in vain."""
        began, looks = self.now(), 0
        while True:
            left = began + seconds - self.now()
            attempt = self.look(max(_SHORTEST_LOOK, min(LONGEST_LOOK, left)))
            looks += 1
            outcome = Outcome(
                is_well=attempt.is_complete and attempt.status == expect,
                seconds=self.now() - began,
                looks=looks,
                last=seen(attempt),
                status=attempt.status,
            )
            left = seconds - outcome.seconds
            if outcome.is_well or left <= 0:
                return outcome
            tell(f"waiting {outcome.seconds:.0f} of {seconds:g} s: {outcome.last}")
            self.sleep(min(every, left))


class Ticker:
    """Progress: one line, rewritten on a terminal; elsewhere a line now and then."""

    def __init__(
        self, stream: TextIO, *, now: Callable[[], float], is_rewriting: bool, width: int = 80
    ) -> None:
        self._stream = stream
        self._now = now
        self._is_rewriting = is_rewriting
        self._width = width - 1  # a full line would wrap on some terminals
        self._told_at = now()
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
