"""`redhanded diff`: what changed between two OpenAPI documents, and whom it breaks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import click

from redhanded.cli.comparison import LEVELS, Comparison
from redhanded.cli.output import json_option, print_json, print_prose, printable
from redhanded.cli.quantities import many
from redhanded.core.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from redhanded.cli.live import Live
    from redhanded.client.client import Clients
    from redhanded.contracts.changes.change import Level
    from redhanded.contracts.openapi.document import Document
    from redhanded.session.sources import Loaded

Format: TypeAlias = Literal["text", "json", "markdown", "github"]
_FLAWS = 3  # told; there may be thousands
_CONNECTING = ("contract", "timeouts", "tls", "trust_env", "body_limit")


@click.command(short_help="What changed between two OpenAPI documents, and whom it breaks.")
@click.argument("documents", nargs=-1, metavar="[OLD NEW | RUN...]")
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(Format)),
    default="text",
    show_default=True,
    help="How it is printed; github is for workflows, whose annotations stand in the diff.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*LEVELS, "never"]),
    default="error",
    show_default=True,
    help="End with 1 where there is a change of this level or a worse one.",
)
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    default="info",
    show_default=True,
    help="The least level that is printed.",
)
@click.option(
    "--live",
    is_flag=True,
    help="Compare what the tests of runs saw with their documents; names are runs or folders then.",
)
@click.option(
    "--patch",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --live: write what would make the document allow what was seen, as a JSON Patch.",
)
@click.option(
    "--patched",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --live: write the document with that patch applied, as JSON or YAML.",
)
@click.option("--env", metavar="NAME", help="The profile [tool.redhanded.env.NAME] to use.")
@json_option
@click.pass_context
def diff(
    ctx: click.Context,
    *,
    documents: tuple[str, ...],
    form: Format,
    fail_on: Literal[Level, "never"],
    level: Level,
    live: bool,
    patch: Path | None,
    patched: Path | None,
    env: str | None,
    as_json: bool,
) -> None:
    """Tell what changed between the OpenAPI documents OLD and NEW, each a file or a URL.

    A change is breaking (error) where a client that followed OLD can fail under NEW, risky
    (warning) where the documents do not tell, else harmless (info). Ends with 1 where there is a
    breaking change, and with 2 where a document cannot be read.

    With --live it tells what the tests of runs saw that their documents lack, and the reverse;
    without a name these are the newest run and its shards.
    """
    if not live and (patch or patched):
        raise click.UsageError("--patch and --patched are of what runs saw: add --live")
    told = "json" if as_json else form
    if live:
        seen = _tell_live(documents, level, env, form=told, patch=patch, patched=patched)
        if fail_on != "never" and seen.fails(fail_on):
            ctx.exit(1)
        return
    comparison = _compared(documents, level, env)
    _PRINTERS[told](comparison)
    if fail_on != "never" and comparison.fails(fail_on):
        ctx.exit(1)


def _tell_live(
    runs: tuple[str, ...],
    level: Level,
    env: str | None,
    *,
    form: Format,
    patch: Path | None,
    patched: Path | None,
) -> Live:
    """Tell what runs saw beside what their documents say, and write what they suggest."""
    from redhanded.cli import live_output
    from redhanded.cli.live import live_of
    from redhanded.cli.project import loaded
    from redhanded.cli.run_folders import lacking, run_folders

    home = loaded(os.environ, env=env, only=("env", "folder")).settings.folder
    folders = run_folders(home, runs)
    seen = live_of(folders, least=level)
    if form == "json":
        print_json(seen.described())
    elif form == "text":
        print_prose(list(live_output.paragraphs(seen)))
    else:
        lines = live_output.markdown if form == "markdown" else live_output.commands
        for line in lines(seen):
            click.echo(line)
    sentences = [*lacking(folders)]
    if patch or patched:
        from redhanded.cli.suggested import write_patch, write_patched

        sentences += [write_patch(seen, patch)] if patch else []
        sentences += [write_patched(seen, patched, env)] if patched else []
    for sentence in sentences:
        click.echo(f"redhanded: {sentence}", err=True)
    return seen


def _compared(where: tuple[str, ...], level: Level, env: str | None) -> Comparison:
    from redhanded.cli.ticker import ticking
    from redhanded.contracts.changes import changes
    from redhanded.session.fetching import public

    if len(where) != 2:
        raise click.UsageError(f"Two documents can be compared, not {len(where)}: name OLD and NEW")
    if _is_same(*where):
        raise UsageError(f"OLD and NEW are both {where[0]}: name two documents.")
    old, new = _documents(where, env)
    names = [public(one) if _is_url(one) else Path(one).as_posix() for one in where]
    with ticking() as ticker:
        found = changes(old, new, count=ticker.counting("operations compared"))
    return Comparison(names=(names[0], names[1]), old=old, new=new, changes=found, least=level)


def _documents(where: Collection[str], env: str | None) -> list[Document]:
    from redhanded.client.client import Clients
    from redhanded.session.documents import document_at

    settings = _known(env, are_fetched=any(map(_is_url, where))).settings
    clients: Clients = Clients(settings)
    try:
        return [document_at(one, clients, remote=settings.contract.remote) for one in where]
    finally:
        clients.network.close()


def _known(env: str | None, *, are_fetched: bool) -> Loaded:
    """The settings: with the project's credentials where a URL may want them and they are there."""
    from redhanded.cli.project import loaded

    if are_fetched:
        try:
            return loaded(os.environ, env=env)
        except SettingsError:
            pass  # documents are mostly public: the answer will say whether this one is
    return loaded(os.environ, env=env, only=_CONNECTING)


def _is_url(where: str) -> bool:
    return where.startswith(("http://", "https://"))


def _is_same(old: str, new: str) -> bool:
    if old == new:
        return True
    try:
        return Path(old).samefile(new)
    except OSError:
        return False


def _print_text(comparison: Comparison) -> None:
    from redhanded.cli.changes_text import paragraphs

    print_prose(list(paragraphs(comparison)))
    _tell_flaws(comparison)


def _print_markdown(comparison: Comparison) -> None:
    from redhanded.cli.changes_markdown import lines

    for line in lines(comparison):
        click.echo(line)
    _tell_flaws(comparison)


def _print_github(comparison: Comparison) -> None:
    from redhanded.cli.changes_github import commands
    from redhanded.cli.document_lines import lines_of

    name = comparison.names[1]
    is_file = not _is_url(name)
    line = lines_of(Path(name)).line if is_file else lambda _: None
    for command in commands(comparison, file=name if is_file else None, line=line):
        click.echo(command)
    click.echo(comparison.summary())
    _tell_flaws(comparison)


def _print_json(comparison: Comparison) -> None:
    print_json(comparison.described())


_PRINTERS: Mapping[Format, Callable[[Comparison], None]] = {
    "text": _print_text,
    "json": _print_json,
    "markdown": _print_markdown,
    "github": _print_github,
}


def _tell_flaws(comparison: Comparison) -> None:
    """Say on standard error what is wrong with the documents."""
    flaws = list(comparison.flaws())
    told = [
        f"flawed, and compared as far as it can be: {printable(flaw)}" for flaw in flaws[:_FLAWS]
    ]
    if len(flaws) > _FLAWS:
        told.append(f"and {many(len(flaws) - _FLAWS, 'more flaw')}: --json lists them.")
    for sentence in told:
        click.echo(f"redhanded: {sentence}", err=True)
