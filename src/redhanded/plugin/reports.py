"""The hooks around reports: each round of a test is told to the spool, and files are written.

All of it happens in the process that sees the reports of all workers.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import pytest

from redhanded.core.events import Concluded
from redhanded.plugin.cases import Ran, reported, worker_of
from redhanded.plugin.places import typed
from redhanded.plugin.workers import worker_count
from redhanded.session.description import described
from redhanded.session.reporting import Reporting, wanted_of
from redhanded.session.session import CONTROLLER

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from redhanded.core.events import Event, Reported
    from redhanded.core.settings import Settings
    from redhanded.plugin.chronicle import Chronicle
    from redhanded.session.reporting import Wanted
    from redhanded.session.session import Session


_KEPT: Final = 2_000  # characters of a story that memory keeps, where the disk did not


class Reports:
    """Tells what each round came to as soon as it is over, and writes the reports at the end."""

    def __init__(
        self,
        config: pytest.Config,
        session: Session,
        chronicle: Chronicle,
        wanted: Sequence[Wanted],
    ) -> None:
        self._config = config
        self._session = session
        self._chronicle = chronicle
        self._reporting = Reporting(session, wanted, environ=os.environ, root=config.rootpath)
        self._ran: dict[str, dict[str, Ran]] = {}
        self._started: dict[str, None] = {}
        self._told: dict[tuple[str, str], Reported] = {}
        self._of_the_run: list[Event] = []
        self._keeps_output = session.settings.evidence == "all"

    def begin(self) -> None:
        """Tell what the run is made with."""
        config = self._config
        self._emit(
            described(
                self._session,
                command=("pytest", *map(str, config.invocation_params.args)),
                workers=worker_count(config),
                plugins={"pytest": pytest.__version__, **_plugins(config)},
                environ=os.environ,
                root=config.rootpath,
            )
        )

    def _emit(self, event: Event) -> None:
        self._of_the_run.append(event)
        self._session.emit(event)

    @cached_property
    def _has_workers(self) -> bool:
        return bool(worker_count(self._config))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Remember a test that may never come to a report."""
        if not self._has_workers:
            self._started[nodeid] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what a phase of a test came to."""
        self._ran_of(worker_of(report), report.nodeid).take(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take in a module that could not be collected, or was skipped as a whole."""
        if not report.passed:
            ran = self._ran_of("", report.nodeid)
            ran.reports, ran.is_judged, ran.place = [report], True, report.nodeid

    def _ran_of(self, worker: str, test_id: str) -> Ran:
        by_worker = self._ran.setdefault(test_id, {})
        if worker not in by_worker:
            by_worker[worker] = Ran(test_id, worker)
        return by_worker[worker]

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Tell what the round came to; under workers nobody says whose it was."""
        self._started.pop(nodeid, None)
        self._tell(nodeid)

    def _tell(self, test_id: str) -> None:
        by_worker = self._ran.get(test_id, {})
        for worker, ran in [*by_worker.items()]:
            if not ran.is_told:
                self._tell_of(ran)
            if ran.is_forgettable:
                del by_worker[worker]
        if not by_worker:
            self._ran.pop(test_id, None)

    def _tell_of(self, ran: Ran) -> None:
        now, mask = self._session.surroundings.clock.wall(), self._session.redactor.text
        told = reported(ran, now, mask, keeps_output=self._keeps_output)
        self._session.emit(told)
        if len(told.story) > _KEPT or told.output:
            told = replace(told, story=told.story[:_KEPT], output="")
        self._told[ran.worker, ran.test_id] = told
        ran.end()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Conclude once the exit code stands, also after an interrupt, and write the reports."""
        yield
        for test_id in self._started:
            self._ran_of(CONTROLLER, test_id)
        for test_id in [*self._ran]:
            self._tell(test_id)
        self._conclude(int(session.exitstatus), self._reporting)
        self._chronicle.reports += self._reporting.lines

    def amend(self, exit_code: int) -> None:
        """Tell anew what the run came to, and write its files again; a job's runner was told."""
        self._conclude(exit_code, self._reporting.without_job())

    def _conclude(self, exit_code: int, reporting: Reporting) -> None:
        self._emit(self._concluded(exit_code))
        heard = [*self._of_the_run, *self._told.values()]
        reporting.write(heard, lambda path: typed(path, self._config.invocation_params.dir))

    def _concluded(self, exit_code: int) -> Concluded:
        chronicle, mask = self._chronicle, self._session.redactor.text
        return Concluded(
            at=self._session.surroundings.clock.wall(),
            exit_code=exit_code,
            sentences=tuple(map(mask, chronicle.sentences())),
            counts={str(verdict): count for verdict, count in chronicle.counts().items()},
            masked=chronicle.account.masked,
            covered=len(chronicle.quarantined.covered),
            notes=tuple(map(mask, chronicle.account.notes)),
        )

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which files are not there, and why; GitHub's runner reads its lines here."""
        for line in self._reporting.troubles:
            terminalreporter.line(self._session.redactor.text(line), yellow=True)
        for line in self._reporting.annotations:
            terminalreporter.line(line)


def wanted_reports(config: pytest.Config, settings: Settings) -> list[Wanted]:
    """The reports that are to be written; none in a worker.

    Raises UsageError where one cannot be.
    """
    if hasattr(config, "workerinput"):
        return []
    return wanted_of(
        settings,
        given=config.getoption("REDHANDED_REPORT"),
        junit=config.getoption("REDHANDED_JUNIT"),
        start=config.invocation_params.dir,
    )


def _plugins(config: pytest.Config) -> dict[str, str]:
    """The plugins that were installed, by name, with their versions."""
    found = config.pluginmanager.list_plugin_distinfo()
    return {str(dist.project_name): str(dist.version) for _, dist in found}
