"""`python -m tests.simulation` runs the simulation; a breach is told with how to see it again."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from os import cpu_count

from tests.simulation.portions import replay, simulate
from tests.simulation.rules import Breach
from tests.simulation.traffic import Told
from tests.simulation.world import Tally


def _summary(tally: Tally, seconds: float) -> str:
    met = ", ".join(f"{row or 'well'} {count}" for row, count in tally.rows.most_common())
    ends = ", ".join(f"{end} {count}" for end, count in tally.ends.most_common())
    return (
        f"{tally.calls} calls, {tally.attempts} attempts and {tally.seconds / 3600:.0f} hours of "
        f"their time in {seconds:.1f} s, no rule broken (mark {tally.mark:08x})\n"
        f"attempts: {met}\ncalls: {ends}"
    )


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="of what happens; a new one where none is given")
    parser.add_argument("--calls", type=int, default=1_000_000, help="at least so many")
    parser.add_argument("--workers", type=int, default=cpu_count() or 1, help="processes")
    parser.add_argument("--only", type=int, help="tell this call alone, by its effects")
    arguments = parser.parse_args(argv)
    if arguments.only is not None and arguments.seed is None:
        parser.error("--only says which call of a seed is meant: write --seed as well")
    if min(arguments.calls, arguments.workers) < 1 or (arguments.only or 0) < 0:
        parser.error("--calls and --workers begin at 1, --only at 0")
    return arguments


def main(argv: Sequence[str] | None = None, *, say: Told = print) -> int:
    """The exit code: 0 where every rule held, 1 where one was broken."""
    arguments = _arguments(argv)
    seed = arguments.seed if arguments.seed is not None else time.time_ns() % 10**9
    began = time.perf_counter()
    say(f"seed {seed}")
    try:
        if arguments.only is None:
            tally = simulate(seed, arguments.calls, arguments.workers)
        else:
            tally = replay(seed, arguments.only, say)
    except Breach as breach:
        say(f"{breach}\nsee it by: python -m tests.simulation --seed {seed} --only {breach.call}")
        return 1
    say(_summary(tally, time.perf_counter() - began))
    return 0


if __name__ == "__main__":
    sys.exit(main())
