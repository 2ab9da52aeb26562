"""Canary tests in pytest's life: run alone they vouch for a target, on a live one they go first."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import httpx2
import pytest

from redhanded.core.verdicts import Verdict
from redhanded.pipeline.origin import address_of
from redhanded.plugin.workers import worker_count
from redhanded.session.live_target import is_guarded, load_line, origin_of, span
from redhanded.session.stores import project_name

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from redhanded.core.settings import Settings
    from redhanded.plugin.chronicle import Chronicle
    from redhanded.plugin.parking import Parking
    from redhanded.plugin.requeue import Requeue
    from redhanded.session.live_target import LiveTarget
    from redhanded.session.session import Session
    from redhanded.session.test_run import TestRun

MARKER: Final = "canary"
PROPERTY: Final = "redhanded.canary"
SEED: Final = 0
"""What canary tests draw their data from, where no seed is given by hand."""

_HELD = frozenset({Verdict.PASS, Verdict.RECOVERED})
_ALONE = (
    "redhanded: a canary run goes one test after another, in this process: leave -n away, or give"
    " -n 0."
)
_STOPPED = "a canary test did not hold, and the target is live: no other test is begun"


def is_canary(item: pytest.Item) -> bool:
    """Whether the test is a canary test."""
    return item.get_closest_marker(MARKER) is not None


def seed_of(item: pytest.Item, settings: Settings) -> int | None:
    """The seed of a canary test's data, the same in every run; None where the run's own holds."""
    return SEED if settings.seed is None and is_canary(item) else None


class Canary:
    """The canary tests of one process, and what they show of the target.

    A run of which all selected tests are canary tests is a canary run. `told` is what a worker's
    controller has decided: why all tests may not go.
    """

    def __init__(
        self,
        config: pytest.Config,
        session: Session,
        *,
        chronicle: Chronicle,
        requeue: Requeue,
        parking: Parking,
        told: str | None = None,
    ) -> None:
        self._config = config
        self._session = session
        self._settings = session.settings
        self._chronicle = chronicle
        self._requeue = requeue
        self._parking = parking
        self._told = told
        self._running: pytest.Session | None = None
        self._is_run = self._is_broken = self._has_asked = self._is_part = False
        self._tests: set[str] = set()

    @cached_property
    def _target(self) -> LiveTarget:
        from redhanded.session.live_target import live_target

        session, settings = self._session, self._settings
        is_shared = settings.redis_url is not None and settings.fleet.enabled
        return live_target(
            settings,
            store=session.fleet if is_shared else None,
            project=project_name(settings, self._config.rootpath) if is_shared else "",
            origins=session.origins,
            wall=session.surroundings.clock.wall,
            note=session.note,
        )

    @cached_property
    def refusal(self) -> str:
        """Why all tests may not go, decided once for all workers; empty where they may."""
        if self._told is None:
            return self._target.refusal() if self._is_live else ""
        return self._told

    @property
    def _is_live(self) -> bool:
        return self._settings.live

    def header(self) -> list[str]:
        """What the head of a run tells of its target: whether it is live, what it gets at most."""
        settings, lines = self._settings, list[str]()
        if self._is_live:
            lines.append(f"live target, {self._target.told()}")
        if load := load_line(settings):
            lift = " (load guard: set limit.* or limit.guard)" if is_guarded(settings) else ""
            lines.append(f"{load}{lift}")
        return lines

    def settle(self, items: list[pytest.Item], collected: Sequence[pytest.Item]) -> None:
        """Say what kind of run the selected tests make, and bring them into its order.

        Raises pytest.UsageError where they may not be run so. On a target that is not live, tests
        among which some are no canary tests stay as they are.
        """
        canaries = [item for item in items if is_canary(item)]
        self._is_run = bool(items) and len(canaries) == len(items)
        self._is_part = sum(map(is_canary, collected)) > len(canaries) or self._is_narrowed
        if self._is_run:
            if worker_count(self._config):
                raise pytest.UsageError(_ALONE)
            self._requeue.is_on = False
            place = {item: number for number, item in enumerate(collected)}
            items.sort(key=lambda item: place.get(item, len(place)))
        elif self._is_live and items:
            if self.refusal:
                raise pytest.UsageError(f"redhanded: {self.refusal}")
            self._parking.excluded.update(canaries)  # for others wait for what they show
            items.sort(key=lambda item: not is_canary(item))

    @property
    def _is_narrowed(self) -> bool:
        """Whether pytest was told to collect less of a file than it holds."""
        config = self._config
        return bool(config.getoption("lf", None)) or any("::" in name for name in config.args)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep what can be stopped; workers are not even started where none of them may go.

        Their controller would sweep before it knows what they have selected.
        """
        self._running = session
        is_controller = self._told is None and worker_count(self._config)
        if is_controller and self.refusal:
            raise pytest.UsageError(f"redhanded: {self.refusal}")

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let everybody know whose report this is, in other processes too."""
        report = yield
        if is_canary(item):
            report.user_properties.append((PROPERTY, "1"))
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a canary test that did not hold for what it is: on a live target nothing follows."""
        if not report.failed or (PROPERTY, "1") not in map(tuple, report.user_properties):
            return
        self._is_broken = True
        if self._is_live and not self._is_run and self._running is not None:
            self._running.shouldfail = _STOPPED

    def note(self, item: pytest.Item, run: TestRun) -> None:
        """Note what a canary test has asked of the target."""
        if not is_canary(item):
            return
        self._tests.add(item.nodeid)
        origin = origin_of(self._settings)
        asked = (address_of(httpx2.URL(attempt.url)) for attempt in run.attempts)
        self._has_asked |= origin in map(str, asked)

    def conclude(self, exit_code: int) -> None:
        """Keep what the canary tests have shown of the target, once the exit code is known."""
        origin = origin_of(self._settings)
        if not origin or not (self._is_broken or self._is_run):
            return
        if self._is_broken:
            self._write(is_green=False)
            self._note(f"a canary test did not hold: no canary run of {origin} counts any more")
        elif why := self._want(exit_code):
            self._note(f"this canary run says nothing of {origin}: {why}")
        else:
            self._write(is_green=True)
            within = span(self._settings.canary.within)
            self._note(f"the canary is green: {origin} may get all tests for {within}")

    def _want(self, exit_code: int) -> str:
        """What a canary run lacks to be green; empty where it lacks nothing."""
        chronicle = self._chronicle
        if self._is_part:  # one that holds must not make up for another that does not
            return "some of the canary tests were left out"
        if exit_code or chronicle.quarantined.covered or not set(chronicle.counts()) <= _HELD:
            return "not all of its tests held"
        if not self._has_asked:
            return "no test has sent it a request"
        return "" if chronicle.account.checks else "no test has checked anything"

    def _write(self, *, is_green: bool) -> None:
        from redhanded.session.canary_runs import CanaryRun

        target = self._target
        target.runs.write(
            CanaryRun(
                origin=target.origin,
                at=target.wall(),
                is_green=is_green,
                env=self._settings.env or "",
                run_id=self._session.run_id,
                tests=len(self._tests),
            )
        )

    def _note(self, told: str) -> None:
        if self._is_live or self._is_run:  # elsewhere nobody waits for a canary
            self._chronicle.account.notes.append(told)


def refusal_told(told: Mapping[str, Any]) -> str | None:
    """What the controller has decided, as a worker was told; None in any other process."""
    refusal: str | None = told.get(MARKER)
    return refusal
