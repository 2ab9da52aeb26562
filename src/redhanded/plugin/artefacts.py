"""The search of all that a run wrote, when everything is written: a secret in it fails the run."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from redhanded.plugin.places import typed
from redhanded.session.artefacts import Scan, files_below
from redhanded.session.commonplace import Commonplace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from redhanded.plugin.chronicle import Chronicle
    from redhanded.session.artefacts import Leak
    from redhanded.session.session import Session

_GREENISH = (0, 1, 5, 75)  # what a leak turns into 1; other codes say that the run broke off
# Where pytest and the plugins that people have write files, by the names of their options.
_OPTIONS = ("xmlpath", "log_file", "report_log", "htmlpath", "json_report_file", "ctrf")
_SHOWN = 10
_GROWN = 16 * 2**20  # bytes of a file that runs only add to, such as the history of years


class Artefacts:
    """Looks through the files of a run before its last words, which begin with what it finds."""

    def __init__(
        self,
        config: pytest.Config,
        session: Session,
        chronicle: Chronicle,
        *,
        reports: Sequence[Path],
        fail: Callable[[int], None],
    ) -> None:
        self._config = config
        self._session = session
        self._chronicle = chronicle
        self._reports = reports
        self._fail = fail
        self._began = session.surroundings.clock.wall()
        self._run: pytest.Session | None = None
        self._tests: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember how its test is called, without parameters: those may be secrets."""
        self._tests.add(report.nodeid.partition("[")[0])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Remember whose exit code it is."""
        self._run = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_terminal_summary(self) -> None:
        """Search before anything is said: all files but our own last lines are written by now."""
        self._search()

    def pytest_unconfigure(self) -> None:
        """Search a run that has no last words, because it was to have no terminal."""
        if self._run is not None:
            self._search()
            sys.stderr.writelines(f"{line}\n" for line in self._chronicle.leaks)

    def _search(self) -> None:
        run, self._run = self._run, None
        if run is None:
            return
        clock = self._session.surroundings.clock
        common = Commonplace(self._known())
        search = self._session.redactor.leak_search(common.leaks)
        scan = Scan(search, clock.monotonic).over(self._files())
        for told in (*scan.unread, *map(_commonly, sorted(common.names))):
            self._session.note(told)
            self._chronicle.account.notes.append(told)
        if scan.leaks:
            self._chronicle.leaks = [*self._sentences(scan.leaks)]
            if run.exitstatus in _GREENISH:
                run.exitstatus = pytest.ExitCode.TESTS_FAILED
            self._fail(int(run.exitstatus))

    def _known(self) -> Iterator[str]:
        """What a run writes that no secret of it can be: its address, places and tests."""
        base = urlsplit(self._session.settings.base_url or "")
        yield f"{base.scheme}://{base.netloc.rpartition('@')[2]}"
        yield str(self._config.rootpath)
        yield from sorted(self._tests)

    def _sentences(self, leaks: Sequence[Leak]) -> Iterator[str]:
        yield "A secret was written to a file of this run: renew it, and delete the file."
        start = self._config.invocation_params.dir
        for path, offset, name in leaks[:_SHOWN]:
            yield f"  {name} in {typed(path, start)} at byte {offset}"
        if len(leaks) > _SHOWN:
            yield f"  and {len(leaks) - _SHOWN} more"

    def _files(self) -> Iterator[Path]:
        """Everything in the run's folder that stays, and elsewhere what was written since."""
        folder = self._session.folder
        passing = [folder / name for name in self._session.passing]
        for path in files_below([folder]):
            if not any(path.is_relative_to(each) for each in passing):
                yield path
        for path in files_below(self._elsewhere()):
            with suppress(FileNotFoundError):  # another run's, such as the journal of a database
                seen = path.stat()
                if seen.st_mtime >= self._began - 1 and seen.st_size < _GROWN:
                    yield path

    def _elsewhere(self) -> Iterator[Path]:
        start, root = self._config.invocation_params.dir, self._config.rootpath
        yield from self._reports
        yield self._session.past
        if cache := self._setting("cache_dir"):
            yield root / cache
        given: list[Any] = [self._config.getoption(name, None) for name in _OPTIONS]
        given += [self._setting("log_file"), os.environ.get("GITHUB_STEP_SUMMARY")]
        yield from (start / Path(os.path.expandvars(path)) for path in given if path)

    def _setting(self, name: str) -> str:
        """A setting of a part of pytest, which is not there where that part is left out."""
        try:
            return str(self._config.getini(name) or "")
        except (KeyError, ValueError):
            return ""


def _commonly(name: str) -> str:
    return f"{name} is a word that runs write anyway, so its places tell no leak: choose another"
