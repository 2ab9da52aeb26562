"""`redhanded report`: reports of runs that are over, or were killed, made of what they left."""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from redhanded.cli.commands import Refusal
from redhanded.cli.output import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redhanded.cli.ticker import Ticker
    from redhanded.session.reporting import Wanted, Written
    from redhanded.session.sources import Loaded

_NEEDED: Final = ("env", "folder", "history", "redact")


@click.command(short_help="Reports of a run, of its shards together, or of one that was killed.")
@click.argument("runs", metavar="[RUN|FOLDER]...", nargs=-1)
@click.option(
    "--as",
    "given",
    metavar="FORMAT=PATH",
    multiple=True,
    help="A report to write: html, junit, ctrf, har, ndjson, summary or comment to a file, brief"
    " or allure to a folder. Several may be given.",
)
@click.option("--open", "is_opened", is_flag=True, help="Show the page in a browser.")
def report(*, runs: tuple[str, ...], given: tuple[str, ...], is_opened: bool) -> None:
    """Write reports of a run from what it left: report.html in its folder, or what --as names.

    A RUN is known by its id, or by a folder that holds it or several; the newest without any.
    Several are parts of one run, and the page lies in the folder around them. Ends with 2 where a
    report could not be written.
    """
    from redhanded.cli.run_folders import run_folders
    from redhanded.cli.ticker import ticking
    from redhanded.session.reporting import named

    wanted = named(given, option="--as", start=Path.cwd())
    known, mask = _known()
    folders = run_folders(known.settings.folder, runs)
    wanted = wanted or [_page(folders)]
    if is_opened and not any(each.name == "html" for each in wanted):
        raise Refusal("--open shows the page: add --as html=report.html.")
    with ticking() as ticker:
        written, missing = _write(folders, wanted, known, mask=mask, ticker=ticker)
    for said in missing:
        click.echo(f"redhanded: {printable(said)}", err=True)
    for line in written.lines:
        click.echo(printable(line))
    if written.troubles:
        raise Refusal("; ".join(map(printable, written.troubles)) + ".")
    if is_opened:
        webbrowser.open(next(each.path for each in wanted if each.name == "html").as_uri())


def _known() -> tuple[Loaded, Callable[[str], str]]:
    """The settings, and what hides the project's secrets.

    Whoever looks at a run need not have the credentials of the API: what they hide was hidden when
    it was written.
    """
    from redhanded.cli.config import Veil
    from redhanded.cli.project import loaded
    from redhanded.core.errors import SettingsError

    try:
        known = loaded(os.environ)
    except SettingsError:
        known = loaded(os.environ, only=_NEEDED)
    return known, Veil.over(known).redactor.text


def _page(folders: Sequence[Path]) -> Wanted:
    """The page in the folder of a run, or in the one around its parts."""
    from redhanded.session.reporting import PAGE, Wanted

    parents = {folder.parent for folder in folders}
    home = folders[0] if len(folders) == 1 else Path(os.path.commonpath(parents))
    return Wanted("html", home / PAGE, "--as html={}")


def _write(
    folders: Sequence[Path],
    wanted: Sequence[Wanted],
    known: Loaded,
    *,
    mask: Callable[[str], str],
    ticker: Ticker,
) -> tuple[Written, Sequence[str]]:
    from redhanded.cli.counted import Counted
    from redhanded.cli.project import root
    from redhanded.reports.dossier.reading import read
    from redhanded.session.page import Page
    from redhanded.session.reporting import write_all

    dossier = Counted(read(folders, mask=mask, tell=ticker.tell), ticker.counting("tests written"))
    troubles: list[str] = []
    page = Page(
        folders,
        known.settings,
        root(Path.cwd()),
        others={each.path: each.format.title for each in wanted},
        always=True,
        note=troubles.append,
    )
    done = write_all(dossier, wanted, shown=_shown, page=page)
    return done._replace(troubles=[*done.troubles, *troubles]), dossier.head.missing


def _shown(path: Path) -> str:
    """The path from the working folder, where it lies below."""
    here = Path.cwd()
    return os.path.relpath(path, here) if path.is_relative_to(here) else str(path)
