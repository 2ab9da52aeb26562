"""`python -m bench.history` prints what history is held to; `--short` in less than a minute."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator

from bench.history import labels, objectives, regressions, storage
from bench.history.figures import Figure

_WIDTHS = (66, 28, 30, 10)


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


def report(found: Iterable[Figure]) -> int:
    """1 where one of these figures, which are printed as they come, misses its goal, else 0."""
    print(_row("figure", "measured", "at 95 %", "goal"))
    missed = []
    for figure in found:
        print(line(figure), flush=True)
        missed += [] if figure.is_met else [figure]
    for figure in missed:
        print(f"missed: {figure.name}", file=sys.stderr)
    return int(bool(missed))


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """All of them, in the order of the page."""
    for part in (objectives, regressions, labels, storage):
        yield from part.figures(short=short, seed=seed)


def line(figure: Figure) -> str:
    """The figure as a row of the table."""
    goal = f"{figure.goal}{'' if figure.is_met else '  MISSED'}"
    return _row(figure.name, figure.measured, figure.bound, goal)


def _row(*cells: str) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()


if __name__ == "__main__":
    sys.exit(main())
