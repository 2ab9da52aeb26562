"""An API that is out until a run waits for it: no port, no clock and no luck decide a test."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from redhanded.session.session import Session
from tests.servers import raw

__all__ = ["PATIENT", "Sky", "sky"]

PATIENT = """
diagnosis = { enabled = false }
retry = { capacity = 0 }
breaker = { consecutive = 1000, minimum = 1000 }
recovered = { limit = 1.0, statuses_5xx = false }
requeue = { seconds = 60 }
"""


@dataclass
class Sky:
    """Answers 503 until it has been waited for `until` times, and 404 to `/wrong` ever after.

    `waits` holds how long each wait might have been, `outage` what a run knows of it beforehand;
    a run gives up waiting where the sky is not `patient`.
    """

    until: int = 1
    outage: str = ""
    patient: bool = True
    waits: list[float] = field(default_factory=list)

    @property
    def is_clear(self) -> bool:
        """Whether the API is well."""
        return self.patient and len(self.waits) >= self.until

    def script(self) -> raw.Script:
        """The API."""
        return raw.reply(self._answer)

    def _answer(self, received: raw.Received) -> bytes:
        if received.path == "/health":  # a worker waits in a process of its own, for the answer
            self.waits.append(0.0)
        if not self.is_clear:
            return raw.message(503)
        return raw.message(404 if received.path == "/wrong" else 200)


@pytest.fixture
def sky(monkeypatch: pytest.MonkeyPatch) -> Sky:
    """The weather of a run in this process."""
    weather = Sky()

    def wait(_: Session, seconds: float) -> bool:
        weather.waits.append(seconds)
        return weather.patient

    monkeypatch.setattr(Session, "await_round", wait)
    monkeypatch.setattr(Session, "await_calm", wait)
    monkeypatch.setattr(Session, "outage", lambda _: "" if weather.is_clear else weather.outage)
    return weather
