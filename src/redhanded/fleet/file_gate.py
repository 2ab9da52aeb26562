"""The shared circuit and pace of one origin in a file, for the workers of one machine.

While the file shows a closed circuit, no pause and no rate, a request asks for nothing but the
file's time, and what succeeds is kept here. What was not told to the others yet goes along with
the next act that takes the file's lock; where the lock cannot be had, with the one after it.
"""

from __future__ import annotations

import itertools
import math
import os
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeVar

from redhanded.fleet.circuit import NO_EPOCH, jitter
from redhanded.fleet.shared_file import TROUBLE
from redhanded.pipeline.breaker import MOST_SUCCESSES, State
from redhanded.pipeline.shared_gate import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.fleet.origin_state import OriginState
    from redhanded.fleet.shared_file import SharedFile
    from redhanded.fleet.store import GateLimits, Member
    from redhanded.pipeline.breaker import Denied, Outcome
    from redhanded.pipeline.shared_gate import Asked, Late

A = TypeVar("A")

_BRIEFLY = 0.05  # seconds; a result can wait for the next act, a request cannot
_UNHELD = Turn(NO_EPOCH)


class Solitude:
    """Whether this process goes alone for now, because the store's files cannot be used."""

    def __init__(self, now: Callable[[], float], *, seconds: float = 5.0) -> None:
        self.reason: str = ""
        self._now = now
        self._seconds = seconds
        self._until = -math.inf

    def begin(self, error: BaseException) -> None:
        """Go alone from now on, for a while."""
        self._until = self._now() + self._seconds
        self.reason = getattr(error, "strerror", None) or str(error)

    @property
    def lasts(self) -> bool:
        """Whether the while is not over."""
        return self._until > -math.inf and self._now() < self._until


class Sight(NamedTuple):
    """What a process sees of an origin's state without the lock.

    Requests are free from `free_at` on, results are nobody else's affair from `calm_at` on.
    """

    state: OriginState
    turn: Turn
    free_at: float
    calm_at: float


class FileGate:
    """The gate of one origin; safe for threads, and after a fork."""

    is_remote: ClassVar[bool] = False

    def __init__(
        self,
        file: SharedFile[OriginState],
        limits: GateLimits,
        member: Member,
        *,
        solitude: Solitude,
        now: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self._file = file
        self._limits = limits
        self._member = member
        self._solitude = solitude
        self._now = now
        self._random = random
        self._leases = itertools.count(1)
        self._pending: deque[Callable[[OriginState, float], None]] = deque(maxlen=MOST_SUCCESSES)
        self._owes = False
        self._process = os.getpid()
        self._sight = self._seen(file.fresh())

    def acquire(self, asked: Asked) -> Turn | Denied | Late | None:
        """Leave, or how long to wait; None where the file cannot be used: decide alone."""
        if self._solitude.lasts:
            return None
        try:
            sight = self._look()
            if not self._owes and (not sight.free_at or sight.free_at <= self._now()):
                return sight.turn if asked.held else _UNHELD
            return self._change(partial(self._ask, asked))
        except TROUBLE as error:
            self._solitude.begin(error)
            return None

    def record(self, turn: Turn, outcome: Outcome) -> None:
        """Count a result; one that shows nothing and holds nothing is dropped at once."""
        if turn.epoch == NO_EPOCH or (outcome == "none" and not turn.lease):
            return
        at = self._now()
        self._begin_process()
        self._pending.append(partial(self._count, turn, outcome, at))
        if outcome != "success" or at < self._sight.calm_at:
            self._tell(_BRIEFLY)

    def vouch(self) -> None:
        """Count a control request that was answered well; nothing where the circuit is closed."""
        try:
            if self._look().state.circuit.state is State.CLOSED:
                return
        except TROUBLE as error:
            self._solitude.begin(error)
        self._pending.append(self._vouch)
        self._tell(_BRIEFLY)

    def slow_down(self, pause: float | None) -> None:
        """Heed a 429 for all."""
        self._pending.append(partial(self._slow_down, pause, self._now()))
        self._tell(_BRIEFLY)

    def close(self) -> None:
        """Tell the others what they were not told yet; calm successes concern nobody."""
        if self._owes:
            self._tell(math.inf)

    def _begin_process(self) -> None:
        if self._process != os.getpid():  # what was not told before a fork its parent tells
            self._process = os.getpid()
            self._pending.clear()

    def _look(self) -> Sight:
        state = self._file.read()
        sight = self._sight
        if state is not sight.state:
            self._sight = sight = self._seen(state)
        return sight

    def _seen(self, state: OriginState) -> Sight:
        circuit = state.circuit
        is_free = circuit.state is State.CLOSED and self._limits.rate is None
        free_at = state.pace.paused_until if is_free else math.inf
        return Sight(state, Turn(circuit.epoch), free_at, state.calm_at(self._limits))

    def _ask(self, asked: Asked, state: OriginState, now: float) -> Turn | Denied | Late:
        lease = f"{self._member.worker}-{os.getpid()}-{next(self._leases)}"
        limits, told = self._limits, jitter(self._random())
        return state.acquire(asked, self._member, now, limits, lease=lease, jitter=told)

    def _count(
        self, turn: Turn, outcome: Outcome, at: float, state: OriginState, now: float
    ) -> None:
        state.record(turn, outcome, self._member, now, self._limits, at=at)

    def _vouch(self, state: OriginState, now: float) -> None:
        state.vouch(now, self._limits)

    def _slow_down(self, pause: float | None, at: float, state: OriginState, now: float) -> None:
        # Told late, a pause is over when it would have been.
        state.slow_down(max(0.0, pause - (now - at)) if pause else None, now)

    def _tell(self, patience: float) -> None:
        self._owes = True
        if self._solitude.lasts:
            return
        try:
            self._change(_nothing, patience)
        except TimeoutError:
            return  # others are busy with the file; the next act tells it
        except TROUBLE as error:
            self._solitude.begin(error)

    def _change(self, act: Callable[[OriginState, float], A], patience: float = math.inf) -> A:
        """What comes of an act under the lock, after all that the others were not told yet."""
        told: list[Callable[[OriginState, float], None]] = []
        self._begin_process()
        try:
            with self._file.change(patience) as state:
                self._owes = False
                now = self._now()
                while self._pending:
                    told.append(self._pending.popleft())
                    told[-1](state, now)
                answer = act(state, now)
        except BaseException:  # Ctrl-C too: nothing was written, so nothing was told
            self._pending.extendleft(reversed(told))
            self._owes = True
            raise
        return answer


def _nothing(state: OriginState, now: float) -> None:
    """Only what was not told yet."""
