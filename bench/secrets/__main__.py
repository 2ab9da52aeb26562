"""`python -m bench.secrets` prints what becomes of secrets; `--short` in a minute, for the gate.

pytest-html is read beside it where it is installed: requirements/rivals.txt holds it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from bench.figures import Figure, report
from bench.secrets import gate, matrix, planted, positions


def main() -> int:
    """The exit code: 0 where every goal is met."""
    parser = argparse.ArgumentParser(prog="python -m bench.secrets", description=__doc__)
    parser.add_argument("--short", action="store_true", help="less of each, and nobody else's")
    parser.add_argument("--seed", type=int, default=1, help="of the secrets and their places")
    options = parser.parse_args()
    began = time.monotonic()
    code = report(figures(short=options.short, seed=options.seed))
    print(f"in {time.monotonic() - began:.0f} s")
    return code


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """All of them, in the order of the page."""
    yield from gate.figures(short=short, seed=seed)
    yield from positions.figures(seed=seed)
    yield from matrix.figures(short=short, seed=seed)
    yield from planted.figures(short=short, seed=seed)


if __name__ == "__main__":
    sys.exit(main())
