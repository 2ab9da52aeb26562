"""Which test meets which defect in which session: a session runs a test once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeAlias, TypeVar

from bench.catches.sessions import Ended, Lane, Seen, lane
from bench.catches.table import Catch
from bench.truth.jobs import DISGUISED

T = TypeVar("T")
Switches: TypeAlias = Mapping[str, str]
NOTHING = ""  # the switch of a test that meets no defect
_TOLD_BY_REPLAYS = frozenset({"D83", *DISGUISED})


@dataclass(frozen=True, slots=True)
class Play:
    """A test, and the defect that it meets."""

    test: str
    switch: str


def plays(catches: Iterable[Catch]) -> list[Play]:
    """Each test of the table with each of its defects, and once with none."""
    wanted = [Play(test, catch.switch) for catch in catches for test in catch.tests]
    correct = dict.fromkeys(play.test for play in wanted)
    return [*wanted, *(Play(test, NOTHING) for test in correct)]


def batches(wanted: Iterable[Play], least: int = 1) -> Sequence[Switches]:
    """The plays in as few sessions as can be, but not in fewer than `least`, of one size.

    What is told from weather by nothing but replays is spread: a run may spend so many on it.
    """
    everything = list(wanted)
    counts = Counter(play.test for play in everything)
    made: list[dict[str, str]] = [{} for _ in range(max([least, *counts.values()]))]
    doubtful = [0] * len(made)
    # What comes in many sessions is placed first: later there may be too few left.
    for play in sorted(everything, key=lambda play: (-counts[play.test], play.test)):
        is_doubtful = play.switch.partition(":")[0] in _TOLD_BY_REPLAYS
        free = (number for number, batch in enumerate(made) if play.test not in batch)
        chosen = min(free, key=lambda number: (is_doubtful * doubtful[number], len(made[number])))
        made[chosen][play.test] = play.switch
        doubtful[chosen] += is_doubtful
    return made


def results(sessions: Sequence[Switches], lanes: int) -> Iterator[tuple[Play, Seen | None]]:
    """What became of each play; nothing of one whose test was not run."""
    for switches, ended in spread(sessions, lambda own, each: own.run(each), lanes):
        for test, switch in switches.items():
            yield Play(test, switch), ended.seen.get(test)
        if not ended.seen:
            raise SystemExit(f"a session ran no test (exit code {ended.exit_code}):\n{ended.said}")


def spread(
    jobs: Iterable[T], work: Callable[[Lane, T], Ended], lanes: int
) -> Iterator[tuple[T, Ended]]:
    """Each job with what came of it, as they end, on so many lanes at once."""
    left: SimpleQueue[T] = SimpleQueue()
    done: SimpleQueue[tuple[T, Ended] | BaseException | None] = SimpleQueue()
    for job in jobs:
        left.put(job)

    def follow() -> None:
        try:
            with lane() as own:
                while True:
                    job = left.get_nowait()
                    done.put((job, work(own, job)))
        except Empty:
            done.put(None)
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            done.put(error)

    threads = [threading.Thread(target=follow, daemon=True) for _ in range(lanes)]
    for thread in threads:
        thread.start()
    open_lanes = len(threads)
    while open_lanes:
        match done.get():
            case None:
                open_lanes -= 1
            case BaseException() as error:
                raise error
            case found:
                yield found
