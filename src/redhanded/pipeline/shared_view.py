"""What one process sees of an origin's shared gate, and its way to ask it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from redhanded.pipeline.breaker import Change, Denied, State
from redhanded.pipeline.flow import Consult
from redhanded.pipeline.shared_gate import Asked, Late, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from redhanded.pipeline.breaker import Outcome
    from redhanded.pipeline.flow import Effect
    from redhanded.pipeline.shared_gate import SharedGate

Answer: TypeAlias = Turn | Denied | Late | None

_LOOK = Asked(may_probe=False, lease=0.0, within=0.0)  # asks for the circuit's state alone


def _tell_nobody(_: Change) -> None:
    """Nobody wants to know."""


@dataclass(slots=True)
class SharedView:
    """A shared gate as this process has last seen it.

    `is_down` says that the circuit refused us when it was last asked, or that our probe failed;
    `workers` tells how many processes share the gate. `turned` is told where another state is seen
    than before, with the newest epoch that this process knows of.
    """

    gate: SharedGate
    workers: Callable[[], int]
    turned: Callable[[Change], object] = _tell_nobody
    is_down: bool = False
    _epoch: int = 0
    _state: State = State.CLOSED

    @property
    def is_remote(self) -> bool:
        """Whether asking may take a while."""
        return self.gate.is_remote

    def ask(self, asked: Asked) -> Generator[Effect, object, Answer]:
        """What the gate answers; leave that comes when we were cancelled meanwhile is let go."""
        if not self.gate.is_remote:
            return self.acquire(asked)
        asking = _Asking(self, asked)
        try:
            yield Consult(asking)
        except BaseException:
            asking.abandon()
            raise
        return asking.answer

    def acquire(self, asked: Asked) -> Answer:
        """What the gate answers, asked in this thread."""
        answer = self.gate.acquire(asked)
        if isinstance(answer, Denied):
            self.is_down = True
            if self._state is State.CLOSED:
                self._see(State.OPEN, "other workers have seen it down")
        elif asked.held:
            self.is_down = False
            if isinstance(answer, Turn):
                self._admit(answer)
        return answer

    def _admit(self, turn: Turn) -> None:
        self._epoch = max(self._epoch, turn.epoch)
        if turn.lease:
            self._see(State.HALF_OPEN, "a probe of this worker is admitted")
        else:
            self._see(State.CLOSED, "probes were answered")

    def _see(self, state: State, reason: str) -> None:
        if state is not self._state:
            self._state = state
            self.turned(Change(state, self._epoch, reason, is_shared=True))

    def look(self) -> Denied | None:
        """How the circuit holds requests back now; None where it does not, or nobody can tell."""
        answer = self.acquire(_LOOK)
        if isinstance(answer, Turn):
            self.gate.record(answer, "none")
        return answer if isinstance(answer, Denied) else None

    def record(self, turn: Turn, outcome: Outcome) -> None:
        """Count a result."""
        if turn.lease and outcome not in ("success", "none"):
            self.is_down = True  # the circuit opens by it
            self._see(State.OPEN, "a probe of this worker failed")
        self.gate.record(turn, outcome)

    def vouch(self) -> None:
        """Count a control request that went past the circuit and was well."""
        self.is_down = False
        self.gate.vouch()

    def has_moved(self, turn: Turn) -> bool:
        """Whether the circuit is known to have changed its state since it gave this leave."""
        return self._epoch > turn.epoch or (not turn.lease and self.is_down)


@dataclass(slots=True)
class _Asking:
    """One asking in a thread of its own, whose answer may come when nobody waits for it."""

    view: SharedView
    asked: Asked
    answer: Answer = None
    _is_abandoned: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> None:
        answer = self.view.acquire(self.asked)
        with self._lock:
            self.answer = answer
            is_abandoned = self._is_abandoned
        if is_abandoned:
            self._let_go()

    def abandon(self) -> None:
        """Let go of what was given, or will be."""
        with self._lock:
            self._is_abandoned = True
        self._let_go()

    def _let_go(self) -> None:
        with self._lock:
            answer, self.answer = self.answer, None
        if isinstance(answer, Turn):
            self.view.record(answer, "none")
