"""History in pytest's life: the pulse of each process, the archive of the one that sees all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redhanded.plugin.workers import worker_count
from redhanded.session.archive import Archive, Ended
from redhanded.session.digest import Told
from redhanded.session.paces import pace_lines
from redhanded.session.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Generator

    from redhanded.plugin.chronicle import Chronicle
    from redhanded.session.conclusion import Conclusion
    from redhanded.session.session import Session

_CUT = (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR)


class History:
    """Looks after what outlives the run, between its tests and when they are over."""

    def __init__(self, config: pytest.Config, session: Session, chronicle: Chronicle) -> None:
        self._config = config
        self._session = session
        self._chronicle = chronicle
        self._pulse = Pulse(session.settings, session.clients, session.examiner)
        self._archive: Archive | None = None
        if not hasattr(config, "workerinput"):
            self._archive = Archive(session, config.rootpath, workers=max(1, worker_count(config)))
        self._is_interrupted = False

    def begin(self) -> None:
        """The run is under way."""
        if self._archive is not None:
            self._archive.begin()

    def conclude(self) -> list[Conclusion]:
        """What the run as a whole found."""
        return [] if self._archive is None else self._archive.conclude(self._told())

    def _told(self) -> dict[str, Told]:
        return {test: Told(*told) for test, told in self._chronicle.told().items()}

    def pytest_runtest_logfinish(self) -> None:
        """Between two tests nobody waits for an answer."""
        self._pulse.beat()
        if self._archive is not None and self._calls_the_api:
            self._archive.announce()

    @property
    def _calls_the_api(self) -> bool:
        """Whether a test has called the API; workers tell only at their end."""
        sent = self._session.examiner.almanac.sent
        return sent > 0 or self._config.pluginmanager.has_plugin("dsession")

    def pytest_keyboard_interrupt(self) -> None:
        """The run is stopped, whatever its exit code."""
        self._is_interrupted = True

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Keep the run once its exit code stands, and before its last words."""
        try:
            return (yield)
        finally:
            if self._archive is not None:
                self._chronicle.paces += pace_lines(
                    self._archive.operations, self._session.settings
                )
                self._archive.record(self._ended(int(session.exitstatus)))
                self._chronicle.account.add({"notes": self._session.notes})

    def _ended(self, exit_code: int) -> Ended:
        return Ended(
            exit_code,
            counts={str(verdict): count for verdict, count in self._chronicle.counts().items()},
            told=self._told(),
            is_interrupted=self._is_interrupted or exit_code in _CUT,
        )
