"""`python -m bench.cleanup` prints what cleanup is held to; `--short` in half a minute."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from bench.cleanup import leaks, prefixes
from bench.figures import Figure, report

PARTS = {"prefixes": prefixes.figures, "leaks": leaks.figures}


def main() -> int:
    """The exit code: 0 where every goal is met."""
    parser = argparse.ArgumentParser(prog="python -m bench.cleanup", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer deaths")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part alone")
    parser.add_argument("--seed", type=int, default=0, help="other deaths")
    options = parser.parse_args()
    began = time.monotonic()
    code = report(figures(options.only or list(PARTS), short=options.short, seed=options.seed))
    print(f"in {time.monotonic() - began:.0f} s, seed {options.seed}")
    return code


def figures(parts: list[str], *, short: bool, seed: int) -> Iterator[Figure]:
    """All of these parts."""
    for name in parts:
        yield from PARTS[name](short=short, seed=seed)


if __name__ == "__main__":
    sys.exit(main())
