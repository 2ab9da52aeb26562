"""`python -m bench.tutorial` follows the tutorial in an empty folder, with nothing but CPython.

It types what the page says, fails where an answer is another than the page shows, and tells how
long it takes, with the time to read and to type. `--short` is for the gate: what the first step
installs is taken from `--environment`, and the time is told, not held to the goal.
Ends with 0 where all is as the page says, 1 where not, 75 where it cannot be followed here.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.tutorial import ground
from bench.tutorial.page import done, steps
from bench.tutorial.reader import Differs, Port, Reader
from bench.tutorial.times import GOAL_MINUTES, minutes, table

_NOTHING_JUDGED = 75


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.tutorial", description=__doc__)
    parser.add_argument("--short", action="store_true", help="without installing")
    parser.add_argument("--environment", type=Path, help="what has it installed, with --short")
    parser.add_argument("--python", type=Path, help="the CPython that the reader has")
    options = parser.parse_args()
    if options.short != (options.environment is not None):
        parser.error("--short and --environment go together")
    try:
        return _followed(options)
    except ground.NotHere as reason:
        print(f"The tutorial cannot be followed here: {reason}", file=sys.stderr)
        return _NOTHING_JUDGED


def _followed(options: argparse.Namespace) -> int:
    page = done(steps(ground.PAGE.read_text("utf-8")))
    with tempfile.TemporaryDirectory(prefix="tutorial-") as made:
        folder = Path(made)
        if options.short:
            page = ground.installed(page)
            environ = ground.beside(options.environment, folder)
        else:
            environ = ground.bare(options.python, folder)
        work = folder / "empty"
        work.mkdir()
        with Reader(work, environ, Port(ground.PORT, ground.port())) as reader:
            try:
                taken = list(reader.follow(page))
            except Differs as wrong:
                print(f"The page is wrong in {wrong}", file=sys.stderr)
                return 1
    print(table(taken))
    return int(not options.short and minutes(taken) > GOAL_MINUTES)


if __name__ == "__main__":
    sys.exit(main())
