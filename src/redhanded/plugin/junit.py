"""The hooks around `--rh-junit`: gathers the reports of all workers, and writes the file."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from redhanded.plugin.cases import Ran, case_of, worker_of
from redhanded.plugin.places import typed
from redhanded.reports.junit import LIMIT, Document, write
from redhanded.reports.rounds import Rounds, read_rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from redhanded.session.session import Session

_SHORTEST = 2_000  # characters that each story may have, however many there are


class Junit:
    """Writes one JUnit file for a run, in the process that sees all of its reports."""

    def __init__(
        self,
        path: Path,
        config: pytest.Config,
        session: Session,
        verdict: Callable[[], Sequence[str]],
    ) -> None:
        self._path = path
        self._verdict = verdict
        self._config = config
        self._session = session
        self._began = session.surroundings.clock.wall()
        self._ran: dict[tuple[str, str], Ran] = {}
        self._started: dict[str, None] = {}
        self._trouble = ""

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Remember a test that may never come to a report."""
        self._started[nodeid] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what a phase of a test came to."""
        key = worker_of(report), report.nodeid
        self._ran.setdefault(key, Ran(report.nodeid)).take(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take in a module that could not be collected, or was skipped as a whole."""
        if not report.passed:
            ran = self._ran.setdefault(("", report.nodeid), Ran(report.nodeid))
            ran.reports, ran.is_judged = [report], True

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Write the file once the exit code stands, also after an interrupt."""
        yield
        try:
            write(self._document(int(session.exitstatus)), self._path)
        except OSError as error:
            self._trouble = f"{self._path} cannot be written ({error.strerror or error})"

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the file is, or why there is none."""
        if self._trouble:
            line = f"no JUnit file: {self._trouble}; give --rh-junit another path"
            terminalreporter.line(self._session.redactor.text(line), yellow=True)
        elif self._config.get_verbosity() >= 0:
            path = typed(self._path, self._config.invocation_params.dir)
            terminalreporter.line(f"JUnit file: {path}")

    def _document(self, exit_code: int) -> Document:
        session, clock = self._session, self._session.surroundings.clock
        home = session.redactor.url(session.settings.base_url or "")
        rounds = read_rounds(sorted((session.folder / "spool").glob("*.ndjson")), home)
        told = {test_id for _, test_id in self._ran}
        for test_id in (each for each in self._started if each not in told):
            self._ran["", test_id] = Ran(test_id)
        failing = sum(any(report.failed for report in ran.reports) for ran in self._ran.values())
        most = max(2 * LIMIT // max(failing, 1), _SHORTEST)
        return Document(
            began=self._began,
            seconds=clock.wall() - self._began,
            cases=[
                case_of(ran, rounds.get(key, Rounds()), session.redactor.text, most=most)
                for key, ran in self._ran.items()
            ],
            properties=dict(self._properties(home, exit_code)),
            whole_at=f"the evidence is in {typed(session.folder, self._config.rootpath)}",
        )

    def _properties(self, home: str, exit_code: int) -> Iterator[tuple[str, str]]:
        session = self._session
        yield "redhanded.run_id", session.run_id
        yield "redhanded.seed", f"{session.seed}"
        yield "redhanded.target", home
        yield "redhanded.environment", session.settings.env or ""
        yield "redhanded.exit_code", f"{exit_code}"
        yield "redhanded.verdict", session.redactor.text(" ".join(self._verdict()))
        yield "version.python", platform.python_version()
        for name in ("redhanded", "httpx2", "pytest"):
            yield f"version.{name}", version(name)


def register(
    config: pytest.Config,
    session: Session,
    path: Path | None,
    verdict: Callable[[], Sequence[str]],
) -> None:
    """Let the file be written, where it is wanted; `verdict` tells what the run means."""
    if path is not None:
        config.pluginmanager.register(Junit(path, config, session, verdict), "redhanded-junit")


def junit_path(config: pytest.Config) -> Path | None:
    """Where the file is wanted, seen from where pytest was started; None where it is not wanted.

    Raises UsageError where the path can be no file's.
    """
    given = config.getoption("REDHANDED_JUNIT", None)
    if given is None or hasattr(config, "workerinput"):
        return None
    path = config.invocation_params.dir / Path(os.path.expandvars(given)).expanduser()
    if not given.strip() or path.is_dir():
        raise pytest.UsageError(
            f"redhanded: --rh-junit={given} names no file: write such as --rh-junit=junit.xml"
        )
    return path
