"""`redhanded slow`: operations against their objectives, and against what they were."""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import click

from redhanded.cli.commands import Refusal
from redhanded.cli.output import Cell, json_option, print_json, print_prose, print_rows, printable
from redhanded.cli.quantities import duration, many, moment, share
from redhanded.cli.sparkline import alphabet, sparkline
from redhanded.cli.view import Wanted, history_options, opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.cli.operations import Place, Promise, Standing
    from redhanded.cli.view import View

_NOISY = 10.0  # times as long; a smallest change beyond that tells nothing
_NAMED = 3  # operations that share a reason
_TONES = {
    "missed": "bold red",
    "held": "green",
    "regressed": "bold red",
    "suspect": "yellow",
    "faster": "green",
}
_WORDS = {
    "regressed": "slower",
    "suspect": "perhaps slower",
    "unknown": "not known",
    "faster": "faster",
    "steady": "steady",
}


@click.command(short_help="Operations against their objectives, and against what they were.")
@click.option(
    "--where",
    metavar="TEXT",
    help="The environment of the runs, or a part of it; without it, that of the newest.",
)
@click.option(
    "--fail", "fails", is_flag=True, help="End with 1 for a missed objective or a slower operation."
)
@history_options
@json_option
@click.pass_context
def slow(
    ctx: click.Context, *, where: str | None, fails: bool, wanted: Wanted, as_json: bool
) -> None:
    """Tell which operations miss their objectives, and which became slower than they were.

    Only runs of one environment are compared, and only the server's own time counts.
    """
    from redhanded.cli.operations import promises, standings

    with opened(wanted) as view:
        place = _place(view, where)
        if place is None:
            _print_nothing(view, as_json=as_json)
            return
        objectives = promises(view.store, place, view.settings.objectives)
        operations = standings(view.store, place)
    if as_json:
        print_json(_described(place, objectives, operations))
    else:
        _print(place, objectives, operations)
    is_missed = any(each.decision == "missed" for each in objectives)
    is_slower = any(each.pace == "regressed" for each in operations)
    if fails and (is_missed or is_slower):
        ctx.exit(1)


def _described(
    place: Place, objectives: Sequence[Promise], operations: Sequence[Standing]
) -> dict[str, Any]:
    return {
        "project": place.project,
        "environment": place.environment,
        "runs": len(place.runs),
        "newest": place.runs[0].run_id,
        "objectives": [each.described() for each in objectives],
        "operations": [each.described() for each in operations],
    }


def _place(view: View, where: str | None) -> Place | None:
    """Where the newest finished run ran, or the one place whose name contains the text."""
    from redhanded.cli.operations import places

    every = places(view.store.runs(view.project, latest=view.settings.history.runs))
    if where is None:
        return every[0] if every else None
    whole = [place for place in every if place.environment == where]
    found = whole or [place for place in every if where in place.environment]
    if len(found) == 1:
        return found[0]
    names = "; ".join(place.environment for place in found or every)
    count = "several environments" if found else "no environment of a finished run"
    raise Refusal(f"'{printable(where)}' names {count}; there are: {printable(names) or 'none'}.")


def _print_nothing(view: View, *, as_json: bool) -> None:
    if as_json:
        nothing: dict[str, object] = {"objectives": [], "operations": []}
        print_json(
            {"project": view.project, "environment": None, "runs": 0, "newest": None} | nothing
        )
    elif view.store.runs(view.project, latest=1):
        click.echo(f"No run of {printable(view.project)} has finished yet: nothing to compare.")
    else:
        click.echo(view.emptiness())


def _print(place: Place, objectives: Sequence[Promise], operations: Sequence[Standing]) -> None:
    newest = place.runs[0]
    when = f"the newest {newest.run_id} of {moment(newest.started_at)}"
    title = f"{place.project}: {many(len(place.runs), 'run')}, {when}"
    print_prose([printable(title), printable(place.environment)])
    if objectives:
        print_prose(["", click.style("Objectives", bold=True)])
        print_rows([_objective_row(each) for each in objectives])
    if operations:
        print_prose(["", click.style("Against earlier runs", bold=True)])
        names = ["", "operation", "median", "change", "shows from", "latest runs"]
        rows = [_operation_row(each) for each in operations]
        print_rows([[Cell(name, "dim") for name in names], *rows])
        print_prose([*_unknown(operations), *_changed(operations)])
    if not (objectives or operations):
        print_prose(["", "No operation was called in these runs."])


def _objective_row(one: Promise) -> list[Cell]:
    from redhanded.cli.run_page import limit

    return [
        Cell(one.decision, _TONES.get(one.decision, "")),
        Cell(one.operation),
        Cell(limit(one.measure, one.limit)),
        Cell(_samples(one)),
        Cell(_evidence(one)),
    ]


def _samples(one: Promise) -> str:
    """What was seen on the newest build, beside what is allowed."""
    from redhanded.verdict.objectives import ERRORS, budget_of

    if not one.carried.samples:
        return "no sample yet"
    what = "errors" if one.measure == ERRORS else "slower"
    allowed = share(budget_of(one.measure, one.limit))
    return f"{one.carried.bad} of {one.carried.samples:,} {what} ({allowed} may)"


def _evidence(one: Promise) -> str:
    """How sure that is, in words."""
    runs = many(one.carried.runs, "run") if one.carried.runs else ""
    if one.odds >= 1000:
        return f"{runs}; chance: less than 1 in 1,000"
    if one.decision == "missed":
        return f"{runs}; the newest alone shows it"
    if one.odds < 2:
        return runs
    return f"{runs}; chance: 1 in {one.odds:.0f}, 1 in 1,000 decides"


def _operation_row(one: Standing) -> list[Cell]:
    worst = one.worst
    moved = detectable = ""
    if worst is not None and worst.change is not None:
        least = worst.detectable or 0.0
        detectable = share(least) if least < _NOISY else "too noisy"
        moved = _moved(worst.change, worst.seconds or 0.0) if worst.windows else "within noise"
    return [
        Cell(_WORDS[one.pace], _TONES.get(one.pace, ""), is_whole=True),
        Cell(one.operation),
        Cell(duration(one.latest.median) if one.latest else "", is_whole=True),
        Cell(moved, is_whole=True),
        Cell(detectable, is_whole=True),
        Cell(sparkline(one.levels, alphabet(sys.stdout)), is_whole=True),
    ]


def _moved(part: float, seconds: float) -> str:
    """A change of the pace: `+56 %, +69 ms`."""
    sign = "+" if part > 0 else "-"
    return f"{sign}{share(abs(part))}, {sign}{duration(abs(seconds))}"


def _unknown(operations: Sequence[Standing]) -> Iterator[str]:
    """Why nothing is known, once for all operations that share the reason."""
    names: dict[str, list[str]] = defaultdict(list)
    for one in operations:
        if one.reason:
            names[one.reason].append(printable(one.operation))
    for reason, of in names.items():
        more = f" and {len(of) - _NAMED} more" if len(of) > _NAMED else ""
        yield f"  {', '.join(of[:_NAMED])}{more}: {reason}"


def _changed(operations: Sequence[Standing]) -> Iterator[str]:
    """Since when an operation is slower or faster, against what, and in which test."""
    for one in operations:
        worst = one.worst
        if worst is not None and worst.since:
            build = f", build {worst.build}" if worst.build else ""
            others = f" (the worst of {one.series})" if one.series > 1 else ""
            told = f"in {many(worst.windows, 'run')} since {worst.since}{build}"
            where = f"against {many(worst.runs, 'run')} before; in {worst.key.test}{others}"
            yield f"  {printable(f'{one.operation}: {_WORDS[one.pace]} {told}, {where}')}"
