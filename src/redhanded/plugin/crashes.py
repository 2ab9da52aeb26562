"""Tests whose worker died, or that were parked in a worker which told nothing more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redhanded.core.verdicts import Finding, Verdict
from redhanded.plugin.parked import lost
from redhanded.plugin.verdicts import is_final, is_parked, mark_crash

if TYPE_CHECKING:
    from collections.abc import Generator

    from redhanded.session.session import Session


class Crashes:
    """Sees to it that a test without a last word is inconclusive, never red and never green."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._away: dict[str, pytest.TestReport] = {}

    @pytest.hookimpl(optionalhook=True, trylast=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Judge a test whose worker died: nobody knows how it would have ended."""
        if not report.failed:
            return  # another plugin lets it run again
        run = self._session.begin(crashitem)
        fact = f"{str(report.longrepr).strip()}: what was sent until then is in that worker's spool"
        message = "the worker died before the test came to its end"
        run.rest_on(Finding(Verdict.INCONCLUSIVE, "run.worker_crashed", message, evidence=(fact,)))
        self._session.end(run)
        mark_crash(report, run, self._session)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep in mind which tests a worker has parked."""
        if is_parked(report) and hasattr(report, "node"):
            self._away[report.nodeid] = report
        elif report.failed or report.skipped or report.when == "call" or not is_final(report):
            self._away.pop(report.nodeid, None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """When all workers are gone, tell of the tests that they had parked and never judged."""
        try:
            return (yield)
        finally:
            away, self._away = list(self._away.values()), {}
            for report in away:
                session.config.hook.pytest_runtest_logreport(report=lost(report))
