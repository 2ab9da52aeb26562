"""`redhanded sweep`: what killed runs left behind is listed, and removed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from redhanded.cli.output import json_option, print_json, print_prose, print_rows, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redhanded.cli.leftovers import Leftover
    from redhanded.cli.sweeper import Found, Sweeper

_YES = frozenset({"1", "true", "yes", "on"})


@click.command(short_help="What killed runs left behind, and its removal.")
@click.option("--env", metavar="NAME", help="The profile [tool.redhanded.env.NAME] to use.")
@click.option("--yes", "removes", is_flag=True, help="Remove it; the default where CI is true.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Only list it; the default elsewhere.")
@click.option(
    "--foreign",
    "is_foreign",
    is_flag=True,
    help="Also what no journal here tells of, by its mark.",
)
@click.option(
    "--forget",
    "forgotten",
    metavar="ID",
    multiple=True,
    help="Only take an object off the list, by its id or mark.",
)
@json_option
@click.pass_context
def sweep(
    ctx: click.Context,
    *,
    env: str | None,
    removes: bool,
    is_dry: bool,
    is_foreign: bool,
    forgotten: tuple[str, ...],
    as_json: bool,
) -> None:
    """List what runs of this machine left behind when they were killed, and remove it.

    It is removed by its id, or found by its mark, on the API of the settings alone, and only where
    its run is dead. --foreign also searches that API for old marks of other machines, where
    cleanup.hosts allows it. What could not be removed stays on the list until it can, or until
    --forget. Ends with 1 where something stays that should go.
    """
    if removes and is_dry:
        raise click.UsageError("--yes and --dry-run contradict each other: give one of them", ctx)
    from redhanded.cli.project import loaded
    from redhanded.cli.sweeper import Sweeper

    sweeper = Sweeper(loaded(os.environ, env=env))
    if forgotten:
        _forget(sweeper, forgotten, as_json=as_json)
        return
    dry = is_dry or not (removes or _is_ci(os.environ))
    found = sweeper.sweep(is_dry=dry, is_foreign=is_foreign)
    if as_json:
        print_json(found.described())
    else:
        _print(sweeper, found)
    ctx.exit(1 if found.has_failed else 0)


def _is_ci(environ: Mapping[str, str]) -> bool:
    return environ.get("CI", "").lower() in _YES


def _forget(sweeper: Sweeper, wanted: Sequence[str], *, as_json: bool) -> None:
    forgotten = [one for which in wanted for one in sweeper.forget(which)]
    if as_json:
        print_json({"forgotten": [one.described(sweeper.now) for one in forgotten]})
    else:
        print_prose([_forgotten(one) for one in forgotten])


def _forgotten(one: Leftover) -> str:
    return printable(f"{one.kind} {one.id or one.tag} of run {one.run} is off the list.")


def _print(sweeper: Sweeper, found: Found) -> None:
    from redhanded.cli.leftovers import counted, sections

    for section in sections(found.leftovers, sweeper.now):
        click.secho(section.heading, bold=True)
        print_rows(section.rows)
        print_prose([f"  {section.why}"] if section.why else [])
        click.echo()
    if found.leftovers:
        print_prose([counted(found.leftovers, is_dry=found.is_dry)])
    elif not found.problems:
        empty = f"Nothing is left behind: no journal in {sweeper.folder} tells of anything."
        print_prose([printable(empty)])
    for problem in found.problems:
        click.echo(f"redhanded: {printable(problem)}", err=True)
