"""`python -m bench.truth` proves the promise, or shows where it fails; `--short` in minutes."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.truth import jobs, sessions, speed
from bench.truth.catalogue import catalogue, natures
from bench.truth.grid import Grid
from bench.truth.lanes import lane
from bench.truth.page import page
from bench.truth.report import Report
from bench.truth.runs import Job, Run, append, part, read, read_rounds
from bench.truth.sessions import MODES

PAGE = sessions.ROOT / "docs" / "explanation" / "truth.md"
_OFF = {"REDHANDED_DIAGNOSIS__ENABLED": "false"}


def main() -> int:
    """The exit code: 0 where every goal is met."""
    options = _parser().parse_args()
    if options.report:
        return _merge(options.report)
    with tempfile.TemporaryDirectory(prefix="truth-") as name:
        known = catalogue(sessions.collected(Path(name)))
    unknown = set(options.only) - {*known.weathers, *known.defects}
    if unknown:
        print(f"nothing is known of {', '.join(sorted(unknown))}: E05, D94, ...", file=sys.stderr)
        return 2
    grid = Grid(catalogue=known, seed=options.seed)
    run = Run(
        natures=natures(),
        lanes=options.lanes,
        out=options.out,
        keep=options.keep,
    )
    if options.sabotage:
        return _sabotaged(run, grid)
    is_partial = bool(options.only) or options.part[1] > 1
    report = Report(
        records=run.records(part(list(_jobs(grid, options)), *options.part)),
        least=0 if is_partial else _least(options),
        is_partial=is_partial,
        speeds=[] if options.only else _speeds(run, grid, 4 if options.short else 15),
    )
    print("\n".join(report.lines()))
    for figure in report.missed:
        print(f"missed: {figure.title}", file=sys.stderr)
    return int(bool(report.missed)) or (_sabotaged(run, grid) if options.short else 0)


def _jobs(grid: Grid, options: argparse.Namespace) -> Iterator[Job]:
    modes = options.mode or list(MODES)
    if options.only:
        return jobs.only(grid, options.only, modes)
    return (jobs.short if options.short else jobs.full)(grid, modes)


def _least(options: argparse.Namespace) -> int:
    return jobs.LEAST_SHORT if options.short else jobs.LEAST_FULL


def _speeds(run: Run, grid: Grid, count: int) -> list[speed.Round]:
    """The rounds of the comparison of speed, those that the file has and the others."""
    known = list(read_rounds(run.out))
    [cell] = replace(grid, turns=12).calm(1)
    with lane(natures=run.natures) as own:
        for found in speed.rounds(own, cell, count - len(known)):
            append(run.out, found)
            known.append(found)
    return known


def _sabotaged(run: Run, grid: Grid) -> int:
    """0 where the benchmark fails without diagnosis, as it must."""
    records = replace(run, settings=_OFF, out=None).records(jobs.sabotage(grid))
    missed = Report(records=records, is_partial=True).missed
    told = ", ".join(figure.title for figure in missed) or "nothing"
    print(f"without diagnosis it misses: {told}", file=sys.stderr)
    return int(not missed)


def _merge(files: Sequence[Path]) -> int:
    report = Report(
        records=[record for file in files for record in read(file)],
        speeds=[found for file in files for found in read_rounds(file)],
        least=jobs.LEAST_FULL,
    )
    PAGE.write_text(page(report), "utf-8")
    return int(bool(report.missed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.truth", description=__doc__)
    parser.add_argument("--short", action="store_true", help="some of each, in five minutes")
    parser.add_argument("--only", action="append", default=[], metavar="CODE", help="E12, D94, ...")
    parser.add_argument("--mode", action="append", choices=MODES, help="all of them unless given")
    parser.add_argument("--seed", type=int, default=0, help="another choice of cells and moments")
    parser.add_argument("--lanes", type=int, default=4, help="sessions at a time")
    parser.add_argument("--part", type=_part, default=(1, 1), metavar="I/N", help="some of it")
    parser.add_argument("--out", type=Path, help="a line of JSON for each session; resumed")
    parser.add_argument("--keep", type=Path, help="a folder for what each session leaves")
    parser.add_argument("--sabotage", action="store_true", help="without diagnosis it must fail")
    parser.add_argument(
        "--report", type=Path, nargs="+", help="write docs/explanation/truth.md of such files"
    )
    return parser


def _part(text: str) -> tuple[int, int]:
    which, _, of = text.partition("/")
    if not (which.isdecimal() and of.isdecimal() and 1 <= int(which) <= int(of)):
        raise argparse.ArgumentTypeError(f"{text!r} must be such as 1/4, the first of four parts")
    return int(which), int(of)


if __name__ == "__main__":
    sys.exit(main())
