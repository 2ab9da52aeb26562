"""The processes of a fleet: many at once, each with a store of its own."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Sequence
from multiprocessing.queues import SimpleQueue
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

HOSTS = 4  # on which the processes say to be
_PRELOADED = ["pytest", "redhanded.fleet.redis_store", "redhanded.session.session", __name__]


class Seat(NamedTuple):
    """Which of how many processes one is."""

    number: int
    total: int

    @property
    def host(self) -> str:
        """The machine that it says to be on."""
        return f"host{self.number % HOSTS}"

    @property
    def worker(self) -> str:
        """Its name there."""
        return f"gw{self.number}"


def context() -> Any:  # noqa: ANN401  the three kinds of context have no type in common
    """How processes are started: from one that has loaded everything, where there is such a way."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(_PRELOADED)
    return found


def together(count: int, act: Callable[..., T], *given: object) -> list[T]:
    """What each of so many processes gives: `act(seat, *given)`, begun by all at one time.

    Raises SystemExit where one of them fails.
    """
    made = context()
    gate, answers = made.Barrier(count), made.SimpleQueue()
    processes = [
        made.Process(target=_sit, args=(Seat(number, count), gate, answers, act, given))
        for number in range(count)
    ]
    for process in processes:
        process.start()
    # Read before they end: a process does not end while what it gave is not taken.
    found = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return _sorted(found)


def _sit(
    seat: Seat,
    gate: Any,  # noqa: ANN401
    answers: SimpleQueue[tuple[int, object, str]],
    act: Callable[..., object],
    given: Sequence[object],
) -> None:
    try:
        gate.wait(60)
        answers.put((seat.number, act(seat, *given), ""))
    except Exception as error:
        answers.put((seat.number, None, f"{type(error).__name__}: {error}"))
        raise


def _sorted(found: list[tuple[int, Any, str]]) -> list[Any]:
    wrong = [f"process {number} failed: {said}" for number, _, said in found if said]
    if wrong:
        sys.exit("\n".join(wrong))
    return [answer for _, answer, _ in sorted(found, key=lambda each: each[0])]
