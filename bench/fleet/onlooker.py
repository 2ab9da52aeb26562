"""A plugin of pytest that says where its session is, and times what the shared layer takes.

Loaded with `-p bench.fleet.onlooker`. Before each test it asks the benchmark, which switches the
defects of the API, and the weather on the way to Redis when the time has come.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from bench.switching import ask
from bench.truth.witnesses import switch_of

if TYPE_CHECKING:
    from redhanded.pipeline.breaker import Denied, Outcome
    from redhanded.pipeline.shared_gate import Asked, Late, SharedGate, Turn

T = TypeVar("T")

DESK = "FLEET_DESK"
TARGET = "FLEET_TIMES"
STAGES = ("start", "middle", "end")


def stage_of(position: int, count: int) -> str:
    """The part of the session in which the test of this position is, counted from 0."""
    if position >= count - count // 5:
        return "end"
    return "middle" if position >= count // 2 else "start"


class TimedGate:
    """A gate that times what is asked of it."""

    def __init__(self, gate: SharedGate, note: Callable[[str, float, float, str], None]) -> None:
        self._gate = gate
        self._note = note

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever else a gate has
        return getattr(self._gate, name)

    def acquire(self, asked: Asked) -> Turn | Denied | Late | None:
        """What the gate says."""
        return self._timed("acquire", lambda: self._gate.acquire(asked))

    def record(self, turn: Turn, outcome: Outcome) -> None:
        """Pass it on."""
        self._timed("record", lambda: self._gate.record(turn, outcome))

    def _timed(self, act: str, perform: Callable[[], T]) -> T:
        began = time.perf_counter()
        answer = perform()
        spent = time.perf_counter() - began
        self._note(act, began, spent, type(answer).__name__)
        return answer


class Onlooker:
    """Asks at each test, and writes down what was timed when all is over."""

    def __init__(self) -> None:
        self._times: list[tuple[str, float, float, str]] = []
        self._count = self._position = 0

    def note(self, act: str, began: float, spent: float, answer: str) -> None:
        """Keep what one act took, in seconds."""
        self._times.append((act, began, spent, answer))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Know how many tests there are."""
        self._count = len(session.items)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Say where the session is, and which defect the test is to meet."""
        stage = stage_of(self._position, self._count)
        self._position += 1
        ask(DESK, f"{stage} {switch_of(item)}")
        return (yield)

    def pytest_unconfigure(self) -> None:
        """Write down what was timed."""
        Path(os.environ[TARGET]).write_text(json.dumps(self._times), "utf-8")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Stand between the session and its store, where it has one of Redis."""
    from redhanded.fleet.redis_store import RedisStore

    onlooker, make = Onlooker(), RedisStore.gate
    config.pluginmanager.register(onlooker, "fleet-onlooker")

    def gate(self: RedisStore, origin: str) -> TimedGate:
        return TimedGate(make(self, origin), onlooker.note)

    RedisStore.gate = gate  # type: ignore[assignment,method-assign]
