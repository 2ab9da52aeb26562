"""`python -m bench.contracts` prints what contracts are held to; `--short` in 15 s, for the gate.

The comparison with others runs where they are installed: requirements/rivals.txt holds them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.contracts import checking, comparing, covering, github, runs, starting
from bench.figures import Figure, report


def main() -> int:
    """The exit code: 0 where every goal is met."""
    parser = argparse.ArgumentParser(prog="python -m bench.contracts", description=__doc__)
    parser.add_argument("--short", action="store_true", help="less of each, and nobody else's")
    parser.add_argument("--github", type=Path, metavar="FILE", help=github.HOW)
    options = parser.parse_args()
    began = time.monotonic()
    code = report(figures(short=options.short, document=options.github))
    print(f"in {time.monotonic() - began:.0f} s")
    return code


def figures(*, short: bool, document: Path | None) -> Iterator[Figure]:
    """All of them, in the order of the page."""
    yield from checking.figures(short=short)
    yield from covering.figures(short=short)
    yield from starting.figures(short=short)
    if not short:
        yield from github.figures(document)
    yield from comparing.figures(short=short)
    if not short:
        yield from runs.figures()


if __name__ == "__main__":
    sys.exit(main())
