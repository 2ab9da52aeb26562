"""`redhanded init`: a starter suite in a folder, and what there is to do next."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from redhanded.cli.commands import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.openapi.draft import Draft
    from redhanded.scaffold.plan import Plan
    from redhanded.scaffold.surroundings import Surroundings

_NOT_WRITTEN = 1
_AUTHS = ("none", "bearer", "basic", "api_key")
_PLATFORMS = ("github", "gitlab", "both", "none")


@click.command(short_help="Write a starter suite: settings, client, tests, CI.")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option(
    "--from",
    "document",
    metavar="FILE",
    help="The OpenAPI document to make the suite from: a file, or a URL of this machine.",
)
@click.option("--name", metavar="NAME", help="What the project is called [as the folder].")
@click.option("--base-url", metavar="URL", help="Where the API answers [the demo API].")
@click.option("--health", metavar="PATH", help="The path that tells whether it is well [/health].")
@click.option("--auth", type=click.Choice(_AUTHS), help="How calls prove who they are [none].")
@click.option(
    "--ci",
    type=click.Choice(_PLATFORMS),
    help="For whose CI it is written [as the repository's remote tells, else both].",
)
@click.option("--ci-only", is_flag=True, help="Write the files for CI and containers alone.")
@click.option(
    "--containers/--no-containers",
    default=None,
    help="Whether a Dockerfile and a compose file are written [yes in a new project].",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--force", is_flag=True, help="Write every file, over those that differ as well.")
@click.option(
    "--write-changed",
    "wanted",
    metavar="PATH",
    multiple=True,
    help="Write this file even though another is there; repeatable.",
)
@click.option("--yes", is_flag=True, help="Ask nothing: take what is suggested.")
@click.pass_context
def init(
    ctx: click.Context,
    /,
    *,
    folder: Path,
    dry_run: bool,
    force: bool,
    wanted: Sequence[str],
    yes: bool,
    **given: Any,  # noqa: ANN401  click's
) -> None:
    """Write a starter suite into FOLDER, or what FOLDER still lacks of one.

    On a terminal it asks for what no option says. Without --base-url and --from the suite is
    written for the demo API, so that it runs green at once. Needs no network.

    A file that is there and differs is shown as a diff and left as it is; the command then ends
    with 1. pyproject.toml and .gitignore are added to, and never written over.
    """
    from redhanded.cli import init_questions, init_words
    from redhanded.scaffold.starter import planned, starter
    from redhanded.scaffold.surroundings import Surroundings
    from redhanded.scaffold.writing import compare, write

    around = Surroundings.of(folder)
    is_asking = not yes and init_questions.is_terminal()
    ci_only = given["ci_only"]
    answers, draft = _answered(around, given, is_asking=is_asking)
    begun = starter(planned(answers, draft=draft, ci_only=ci_only), around)
    _must_be_planned(wanted, begun.plan)
    changes = compare(begun.plan, folder)
    asks = is_asking and not dry_run
    over = init_questions.written_over(changes, force=force, wanted=wanted, is_asking=asks)
    told = init_words.Told.of(changes, over, folder)
    if not dry_run:
        write(told.writes)
    init_words.tell(told, is_written=not dry_run, has_asked=asks)
    for note in (*begun.notes, *(draft.notes(answers) if draft and not ci_only else ())):
        click.echo(f"\n{note}")
    if not dry_run and not ci_only:
        init_words.lead_on(answers, folder)
    ctx.exit(_NOT_WRITTEN if told.left else 0)


def _answered(
    around: Surroundings, given: Mapping[str, Any], *, is_asking: bool
) -> tuple[Answers, Draft | None]:
    """The answers, and what came of the document where the suite is made from one."""
    from redhanded.cli.init_questions import FIRST, REST, answered
    from redhanded.scaffold.suggestions import kept, suggested

    has_uv = shutil.which("uv") is not None
    answers = suggested(around, has_uv=has_uv, ci_only=given["ci_only"])
    where = given["document"] or (answers.document and str(around.folder / answers.document))
    if not where:
        return answered(answers, given, is_asking=is_asking), None
    from redhanded.scaffold.openapi.draft import Draft
    from redhanded.scaffold.openapi.sources import source_of

    draft = Draft(source_of(where))
    answers = answered(answers, given, is_asking=is_asking, about=FIRST)
    answers = kept(draft.answers(answers), around)
    return answered(answers, given, is_asking=is_asking, about=REST), draft


def _must_be_planned(wanted: Sequence[str], plan: Plan) -> None:
    for path in wanted:
        if path.replace("\\", "/") not in plan:
            raise Refusal(f"--write-changed {path}: init writes no such file here.")
