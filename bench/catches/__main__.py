"""`python -m bench.catches` shows that each defect of the demo API turns an example red.

Without an option each defect is met by all tests of the suites that it concerns, which takes half
an hour; `--short` tries the tests that the table names, and no others, in a minute.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bench.catches import search, table
from bench.catches.check import checked
from bench.catches.page import PAGE, with_table
from bench.catches.table import Catch
from bench.figures import Figure, report


def main() -> int:
    """The exit code: 0 where every goal is met."""
    options = _parser().parse_args()
    began = time.monotonic()
    known = table.read()
    unknown = set(options.only) - known.keys()
    if unknown:
        print(f"there is no {', '.join(sorted(unknown))}: D01 to D100", file=sys.stderr)
        return 2
    if not options.short:
        known = _searched(known, options)
    if options.only:
        known = {code: known[code] for code in options.only}
    code = report(_figures(known, options))
    if options.write:
        text = with_table(PAGE.read_text("utf-8"), table.read())
        PAGE.write_text(text, encoding="utf-8")
    print(f"in {time.monotonic() - began:.0f} s")
    return code


def _searched(known: Mapping[str, Catch], options: argparse.Namespace) -> dict[str, Catch]:
    """The table after every test met every defect."""
    wanted = [known[code] for code in options.only or known]
    found = list(search.search(wanted, lanes=options.lanes))
    rows = {catch.code: catch for catch in search.chosen(found, known)}
    if options.write:
        table.write(rows.values())
    return rows


def _figures(known: Mapping[str, Catch], options: argparse.Namespace) -> Iterator[Figure]:
    found = checked(known, lanes=options.lanes)
    for line in found.lines():
        print(line, file=sys.stderr)
    yield from found.figures()
    if options.seeds:
        caught = search.seeded(known, seeds=options.seeds, lanes=options.lanes)
        yield from search.figures(caught, options.seeds)
        if options.write:
            sure = {code: times for code, times in caught.items() if times == options.seeds}
            rows = table.read() | {
                code: replace(row, seeds=sure.get(code, 0)) for code, row in known.items()
            }
            table.write(rows.values())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.catches", description=__doc__)
    parser.add_argument("--short", action="store_true", help="the tests that the table names")
    parser.add_argument("--only", nargs="+", default=[], metavar="CODE", help="these defects")
    parser.add_argument("--lanes", type=int, default=4, help="sessions at once; most wait [4]")
    parser.add_argument("--seeds", type=int, default=0, help="for defects that come and go")
    parser.add_argument("--write", action="store_true", help="write the table and its page anew")
    return parser


if __name__ == "__main__":
    sys.exit(main())
