"""`python -m bench.reports` prints what reports are held to; `--short` in 20 s, for the gate.

Sizes are exact. What is timed has much slack in the short form, which runs beside other things.
The comparison with others runs where they are installed: requirements/rivals.txt holds them, and
`npx` brings the generator of Allure.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from bench.figures import Figure, report
from bench.reports import rivals, size, spooling


def main() -> int:
    """The exit code: 0 where every goal is met."""
    parser = argparse.ArgumentParser(prog="python -m bench.reports", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer tests, and nobody else's")
    options = parser.parse_args()
    began = time.monotonic()
    code = report(figures(short=options.short))
    print(f"in {time.monotonic() - began:.0f} s")
    return code


def figures(*, short: bool) -> Iterator[Figure]:
    """All of them, in the order of the page."""
    yield from size.figures(short=short)
    if not short:
        yield from spooling.figures()
        yield from rivals.figures()


if __name__ == "__main__":
    sys.exit(main())
