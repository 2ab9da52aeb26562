"""The pulse: canaries in calm, for the pace of this run to be compared with that of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx2

from redhanded.core.settings import health_url
from redhanded.verdict.arms import is_well

if TYPE_CHECKING:
    from redhanded.client.client import Clients
    from redhanded.core.settings import Settings
    from redhanded.session.examiner import Examiner

EVERY: Final = 100  # attempts of tests in this process for one canary: one percent more load
PATIENCE: Final = 2.0  # seconds; a canary that takes longer is no measure


class Pulse:
    """Asks a canary between tests now and then, while nothing is wrong with the API.

    It belongs to no test, and so to no diagnosis and its budget. One that is not well makes the
    next come later each time: an API without a health endpoint is left alone.
    """

    def __init__(self, settings: Settings, clients: Clients, examiner: Examiner) -> None:
        is_wanted = settings.history.enabled and settings.diagnosis.enabled
        self._health = health_url(settings) if is_wanted else None
        self._clients = clients
        self._examiner = examiner
        self._rest = self._due = EVERY

    def beat(self) -> None:
        """Ask, where it is due; for the time after a test has ended."""
        sent = self._examiner.almanac.sent
        if self._health is None or sent < self._due or not self._is_closed(self._health):
            return
        answer = self._examiner.send("", "canary", "GET", self._health, seconds=PATIENCE)
        self._rest = EVERY if answer is not None and is_well(answer) else 2 * self._rest
        self._due = sent + self._rest

    def _is_closed(self, url: str) -> bool:
        return self._clients.origins.of(httpx2.URL(url)).is_calm
