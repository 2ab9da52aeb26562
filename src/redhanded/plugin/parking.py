"""Which tests are parked: those that the environment kept from judging, and may be run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.plugin.blocked import Blocked
from redhanded.plugin.parked import Parked
from redhanded.plugin.verdicts import verdict_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

MARKER = "norequeue"

_SHOWN: pytest.StashKey[int] = pytest.StashKey()
_OF_THE_SESSION = frozenset({"session", "package"})  # a suite without packages is one
_CLIENTS = frozenset({"api", "async_api", "api_as", "async_api_as", "cleanup"})


class Parking:
    """The parked tests of one process, in the order in which they ran.

    `is_open` says whether a test may still be parked. `current` is the one that is being run
    again: it keeps its place until that is over. `excluded` are told as they end, also where the
    weather kept them from beginning. `parting` is told as unjudged while pytest tears
    down what was kept for it. `is_spoilt` says that a session's fixture failed in bad weather:
    pytest would repeat that failure for as long as the session is not torn down.
    """

    def __init__(self, outage: Callable[[], str]) -> None:
        self.is_open: bool = False
        self.is_spoilt: bool = False
        self.current: Parked | None = None
        self.parting: Parked | None = None
        self.excluded: set[pytest.Item] = set()
        self._outage = outage
        self._parked: dict[pytest.Item, Parked] = {}
        self._newest: Parked | None = None
        self._is_shaken = False

    @property
    def waiting(self) -> list[Parked]:
        """The parked tests but for the one under way."""
        return [parked for parked in self._parked.values() if parked is not self.current]

    def leave(self, parked: Parked) -> None:
        """Forget a test, unless it was parked again meanwhile."""
        if self._newest is parked:
            self._newest = None
        if self._parked.get(parked.item) is parked:
            del self._parked[parked.item]

    def parted(self, report: pytest.TestReport) -> pytest.TestReport | None:
        """The report that stands for this one, where its test is only told as unjudged."""
        if self.parting is None or (report.when == "teardown" and report.failed):
            return None
        return self.parting.reports[0 if report.when == "setup" else -1]

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Do not begin a test that calls an API which is known not to answer."""
        self._is_shaken = False
        if self.parting is not None:
            raise Blocked
        if (rerun := self._parked.get(item)) not in (None, self.current):
            self.leave(rerun)  # another plugin was faster
        if not _CLIENTS.isdisjoint(getattr(item, "fixturenames", ())) and (why := self._outage()):
            raise Blocked(why)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any]
    ) -> Generator[None, object, object]:
        """Notice that a session's fixture failed."""
        try:
            return (yield)
        except BaseException:
            self._is_shaken |= fixturedef.scope in _OF_THE_SESSION
            raise

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, None, None]:
        """Hide the reports of parked tests from everybody."""
        if self._newest is None or report not in self._newest.reports:
            return (yield)
        with self._newest.hiding(report):
            return (yield)

    def consider(self, item: pytest.Item, report: pytest.TestReport, *, was_begun: bool) -> None:
        """Park the test whose report this is, where it may be."""
        is_unjudged = report.failed and verdict_of(report) is Verdict.INCONCLUSIVE
        if report.when == "teardown":
            self._consider_teardown(item, report, is_red=report.failed and not is_unjudged)
        elif is_unjudged:
            self.is_spoilt |= self._is_shaken
            is_kept = item not in self.excluded and (not was_begun or _may_be_run_again(item))
            if self.is_open and is_kept:
                self._newest = self._parked[item] = Parked(item, [report])

    def _consider_teardown(
        self, item: pytest.Item, report: pytest.TestReport, *, is_red: bool
    ) -> None:
        parked = self._parked.get(item)
        if parked is None or parked is self.current:
            return  # it was not parked in this round
        if not is_red:
            parked.reports.append(report)
            item.stash[_SHOWN] = sum(title.startswith("Captured ") for title, _ in report.sections)
            return
        self.leave(parked)
        for earlier in parked.reports:
            item.ihook.pytest_runtest_logreport(report=earlier)

    def was_parked(self, item: pytest.Item) -> bool:
        """Whether the test was parked in the round under way."""
        return self._parked.get(item) not in (None, self.current)


def shorten(item: pytest.Item, report: pytest.TestReport) -> None:
    """Leave out of a report what earlier rounds of its test printed, which pytest adds to it."""
    del report.sections[: item.stash.get(_SHOWN, 0)]


def _may_be_run_again(item: pytest.Item) -> bool:
    has_parts = "subtests" in getattr(item, "fixturenames", ())
    return not has_parts and item.get_closest_marker(MARKER) is None
