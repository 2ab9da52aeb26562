"""`python -m bench.fleet` prints what the fleet is held to; `--short` in less than a minute."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from bench.figures import Figure, report
from bench.fleet import counts, kills, overhead, pace, probes, trouble
from tests.servers import redis
from tests.servers.processes import ServerNotInstalled

PARTS = {
    "counts": counts.figures,
    "probes": probes.figures,
    "kills": kills.figures,
    "pace": pace.figures,
    "overhead": overhead.figures,
    "trouble": trouble.figures,
}


def main() -> int:
    """The exit code: 0 where every goal is met."""
    parser = argparse.ArgumentParser(prog="python -m bench.fleet", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer cases of each")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part alone")
    parser.add_argument("--seed", type=int, default=0, help="other chances")
    options = parser.parse_args()
    try:
        redis.program()
    except ServerNotInstalled as error:
        print(f"not measured: {error}")
        return 0
    began = time.monotonic()
    code = report(figures(options.only or list(PARTS), short=options.short, seed=options.seed))
    print(f"in {time.monotonic() - began:.0f} s, seed {options.seed}")
    return code


def figures(parts: list[str], *, short: bool, seed: int) -> Iterator[Figure]:
    """All of these parts, in the order of the page."""
    for name in parts:
        yield from PARTS[name](short=short, seed=seed)


if __name__ == "__main__":
    sys.exit(main())
