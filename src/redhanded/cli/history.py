"""`redhanded history`: the runs that are remembered, one of them, and their way in and out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from redhanded.cli.commands import Refusal
from redhanded.cli.output import json_option, print_json, print_prose, print_rows, printable
from redhanded.cli.quantities import many
from redhanded.cli.sparkline import alphabet
from redhanded.cli.transfer import STANDARD, Taken, chosen, sink, taken
from redhanded.cli.view import Wanted, history_options, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.cli.view import View
    from redhanded.history.records import Record, Run


_DAMAGES = 5  # sentences that are shown of one file


class Asked(NamedTuple):
    """What was asked of `history` itself, before the name of a subcommand."""

    wanted: Wanted
    as_json: bool


class Shelf(click.Group):
    """The subcommands; any other word is the id of a run to show."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The subcommand that the arguments name, else `show`."""
        known = args[0] in self.commands
        return super().resolve_command(ctx, args if known else ["show", *args])


@click.group(
    cls=Shelf,
    invoke_without_command=True,
    subcommand_metavar="[RUN_ID | COMMAND [ARGS]...]",
    short_help="The runs that are remembered, and how they went.",
)
@click.option(
    "--runs",
    "latest",
    type=click.IntRange(1, 100_000),
    default=20,
    show_default=True,
    help="How many runs to list, the newest first.",
)
@history_options
@json_option
@click.pass_context
def history(ctx: click.Context, *, latest: int, wanted: Wanted, as_json: bool) -> None:
    """List the latest runs with the trend of verdicts and of wall time, or show the run RUN_ID."""
    ctx.obj = Asked(wanted, as_json)
    if ctx.invoked_subcommand is not None:
        _require_no_count(ctx)
        return
    with opened(wanted) as view:
        runs = view.store.runs(view.project, latest=latest)
        if as_json:
            _print_list_as_json(view, runs)
        elif runs:
            _print_list(view, runs)
        else:
            click.echo(view.emptiness())


def _require_no_count(ctx: click.Context) -> None:
    """A count before a subcommand would be ignored: say so."""
    if ctx.get_parameter_source("latest") is not click.core.ParameterSource.DEFAULT:
        raise click.UsageError("--runs before a subcommand means nothing: take it away", ctx)


@history.command(short_help="One run in detail; without an id, the latest.")
@click.argument("run_id", required=False)
@history_options
@json_option
@click.pass_obj
def show(asked: Asked, *, run_id: str | None, wanted: Wanted, as_json: bool) -> None:
    """Show one run: what it was, the tests that did not simply hold, objectives, operations.

    RUN_ID may be shortened as long as it means one run. Without it, show the latest run.
    """
    with opened(wanted.over(asked.wanted)) as view:
        record = _found(view, run_id)
        if as_json or asked.as_json:
            from redhanded.cli.run_page import told

            print_json({"project": view.project, **told(record)})
        else:
            _print_record(view, record)


@history.command(short_help="Write runs down as lines of JSON.")
@click.argument("file", default=STANDARD)
@click.option("--runs", "latest", type=click.IntRange(1, 100_000), help="Only so many, the latest.")
@history_options
@click.pass_obj
def export(asked: Asked, *, file: str, latest: int | None, wanted: Wanted) -> None:
    """Write the runs of the project to FILE, or to standard output, as lines of JSON.

    `redhanded history import` takes them in, here or on another machine.
    """
    from redhanded.history.ndjson import written

    with opened(wanted.over(asked.wanted)) as view, sink(file) as out:
        count = 0
        for record in chosen(view, latest):
            out.writelines(f"{line}\n".encode() for line in written([record]))
            count += 1
        told = f"{many(count, 'run')} of {printable(view.project)} written"
    click.echo(told if file == STANDARD else f"{told} to {printable(file)}", err=True)


@history.command("import", short_help="Take in what `export` wrote.")
@click.argument("files", nargs=-1, required=True)
@history_options
@json_option
@click.pass_obj
def take(asked: Asked, *, files: Sequence[str], wanted: Wanted, as_json: bool) -> None:
    """Take in the runs in FILES, or in `-`, the standard input. Runs that are known stay one run.

    What is damaged is told and left out, and the rest is taken in; `--project` takes only its runs.
    """
    wanted = wanted.over(asked.wanted)
    told: list[Taken] = []
    with opened(Wanted(wanted.env), is_made=True) as view:
        for file in files:
            told.append(_taken(file, view, wanted.project))
            for sentence in told[-1].damage[:_DAMAGES]:
                click.echo(f"redhanded: {printable(f'{file}: {sentence}')}", err=True)
    if as_json or asked.as_json:
        print_json({"files": [each.described() for each in told]})
    else:
        print_prose([printable(each.sentence) for each in told])


def _taken(file: str, view: View, project: str | None) -> Taken:
    from redhanded.history.store import HistoryUnavailable

    try:
        return taken(file, view.store, project=project)
    except HistoryUnavailable as error:
        raise Refusal(f"{printable(file)}: {error}") from None


def _found(view: View, wanted: str | None) -> Record:
    """The run that is meant; Refusal where there is none, or more than one."""
    project, asked = printable(view.project), printable(wanted or "")
    runs = view.store.runs(view.project, latest=view.settings.history.runs)
    if not runs:
        raise Refusal(view.emptiness())
    ids = [run.run_id for run in runs if run.run_id.startswith(wanted or "")]
    whole = wanted in ids or wanted is None
    if len(ids) > 1 and not whole:
        known = printable(", ".join(ids[:5]))
        raise Refusal(f"'{asked}' begins several runs: {known}. Write more of it.")
    meant = wanted if wanted in ids else next(iter(ids), "")
    record = view.store.record(view.project, meant)
    if record is None:
        raise Refusal(
            f"There is no run '{asked}' of {project}; the latest is {printable(runs[0].run_id)}."
            " `redhanded history` lists them."
        )
    return record


def _print_record(view: View, record: Record) -> None:
    from redhanded.cli import run_page

    run = record.run
    spools = view.settings.folder / "runs" / run.run_id
    title = f"Run {click.style(printable(run.run_id), bold=True)} of {printable(view.project)}"
    print_prose([title, *run_page.summary(record)])
    print_rows(list(run_page.facts(run, str(spools) if spools.is_dir() else "")))
    for title, rows in (
        ("Tests that did not simply hold", run_page.outcome_rows(record.outcomes)),
        ("Objectives", run_page.evidence_rows(record.evidence)),
        ("Operations, the slowest first", run_page.operation_rows(record.operations)),
    ):
        found = list(rows)
        if found:
            click.echo(f"\n{click.style(title, bold=True)}")
            print_rows(found)


def _print_list(view: View, runs: Sequence[Run]) -> None:
    from redhanded.cli import trendlines
    from redhanded.cli.runs import heading, legend, rows

    print_prose(list(heading(view.project, runs)))
    click.echo()
    print_rows(list(trendlines.rows(runs, alphabet(sys.stdout))))
    click.echo()
    print_rows(list(rows(runs)))
    click.echo()
    print_prose(list(legend(runs)))


def _print_list_as_json(view: View, runs: Sequence[Run]) -> None:
    from redhanded.cli import trendlines
    from redhanded.cli.runs import described

    told = [described(run) for run in runs]
    print_json({"project": view.project, "runs": told, "trend": trendlines.described(runs)})
