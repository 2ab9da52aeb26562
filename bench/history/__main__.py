"""`python -m bench.history` prints what history is held to; `--short` in less than a minute."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from bench.figures import Figure, report
from bench.history import labels, objectives, regressions, storage


def main() -> int:
    """The exit code: 0 where every goal is met."""
    parser = argparse.ArgumentParser(prog="python -m bench.history", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer cases of each")
    parser.add_argument("--seed", type=int, default=0, help="other samples, runs and suites")
    options = parser.parse_args()
    began = time.monotonic()
    code = report(figures(short=options.short, seed=options.seed))
    print(f"in {time.monotonic() - began:.0f} s, seed {options.seed}")
    return code


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """All of them, in the order of the page."""
    for part in (objectives, regressions, labels, storage):
        yield from part.figures(short=short, seed=seed)


if __name__ == "__main__":
    sys.exit(main())
