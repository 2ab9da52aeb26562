"""`redhanded report`: reports of runs that are over, or were killed, made of what they left."""

from __future__ import annotations

import os
import sys
import webbrowser
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from redhanded.cli.commands import Refusal
from redhanded.cli.output import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.session.reporting import Wanted, Written
    from redhanded.session.sources import Loaded

_QUIET: Final = 1.0  # seconds of work that nobody need be told of
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
    from redhanded.session.reporting import named

    wanted = named(given, option="--as", start=Path.cwd())
    known, mask = _known()
    folders = run_folders(known.settings.folder, runs)
    wanted = wanted or [_page(folders)]
    if is_opened and not any(each.name == "html" for each in wanted):
        raise Refusal("--open shows the page: add --as html=report.html.")
    with _progress() as tell:
        written, missing = _write(folders, wanted, known, mask=mask, tell=tell)
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
    tell: Callable[[str], None],
) -> tuple[Written, Sequence[str]]:
    from redhanded.cli.project import root
    from redhanded.reports.dossier.reading import read
    from redhanded.session.page import Page
    from redhanded.session.reporting import write_all

    dossier = read(folders, mask=mask, tell=tell)
    troubles: list[str] = []
    page = Page(
        folders,
        known.settings,
        root(Path.cwd()),
        others={each.path: each.format.title for each in wanted},
        always=True,
        note=troubles.append,
    )

    def written(dossier: Dossier, path: Path) -> None:
        tell(f"writing {path.name}")
        page(dossier, path)

    done = write_all(dossier, wanted, shown=_shown, page=written)
    return done._replace(troubles=[*done.troubles, *troubles]), dossier.head.missing


def _shown(path: Path) -> str:
    """The path from the working folder, where it lies below."""
    here = Path.cwd()
    return os.path.relpath(path, here) if path.is_relative_to(here) else str(path)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Says how far it is, once that takes longer than one waits without asking."""
    from redhanded.cli.patience import Ticker
    from redhanded.core.clock import SystemClock

    began = SystemClock.monotonic()

    def tell(sentence: str) -> None:
        if SystemClock.monotonic() - began >= _QUIET:
            ticker.tell(sentence)

    with Ticker.on(sys.stderr, os.environ, now=SystemClock.monotonic) as ticker:
        yield tell
