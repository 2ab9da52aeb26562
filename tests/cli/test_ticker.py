"""How far a command is: on a terminal alone, once it takes longer than a second."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import pytest

from redhanded.cli.ticker import Ticker, ticking


@dataclass
class Shown:
    """A ticker on a clock that is set, and what it wrote."""

    is_rewriting: bool = True
    width: int = 80
    clock: list[float] = field(default_factory=lambda: [100.0])
    stream: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        self.ticker: Ticker = Ticker(
            self.stream,
            now=lambda: self.clock[0],
            is_rewriting=self.is_rewriting,
            width=self.width,
        )

    def count(self, done: int, *, at: float, total: int = 100) -> None:
        """So many are done so many seconds after the beginning."""
        self.clock[0] = 100.0 + at
        self.ticker.count(done, total, "things")

    @property
    def lines(self) -> list[str]:
        """Every text that was shown, in order."""
        return [text.rstrip() for text in self.stream.getvalue().split("\r")[1:]]


def test_what_takes_a_second_shows_pace_and_time_left() -> None:
    """The line is rewritten, and says more each time."""
    shown = Shown()

    shown.count(20, at=2.0)
    shown.count(50, at=5.0)

    assert shown.lines == [
        "20 of 100 things, 10.0 a second, about 8 s left",
        "50 of 100 things, 10.0 a second, about 5 s left",
    ]


def test_what_is_over_within_a_second_shows_nothing() -> None:
    """A word that nobody can read is noise."""
    shown = Shown()

    for done in range(101):
        shown.count(done, at=done / 101)

    assert shown.lines == []


def test_numbers_do_not_flicker() -> None:
    """Ten a second are more than one reads; the last one is always shown."""
    shown = Shown()

    for done in range(101):
        shown.count(done, at=2 + done / 100)

    assert len(shown.lines) == 11
    assert shown.lines[-1].startswith("100 of 100 things")


def test_a_log_gets_no_numbers() -> None:
    """They would be a line each."""
    shown = Shown(is_rewriting=False)

    shown.count(50, at=60.0)

    assert shown.stream.getvalue() == ""


def test_a_narrow_terminal_gets_what_fits() -> None:
    """A line that wraps could not be rewritten."""
    shown = Shown(width=20)

    shown.count(50, at=5.0)

    assert shown.lines == ["50 of 100 things, 1"]


def test_nothing_is_left_at_the_end() -> None:
    """What follows begins at the line's own beginning."""
    shown = Shown()

    with shown.ticker:
        shown.count(50, at=5.0)

    assert shown.stream.getvalue().endswith(f"\r{' ' * len(shown.lines[0])}\r")


def test_whoever_counts_need_not_know_what_is_counted() -> None:
    """Rooms below tell numbers alone."""
    shown = Shown()
    shown.clock[0] += 2

    shown.ticker.counting("spools read")(1, 4)

    assert shown.lines == ["1 of 4 spools read, 30.0 a minute, about 6 s left"]


def test_a_command_ticks_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output is for what was asked for."""
    with ticking() as ticker:
        ticker.count(1, 2, "things")

    assert capsys.readouterr() == ("", "")
