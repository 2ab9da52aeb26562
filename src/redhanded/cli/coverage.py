"""`redhanded coverage`: what of the OpenAPI documents the tests of runs have seen."""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import click

from redhanded.cli.bars import bar, bar_characters
from redhanded.cli.commands import Refusal
from redhanded.cli.mark_words import words_of
from redhanded.cli.output import Cell, json_option, print_json, print_prose, print_rows, printable
from redhanded.cli.quantities import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from redhanded.session.coverage_figures import Figures, Standing
    from redhanded.session.coverage_runs import Sighted

_TONES = {"checked": "green", "called": "yellow", "never": "red"}
_ORDER = ("never", "called", "checked")
_MOST = 20  # operations that no document has; there may be one for each path of a crawler


@click.command(short_help="What of the OpenAPI documents the tests have seen.")
@click.argument("runs", nargs=-1, metavar="[RUN | FOLDER]...")
@click.option(
    "--fail-under",
    metavar="[MEASURE=]N",
    multiple=True,
    help="End with 1 where fewer percent are covered: of operations, or of another measure such"
    " as statuses=60; may be given several times.",
)
@click.option("--missing", is_flag=True, help="List what no test has seen.")
@click.option(
    "--operation",
    "glob",
    metavar="GLOB",
    default="*",
    help='Only operations such as "GET /booking*", and what these reach.',
)
@click.option("--env", metavar="NAME", help="The profile [tool.redhanded.env.NAME] to use.")
@json_option
@click.pass_context
def coverage(
    ctx: click.Context,
    *,
    runs: tuple[str, ...],
    fail_under: tuple[str, ...],
    missing: bool,
    glob: str,
    env: str | None,
    as_json: bool,
) -> None:
    """Tell what of the documents that `openapi` names was seen by the tests of a run.

    Without a name it is the newest run of this project. The shards of one run, and the folders
    that other machines brought, are added up: name them all, or a folder that holds them.
    """
    from redhanded.cli.project import loaded
    from redhanded.cli.run_folders import lacking, run_folders
    from redhanded.session.coverage_figures import goals, shortfalls

    wanted = goals(fail_under)
    home = loaded(os.environ, env=env, only=("env", "folder")).settings.folder
    folders = run_folders(home, runs)
    found = _figures(folders, glob)
    for sentence in lacking(folders):
        click.echo(f"redhanded: {sentence}", err=True)
    if wanted:
        _require_one_text(found)
    short = shortfalls(found, wanted)
    if as_json:
        print_json(_described(folders, found, short, are_missing_told=missing))
    else:
        _print(folders, found, short, are_missing_told=missing)
    if short:
        ctx.exit(1)


def _figures(folders: Sequence[Path], glob: str) -> list[Figures]:
    """The figures of each document; refuses where there are none."""
    from redhanded.cli.ticker import ticking
    from redhanded.session.coverage_figures import figures
    from redhanded.session.coverage_runs import sighted

    with ticking() as ticker:
        seen = sighted(folders, count=ticker.counting("spools read"))
    names = ", ".join(printable(folder.name) for folder in folders)
    if not seen:
        raise Refusal(
            f"{names}: no test of it was held against an OpenAPI document; name one as `openapi`"
            " in the settings."
        )
    _require_universes(seen, names)
    found = [figures(one, one.universe, glob=glob) for one in seen if one.universe is not None]
    if not any(one.operations or one.undocumented for one in found):
        raise Refusal(f"No operation is called like '{printable(glob)}': `*` stands for any text.")
    return found


def _require_universes(seen: Sequence[Sighted], names: str) -> None:
    for one in seen:
        if one.universe is None:
            raise Refusal(
                f"{names}: what {printable(one.name)} lets tests see is not there, so nobody knows"
                " what share was seen. Bring the folder `contract` of the run as well."
            )


def _texts(found: Sequence[Figures]) -> list[str]:
    """The documents of which the runs had several texts."""
    counts = Counter(one.name for one in found)
    return [name for name, times in counts.items() if times > 1]


def _require_one_text(found: Sequence[Figures]) -> None:
    for name in _texts(found):
        raise Refusal(
            f"These runs saw different texts of {printable(name)}, which cannot be added up: name"
            " runs of one text for --fail-under."
        )


def _described(
    folders: Sequence[Path],
    found: Sequence[Figures],
    short: Sequence[str],
    *,
    are_missing_told: bool,
) -> dict[str, object]:
    return {
        "runs": [folder.name for folder in folders],
        "documents": [
            one.described()
            | ({"missing": [*map(words_of, one.missing)]} if are_missing_told else {})
            for one in found
        ],
        "short": [*short],
    }


def _print(
    folders: Sequence[Path],
    found: Sequence[Figures],
    short: Sequence[str],
    *,
    are_missing_told: bool,
) -> None:
    names = ", ".join(folder.name for folder in folders)
    print_prose([printable(f"{'run' if len(folders) == 1 else 'runs'} {names}")])
    if names_of_many := _texts(found):
        told = f"The runs saw different texts of {', '.join(names_of_many)}: each is told alone."
        print_prose([printable(told)])
    for one in found:
        print_prose(["", click.style(printable(_title(one, found)), bold=True)])
        print_rows([*_shares(one)])
        print_prose([""])
        print_rows([_row(each) for each in sorted(one.operations, key=_concern)])
        _print_undocumented(one)
        if are_missing_told:
            _print_missing(one)
    print_prose([sentence for each in short for sentence in ("", f"Too little: {each}.")])


def _title(one: Figures, found: Sequence[Figures]) -> str:
    digest = f" ({one.digest[:12]})" if one.name in _texts(found) else ""
    return f"{one.name}{digest}"


def _shares(one: Figures) -> Iterator[list[Cell]]:
    from redhanded.session.coverage_figures import rounded, worded

    characters = bar_characters(sys.stdout)
    for measure, share in one.shares.items():
        if share.total:
            yield [
                Cell(worded(measure), is_whole=True),
                Cell(bar(share.percent / 100, characters), is_whole=True),
                Cell(f"{rounded(share):g} %", is_whole=True),
                Cell(f"{share.seen:,} of {share.total:,}"),
            ]


def _concern(one: Standing) -> tuple[int, str, str]:
    """What nobody called comes first; operations of one path stand together."""
    method, _, path = one.name.partition(" ")
    return _ORDER.index(one.state), path, method


def _row(one: Standing) -> list[Cell]:
    seen, unseen = " ".join(one.seen), " ".join(one.unseen)
    return [
        Cell(one.state, _TONES[one.state], is_whole=True),
        Cell(f"{one.name}{' (deprecated)' * one.is_deprecated}"),
        Cell(seen or "-", is_whole=len(seen) < 12),
        Cell(f"never {unseen}" if unseen else "", "dim"),
    ]


def _print_undocumented(one: Figures) -> None:
    if not one.undocumented:
        return
    print_prose(["", click.style("Called, and not documented", bold=True)])
    calls = [*one.undocumented.items()]
    print_rows([[Cell(name), Cell(many(times, "call"))] for name, times in calls[:_MOST]])
    if len(calls) > _MOST:
        print_prose([f"and {len(calls) - _MOST} more: --json lists them."])


def _print_missing(one: Figures) -> None:
    if not one.missing:
        return
    print_prose(["", click.style("Never seen", bold=True)])
    print_rows([[Cell(where), Cell(what)] for where, what in _missing(one.missing)])


def _missing(marks: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What was never seen, by the operation or the schema that it belongs to."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for mark in marks:
        told = words_of(mark)
        groups[told["where"], told["kind"]].append(told["what"])
    for (where, kind), things in sorted(groups.items()):
        yield where, f"{kind} {', '.join(things)}".rstrip()
