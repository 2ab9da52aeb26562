"""The requeue: a test that the environment kept from judging is run again once the API is well.

Reports of such a test are held back, so that nobody counts them: not `-x`, not JUnit, not `--lf`.
When all other tests are over and the API is well, pytest runs it again like any test; if it never
gets a verdict, its last reports are handed on as they were.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from redhanded.plugin.stay import Stay

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from redhanded.plugin.parked import Parked
    from redhanded.plugin.parking import Parking
    from redhanded.session.session import Session


class Requeue:
    """Runs the parked tests of one process again, in rounds, within the settings' budget."""

    def __init__(self, config: pytest.Config, session: Session, parking: Parking) -> None:
        wanted = session.settings.requeue
        self.is_on: bool = wanted.seconds > 0 and not config.getoption("usepdb", default=False)
        self._config = config
        self._session = session
        self._parking = parking
        self._rounds = self._all_rounds = wanted.rounds
        self._seconds = wanted.seconds
        self._last: pytest.Item | None = None
        self._stay: Stay | None = None
        self._is_last = self._is_kept = False

    @property
    def _is_worker(self) -> bool:
        return hasattr(self._config, "workerinput")

    @property
    def _has_budget(self) -> bool:
        return self._rounds > 0 and self._seconds > 0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Run the parked tests when all others are over; whatever happens, none is forgotten."""
        if self.is_on:
            self._stay = Stay.from_parent(session, name="stay", is_awaited=self._is_awaited)
            self._parking.is_open = self._has_budget
        try:
            done = yield
            self._run_rounds(session)
        finally:
            self._stay, self._parking.is_open, self._parking.current = None, False, None
            self._hand_on(self._parking.waiting)
        return done

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """Let the last test be torn down as if another followed; pytest runs it all the same."""
        if self._stay is None or self._is_last:
            return None
        self._last = item
        if nextitem is not None:
            return None
        self._is_last = True
        self._cancel_timer(item)
        item.ihook.pytest_runtest_protocol(item=item, nextitem=self._stay)
        return True

    def _cancel_timer(self, item: pytest.Item) -> None:
        """Take back the time limit of pytest-timeout, which sets another for the same test."""
        cancel = getattr(self._config.hook, "pytest_timeout_cancel_timer", None)
        if cancel is not None:
            cancel(item=item)

    def _is_awaited(self) -> bool:
        """Whether a round is to follow the test that is being torn down, in the same session."""
        is_awaited = bool(self._parking.waiting) and self._has_budget
        self._is_kept = is_awaited and not self._parking.is_spoilt
        self._parking.is_spoilt = False
        return self._is_kept

    def _run_rounds(self, session: pytest.Session) -> None:
        while (waiting := self._waiting(session)) and self._has_budget and self._is_calm(waiting):
            self._rounds -= 1
            self._parking.is_open = self._has_budget
            self._run_round(session, waiting)
        if session.shouldfail and not self._is_worker and self._is_kept:
            raise session.Failed(session.shouldfail)
        if self._is_kept and (left := self._waiting(session)):
            self._part(left)

    def _waiting(self, session: pytest.Session) -> list[Parked]:
        """The parked tests that may be run; none once the run is to stop."""
        return [] if session.shouldfail or session.shouldstop else self._parking.waiting

    def _run_round(self, session: pytest.Session, waiting: list[Parked]) -> None:
        followers = [*(parked.item for parked in waiting[1:]), self._stay]
        for parked, nextitem in zip(waiting, followers, strict=True):
            if not self._waiting(session):
                return
            self._sit_out()
            self._parking.current = parked
            self._run(parked.item, nextitem)
            self._parking.current = None
            self._parking.leave(parked)

    def _sit_out(self) -> None:
        """Wait for the end of an outage that began in this round: it would park the test again."""
        if self._seconds > 0 and self._session.outage():
            began = self._session.surroundings.clock.monotonic()
            self._session.await_calm(self._seconds)
            self._spend(began)

    def _spend(self, began: float) -> None:
        spent = self._session.surroundings.clock.monotonic() - began
        self._seconds = max(self._seconds - spent, 0.0)

    def _run(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        with self._in_its_place(item):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=nextitem)

    def _is_calm(self, waiting: list[Parked]) -> bool:
        """Whether the API is well now; waits for it as long as the settings allow."""
        tests = f"{len(waiting)} test{'' if len(waiting) == 1 else 's'}"
        self._say(f"{tests} parked: waiting up to {self._seconds:.0f} s until the API is well")
        began = self._session.surroundings.clock.monotonic()
        is_calm = self._session.await_round(self._seconds)
        self._spend(began)
        round_ = f"round {self._all_rounds - self._rounds + 1} of {self._all_rounds}"
        well, out = f"is well, running {tests} again ({round_})", f"is still out, {tests} unjudged"
        self._say(f"the API {well if is_calm else out}")
        return is_calm

    def _say(self, line: str) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and self._config.get_verbosity() >= 0:
            reporter.ensure_newline()
            reporter.write_line(f"redhanded: {line}")

    def _part(self, left: list[Parked]) -> None:
        """Hand on what was never judged, and with the last of it tear down what was kept for it."""
        *others, last = left
        self._hand_on(others)
        self._parking.leave(last)
        self._parking.parting = last
        self._run(last.item, None)
        self._parking.parting = None

    def _hand_on(self, waiting: list[Parked]) -> None:
        for parked in waiting:
            self._parking.leave(parked)
            with self._in_its_place(parked.item):
                parked.hand_on()

    @contextmanager
    def _in_its_place(self, item: pytest.Item) -> Iterator[None]:
        """While the block runs, the item stands where the last one that was scheduled stood.

        A worker of xdist reports on nothing but the item that it was told to run.
        """
        if self._last is None or not self._is_worker:
            yield
            return
        items = item.session.items
        place = items.index(self._last)
        items[place] = item
        try:
            yield
        finally:
            items[place] = self._last
