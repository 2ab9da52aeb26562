"""Progress of a long run: now and then a line with the pace of its tests and the time left.

pytest shows how many tests are over. How long the rest takes, and whether anything is red, is what
whoever waits wants to know.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from redhanded.plugin.writable import writable
from redhanded.reports.progress import remaining, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_EVEN_THEN: Final = "progress-even-when-capture-no"
_FEWEST: Final = 3  # tests whose pace says anything


class Rhythm(NamedTuple):
    """When lines are written, in seconds: the first, and the longest pause between two.

    The pause doubles from line to line. Nothing is told where so little is left that the end comes
    sooner than anyone has read it.
    """

    first: float
    longest: float
    least_left: float


WATCHED: Final = Rhythm(first=1.0, longest=30.0, least_left=3.0)
"""On a terminal, where somebody waits."""

LOGGED: Final = Rhythm(first=30.0, longest=30.0, least_left=5.0)
"""In a log: of a job in CI, or of anything that is no terminal."""


class Progress:
    """Writes the lines of one run, in the process that sees all of it.

    A run in which a fixture is the first to speak of redhanded has none: its clock never started.
    `count_red` counts the tests that are red so far; `now` is a monotonic clock in seconds.
    """

    def __init__(
        self,
        config: pytest.Config,
        *,
        now: Callable[[], float],
        count_red: Callable[[], int],
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._config = config
        self._now = now
        self._count_red = count_red
        self._environ = environ
        self._session: pytest.Session | None = None
        self._rhythm: Rhythm | None = None
        self._began: float | None = None
        self._next = self._pause = 0.0
        self._over: set[str] = set()

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """The session knows how many tests there are, once they are collected."""
        self._session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> None:
        """By now the terminal has its reporter."""
        reporter = self._reporter
        if reporter is not None and not _is_unwanted(self._config):
            is_watched = reporter.isatty and not self._environ.get("CI")
            self._rhythm = WATCHED if is_watched else LOGGED

    @property
    def _reporter(self) -> pytest.TerminalReporter | None:
        return self._config.pluginmanager.get_plugin("terminalreporter")

    def pytest_runtest_logstart(self) -> None:
        """The clock starts with the first test: neither collecting nor starting workers is one."""
        if self._began is None and self._rhythm is not None:
            self._began, self._pause = self._now(), self._rhythm.first
            self._next = self._began + self._pause

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """A test is over, and its letter stands there."""
        if self._rhythm is None or self._began is None or self._session is None:
            return
        self._over.add(nodeid)
        now, done = self._now(), len(self._over)
        if now < self._next or done < _FEWEST:
            return
        total, seconds = self._session.testscollected, now - self._began
        if remaining(done, total, seconds) >= self._rhythm.least_left:
            self._write(told(done, total, seconds, "tests"))
        self._pause = min(2 * self._pause, self._rhythm.longest)
        self._next = now + self._pause

    def _write(self, sentence: str) -> None:
        red, reporter = self._count_red(), self._reporter
        if reporter is None:
            return
        if reporter.currentfspath is None and reporter.verbosity == 0:
            reporter.line("")  # the workers' letters belong to no file, and their line is open
        reporter.ensure_newline()
        reporter.line(writable(f"{sentence}, {red} red" if red else sentence))


def _is_unwanted(config: pytest.Config) -> bool:
    """Whether lines would do harm, or pytest was told to show no progress either."""
    style = config.getini("console_output_style")
    is_printed_over = config.getoption("capture", "no") == "no" and style != _EVEN_THEN
    return config.get_verbosity() < 0 or style == "classic" or is_printed_over
