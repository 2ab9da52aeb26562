"""A process's link to the Redis of its fleet: up, or away for a while. It never waits for long.

Connecting is the affair of a thread in the background. Whoever asks while the link is up sends at
once, together with whatever else is waiting, and waits for a quarter of a second at most; the first
error, or answers that take too much of a run's time, put the link away for some seconds. While it
is away nobody waits at all. Results are queued, and go out with the next question or by the thread.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import weakref
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from redhanded.fleet.redis_faults import STRANGER, LineBroken
from redhanded.fleet.redis_limits import LinkLimits, Patience
from redhanded.fleet.store import FleetUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from redhanded.fleet.redis_line import Command, Reply

_T = TypeVar("_T")
_BATCH = 100  # results in one round trip; whoever asks beside them still gets an answer in time


class Wire(Protocol):
    """What the link sends through, once it is open; every act raises LineBroken."""

    def open(self, *, seconds: float) -> None:
        """Connect, within so many seconds a step."""
        ...

    def ask(self, commands: Sequence[Command], *, seconds: float) -> list[Reply]:
        """The answers to all, within so many seconds together."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


@dataclass(slots=True, eq=False)
class _Wish:
    command: Command
    reply: Reply = None
    is_over: bool = False
    is_answered: bool = False


class Link:
    """The way of one process to its fleet's Redis; `name` is how it may be shown.

    `dial` makes a connection that is not open yet. `tell` is given a sentence for the run, at most
    one of each kind, by whichever thread comes to know it.
    """

    def __init__(
        self,
        dial: Callable[[], Wire],
        *,
        name: str,
        tell: Callable[[str], None],
        limits: LinkLimits | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dial = dial
        self._name = name
        self._tell = tell
        self._limits = limits or LinkLimits()
        self._now = now
        self._is_closed = self._was_away = False
        self._dropped = 0  # by whoever had a result
        self._unanswered = 0  # by whoever had the turn
        self._inherited: list[object] = []
        self._begin()
        if sys.platform != "win32":  # which has no fork
            os.register_at_fork(after_in_child=partial(_begin_anew, weakref.ref(self)))

    def _begin(self) -> None:
        self._wire: Wire | None = None
        self._reason = "it is not connected yet"
        self._away_until = self._now()
        self._patience = Patience(self._limits)
        self._wishes: deque[_Wish] = deque()
        # A full one drops the oldest: the newer ones tell more.
        self._results: deque[Command] = deque(maxlen=self._limits.queue)
        self._turn = threading.Lock()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._tried = threading.Event()

    def begin_anew(self) -> None:
        """Leave the connection to the parent process, of which this one is a fork."""
        self._inherited.append(self._wire)  # not closed: the parent still uses it
        self._begin()

    @property
    def is_up(self) -> bool:
        """Whether there is a connection to ask through."""
        return self._wire is not None

    def start(self) -> None:
        """Connect in the background; whatever needs the link does so first."""
        if self._thread is not None or self._is_closed:
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="fleet", daemon=True)
                with suppress(RuntimeError):  # no more threads, or the interpreter is ending
                    self._thread.start()

    def ask(self, command: Command, read: Callable[[Reply], _T]) -> _T:
        """The answer as `read` takes it, within a quarter of a second; raises FleetUnavailable.

        Before the first attempt to connect has ended that is waited for, within the same time.
        """
        until = self._now() + self._limits.answer
        self.start()
        if not self._tried.wait(self._limits.answer):
            self._tried.set()  # nobody waits for it a second time
        wish = _Wish(command)
        if self.is_up:
            self._wishes.append(wish)
            self._fulfil(wish, until)
        if not wish.is_answered:
            raise self._unavailable()
        try:
            return read(wish.reply)
        except (TypeError, ValueError) as error:
            with self._turn:
                self._leave(STRANGER)
            raise self._unavailable() from error

    def send(self, command: Command) -> None:
        """Queue something whose answer nobody needs; never waits."""
        if self._is_closed or (self._tried.is_set() and not self.is_up):
            self._dropped += 1
            return
        if len(self._results) == self._limits.queue:
            self._dropped += 1
        self._results.append(command)
        self.start()
        self._wake.set()

    def tend(self) -> float | None:
        """Do what is due in the background; how long to rest then, None until woken."""
        if not self.is_up:
            left = self._away_until - self._now()
            if left > 0:
                return left
            self._connect()
        while self._results and self.is_up:
            with self._turn:
                self._exchange(self._now() + self._limits.answer)
        return None if self.is_up else self._limits.away

    def close(self) -> None:
        """Send what is queued, as far as that takes no longer than an answer may, and hang up."""
        self._is_closed = True
        self._tried.set()
        until = self._now() + self._limits.answer
        if self._turn.acquire(timeout=self._limits.answer):
            try:
                while self._results and self.is_up and self._now() < until:
                    self._exchange(until)
            finally:
                self._hang_up()
                self._turn.release()
        lost = self._dropped + self._unanswered
        if lost:
            self._tell(
                f"{lost} results did not reach the fleet's Redis at {self._name}: other"
                " processes may have called an API that was down a little longer."
            )

    def _serve(self) -> None:
        while not self._is_closed:
            rest = self.tend()
            self._wake.wait(rest)
            self._wake.clear()

    def _connect(self) -> None:
        try:
            wire = self._dial()
            wire.open(seconds=self._limits.answer)
        except LineBroken as error:
            with self._turn:
                self._leave(str(error))
        else:
            with self._turn:
                self._wire, self._reason = wire, "its answer did not come in time"
                if self._is_closed:
                    self._hang_up()
        self._tried.set()

    def _fulfil(self, wish: _Wish, until: float) -> None:
        # Whoever has the turn sends for all who wait for it.
        while not wish.is_over and (left := until - self._now()) > 0:
            if self._turn.acquire(timeout=left):
                try:
                    if not wish.is_over:
                        self._exchange(until)
                finally:
                    self._turn.release()
        wish.is_over = True  # whoever comes after need not send it any more

    def _exchange(self, until: float) -> None:
        """Send what waits and hear the answers; only for whoever has the turn."""
        results = _taken(self._results, _BATCH)
        waiting = _taken(self._wishes, len(self._wishes))
        with self._settling([wish for wish in waiting if not wish.is_over]) as wishes:
            if self._wire is None:
                return
            commands = [*results, *(wish.command for wish in wishes)]
            begun = self._now()
            self._unanswered += len(results)
            replies = self._wire.ask(commands, seconds=until - begun)
            self._unanswered -= len(results)
            for wish, reply in zip(wishes, replies[len(results) :], strict=True):
                wish.reply, wish.is_answered = reply, True
            self._weigh(begun)

    @contextmanager
    def _settling(self, wishes: list[_Wish]) -> Iterator[list[_Wish]]:
        try:
            yield wishes
        except LineBroken as error:
            self._leave(str(error))
        except BaseException:  # such as Ctrl-C: whoever asked next would read these answers
            self._hang_up()
            raise
        finally:
            for wish in wishes:
                wish.is_over = True

    def _weigh(self, begun: float) -> None:
        now = self._now()
        if self._patience.is_lost(now - begun, now):
            self._leave("it answers too slowly; use one nearer by, or look at what keeps it busy")

    def _leave(self, reason: str) -> None:
        self._reason = reason
        self._away_until = self._now() + self._limits.away
        self._patience = Patience(self._limits)
        self._unanswered += len(self._results)
        self._results.clear()
        self._hang_up()
        if not self._was_away:
            self._was_away = True
            self._tell(f"{self._away}: each process keeps its own circuit and a share of the pace.")

    def _hang_up(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()
        self._wake.set()  # the thread has to connect again, sooner or later

    @property
    def _away(self) -> str:
        return f"the fleet's Redis at {self._name} is away ({self._reason})"

    def _unavailable(self) -> FleetUnavailable:
        return FleetUnavailable(f"{self._away}.")


def _taken(queue: deque[_T], most: int) -> list[_T]:
    return [queue.popleft() for _ in range(min(most, len(queue)))]


def _begin_anew(reference: weakref.ref[Link]) -> None:
    link = reference()
    if link is not None:
        link.begin_anew()
