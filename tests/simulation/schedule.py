"""Time that only passes when everybody waits, and the coroutines that wait in it."""

from __future__ import annotations

import math
from collections.abc import Coroutine, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from types import coroutine
from typing import Any

WALL = 1_700_000_000.0


class Cancelled(BaseException):
    """What a coroutine is told in the middle of a wait, as by Ctrl-C."""


@coroutine
def until(moment: float) -> Generator[float, None, None]:
    """Stand still until that moment, and let everybody else go on."""
    yield moment


@dataclass(slots=True)
class Task:
    """A coroutine under way; it is cancelled during the wait that follows so many others."""

    flow: Coroutine[Any, Any, None] | None = None
    cancel_after: int | None = None
    cancel_at: float = math.inf

    def spare(self) -> None:
        """Let the task go on to its end."""
        self.cancel_after, self.cancel_at = None, math.inf

    def close(self) -> None:
        """Give the task up."""
        assert self.flow is not None
        self.flow.close()

    def resume(self, now: float) -> float:
        """The moment until which the task waits next; raises StopIteration at its end."""
        assert self.flow is not None
        if self.cancel_at > now:
            wake: float = self.flow.send(None)
        else:
            self.spare()
            wake = self.flow.throw(Cancelled())
        return wake


@dataclass(slots=True)
class Schedule:
    """A clock and those who wait for it; among those due at once, chance says who goes first."""

    random: Random
    elapsed: float = 1_000.0
    _waiting: list[tuple[float, float, int, Task]] = field(default_factory=list)
    _steps: int = 0

    def monotonic(self) -> float:
        return self.elapsed

    def wall(self) -> float:
        return WALL + self.elapsed

    def start(self, task: Task) -> None:
        """Let a task go on from now."""
        self._wait(task, self.elapsed)

    def run(self, most: int) -> None:
        """Let all tasks come to their end, in at most so many steps."""
        while self._waiting and self._steps < most:
            now, _, _, task = heappop(self._waiting)
            self.elapsed = now
            try:
                wake = task.resume(now)
            except StopIteration:
                continue
            self._wait(task, wake)

    @property
    def is_over(self) -> bool:
        """Whether every task has come to its end."""
        return not self._waiting

    def close(self) -> None:
        """Give up those who still wait, whatever they have to say to it."""
        for *_, task in self._waiting:
            with suppress(AssertionError):
                task.close()
        self._waiting.clear()

    def _wait(self, task: Task, wake: float) -> None:
        self._steps += 1
        if task.cancel_after is not None:
            if not task.cancel_after:
                task.cancel_at = self.elapsed + (wake - self.elapsed) * self.random.random()
            task.cancel_after -= 1
        due = max(self.elapsed, min(wake, task.cancel_at))
        heappush(self._waiting, (due, self.random.random(), self._steps, task))
