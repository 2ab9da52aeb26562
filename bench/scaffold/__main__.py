"""`python -m bench.scaffold` prints what `redhanded init --from` is held to.

`--short` is for the gate: one round, held to its CPU, for other things run beside it.
The document of Box is in the repository; that of GitHub is not, and `--github` names it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.contracts.comparing import packed
from bench.figures import Figure, report
from bench.scaffold import suites

_ROUNDS = 5


def main() -> int:
    """The exit code: 0 where every goal is met."""
    parser = argparse.ArgumentParser(prog="python -m bench.scaffold", description=__doc__)
    parser.add_argument("--short", action="store_true", help="one round")
    parser.add_argument("--github", type=Path, metavar="FILE", help="GitHub's document")
    options = parser.parse_args()
    began = time.monotonic()
    code = report(figures(short=options.short, github=options.github))
    print(f"in {time.monotonic() - began:.0f} s")
    return code


def figures(*, short: bool, github: Path | None) -> Iterator[Figure]:
    """Those of the document in the repository, and those of one that is named."""
    rounds = 1 if short else _ROUNDS
    yield from suites.figures("Box", packed("2026-06"), rounds=rounds, is_alone=not short)
    if github is not None:
        yield from suites.figures("GitHub", github.read_bytes(), rounds=1, is_alone=False)


if __name__ == "__main__":
    sys.exit(main())
