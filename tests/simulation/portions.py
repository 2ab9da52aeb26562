"""Many worlds at once: portions of them, run by several processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.simulation.rules import Breach
from tests.simulation.traffic import Told
from tests.simulation.world import CALLS, Tally, World

_PORTION = 50  # worlds that a worker runs before it reports


def portion(seed: int, begin: int, end: int) -> Tally | Breach:
    """What came of these worlds, up to the first breach."""
    tally = Tally()
    for index in range(begin, end):
        try:
            tally.add(World(seed, index).run())
        except Breach as breach:
            return breach
    return tally


def portions(seed: int, worlds: int, workers: int) -> Iterator[Tally | Breach]:
    """What came of all worlds, in whatever order the workers get done."""
    begins = range(0, worlds, _PORTION)
    # A fresh interpreter each, on every platform alike.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        under_way = [
            pool.submit(portion, seed, begin, min(begin + _PORTION, worlds)) for begin in begins
        ]
        try:
            yield from (done.result() for done in as_completed(under_way))
        finally:
            pool.shutdown(cancel_futures=True)


def simulate(seed: int, calls: int, workers: int) -> Tally:
    """What came of at least so many calls; raises Breach at the first that is seen."""
    total = Tally()
    for part in portions(seed, -(-calls // CALLS), workers):
        if isinstance(part, Breach):
            raise part
        total.add(part)
    return total


def replay(seed: int, call: int, say: Told) -> Tally:
    """What came of the world of one call, whose effects are told; raises Breach."""
    return World(seed, call // CALLS, only=call, told=say).run()
