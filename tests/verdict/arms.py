"""A world of three arms, scripted: what each of them answers when a diagnosis asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from redhanded.core.attempt import Attempt
from redhanded.pipeline.drivers import run
from redhanded.verdict.almanac import Almanac
from redhanded.verdict.arms import Arm, Ask, Diagnosis, Situation
from tests.verdict.answers import answered

T = TypeVar("T")

HOME = "http://127.0.0.1:8000"
STAMP = ((b"X-Build", b"7f3c"), (b"Content-Type", b"application/json"), (b"Server", b"lab"))


def own(status: int = 200, **facts: object) -> Attempt:
    """An answer that carries the API's stamp."""
    return answered(status, **{"raw_response_headers": STAMP} | facts)


@dataclass
class World:
    """Answers each arm from its own list, whose last one is repeated; None refuses to ask."""

    target: Iterable[Attempt | None] = ()
    beside: Iterable[Attempt | None] = ()
    canary: Iterable[Attempt | None] = (own(),)
    login: Iterable[Attempt | None] = (None,)
    asked: list[Ask] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lines: dict[Arm, Iterator[Attempt | None]] = {
            Arm.TARGET: _endless(self.target),
            Arm.INPUT: _endless(self.beside),
            Arm.CANARY: _endless(self.canary),
            Arm.LOGIN: _endless(self.login),
        }

    def __call__(self, ask: Ask) -> Attempt | None:
        self.asked.append(ask)
        return next(self._lines[ask.arm])

    def counts(self) -> dict[Arm, int]:
        """How often each arm was asked."""
        return {arm: sum(ask.arm is arm for ask in self.asked) for arm in Arm}

    def finds(self, diagnosis: Diagnosis[T]) -> T:
        """What the diagnosis returns in this world."""
        return run(diagnosis, self)


def _endless(answers: Iterable[Attempt | None]) -> Iterator[Attempt | None]:
    last: Attempt | None = None
    for last in answers:
        yield last
    while True:
        yield last


def situation(*seen: Attempt, **known: object) -> Situation:
    """A situation whose almanac remembers these attempts, the oldest first."""
    almanac = Almanac()
    for attempt in seen:
        almanac.note("test_it", attempt)
    facts = {"almanac": almanac, "home": HOME, "test_id": "test_it", "rounds": 3}
    return Situation(**facts | known)  # type: ignore[arg-type]
