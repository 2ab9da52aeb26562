"""Other processes that call the same origins, and what they share with the calls of a world."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from redhanded.core.settings import Settings
from redhanded.fleet.memory import MemoryStore
from redhanded.fleet.store import GateLimits, Member
from redhanded.pipeline.assembly import breaker_limits
from redhanded.pipeline.breaker import Denied, Outcome
from redhanded.pipeline.load import load_of
from redhanded.pipeline.shared_gate import Asked, Late, SharedGate, Sharing, Turn
from tests.simulation.rules import hold
from tests.simulation.schedule import Schedule

_OUTCOMES: tuple[Outcome, ...] = ("fail", "fail", "hang", "success", "none")
_ASKED = Asked(may_probe=True, lease=5.0, within=30.0)


class Fellows:
    """The processes beside the one of a world, for each of its origins alike.

    Now and then they meet trouble of their own, and cannot be reached. Who is alone keeps to a pace
    of its own, beside which the servers' limit means nothing: so all can be reached where there is
    one.
    """

    def __init__(self, settings: Settings, schedule: Schedule, random: Random) -> None:
        limits = GateLimits(
            breaker_limits(settings),
            rate=settings.limit.rate,
            burst=load_of(settings, "localhost").burst,
            consecutive=settings.breaker.consecutive,
        )
        self.random = random
        self.is_remote = random.random() < 0.5
        self.away = 0.0 if settings.limit.rate else random.choice((0.0, 0.1, 1.0))
        self.trouble = random.choice((0.0, 0.05, 0.3))
        self._ours = MemoryStore(limits, Member("here", "gw0"), schedule.monotonic, random.random)
        self._theirs = replace(self._ours, member=Member("here", "gw1"))
        self._gates: list[WatchedGate] = []

    @property
    def sharing(self) -> Sharing:
        """How the process of the world shares its origins with them."""
        return Sharing(self._gate, lambda: 2)

    def _gate(self, origin: str) -> WatchedGate:
        self._gates.append(
            WatchedGate(self._ours.gate(origin), self._theirs.gate(origin), fellows=self)
        )
        return self._gates[-1]

    @property
    def owed(self) -> int:
        """For how many leaves nobody was told what came of them."""
        return sum(gate.out.total() for gate in self._gates)


class WatchedGate:
    """A shared gate with a second book of the leaves that are out."""

    def __init__(self, ours: SharedGate, theirs: SharedGate, *, fellows: Fellows) -> None:
        self._ours, self._theirs, self._fellows = ours, theirs, fellows
        self.is_remote: bool = fellows.is_remote
        self.out: Counter[Turn] = Counter()

    def acquire(self, asked: Asked) -> Turn | Denied | Late | None:
        """Leave, which is in the second book; the others may have met something just before."""
        fellows, random = self._fellows, self._fellows.random
        if random.random() < fellows.away:
            return None
        if random.random() < fellows.trouble:
            theirs = self._theirs.acquire(_ASKED)
            if isinstance(theirs, Turn):
                self._theirs.record(theirs, random.choice(_OUTCOMES))
        answer = self._ours.acquire(asked)
        if isinstance(answer, Turn):
            self.out[answer] += 1
        return answer

    def record(self, turn: Turn, outcome: Outcome) -> None:
        """Count a result, and strike its leave out of the second book."""
        self.out[turn] -= 1
        hold(self.out[turn] >= 0, 12, f"{turn} was given back more often than it was given")
        self._ours.record(turn, outcome)

    def vouch(self) -> None:
        """Count a control request."""
        self._ours.vouch()

    def slow_down(self, pause: float | None) -> None:
        """Heed a 429."""
        self._ours.slow_down(pause)
