"""The history of one project, as a command sees it."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from redhanded.cli.commands import Refusal
from redhanded.cli.output import printable
from redhanded.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redhanded.core.settings import Settings
    from redhanded.history.store import Store
    from redhanded.session.sources import Loaded


_ASKED = ("env", "folder", "history", "objectives")


class Wanted(NamedTuple):
    """Which history is looked at: the profile of the settings, and the project in it."""

    env: str | None = None
    project: str | None = None

    def over(self, other: Wanted) -> Wanted:
        """What is said here, and of what is not said the other."""
        return Wanted(self.env or other.env, self.project or other.project)


def history_options(command: Callable[..., object]) -> Callable[..., object]:
    """The command with `--project` and `--env`, which it gets as one value, `wanted`."""

    @wraps(command)
    def wanting(*args: object, env: str | None, project: str | None, **rest: object) -> object:
        return command(*args, wanted=Wanted(env, project), **rest)

    env = click.option(
        "--env", metavar="NAME", help="The profile [tool.redhanded.env.NAME] to use."
    )
    project = click.option(
        "--project", metavar="NAME", help="The project, where a database holds several."
    )
    return project(env(wanting))


@dataclass(frozen=True, slots=True)
class View:
    """A store, and the project in it that is looked at; `settings` are those of the folder."""

    store: Store
    project: str
    settings: Settings

    def emptiness(self, *, days: int | None = None) -> str:
        """The sentence for a project without runs, or without any in the last days."""
        project = printable(self.project)
        if days is not None and self.store.runs(self.project, latest=1):
            return f"No test of {project} ran in the last {days} days; --days looks further."
        others = [printable(name) for name in self.store.projects() if name != self.project]
        known = (
            f" This history knows {', '.join(others)}: name one with --project." if others else ""
        )
        if not self.settings.history.enabled:
            return f"No run of {project} is remembered: history.enabled is false.{known}"
        return f"No run of {project} is remembered yet: the next pytest run will be.{known}"


@contextmanager
def opened(wanted: Wanted, *, is_made: bool = False) -> Iterator[View]:
    """The history that the settings of the working folder name; what waited for it is in it.

    An SQLite file that is not there is made where `is_made`, or where runs have been. Refuses, in
    one sentence, what cannot be read.
    """
    from redhanded.cli.project import root
    from redhanded.history.store import HistoryUnavailable
    from redhanded.session.stores import open_store, project_name, store_url

    folder, (known, secrets_are_known) = root(Path.cwd()), _known(wanted.env)
    settings = known.settings
    if not (is_made or settings.folder.is_dir()):
        _require_file(store_url(settings, folder))
    try:
        with closing(open_store(settings, folder)) as store:
            _take_in(store, known, secrets_are_known=secrets_are_known)
            view = View(store, wanted.project or project_name(settings, folder), settings)
            _require_known(view, wanted.project)
            yield view
    except HistoryUnavailable as error:
        raise Refusal(str(error)) from None


def _known(env: str | None) -> tuple[Loaded, bool]:
    """The settings, and whether the project's secrets are among them.

    Whoever looks at a history need not have the credentials of the API.
    """
    from redhanded.cli.project import loaded

    try:
        return loaded(os.environ, env=env), True
    except SettingsError:
        return loaded(os.environ, env=env, only=_ASKED), False


def _take_in(store: Store, known: Loaded, *, secrets_are_known: bool) -> None:
    """Bring in what runs left; a store that takes nothing can be read all the same.

    A run that was killed waits for somebody who knows which of its names hold a secret.
    """
    from redhanded.cli.config import Veil
    from redhanded.history.store import HistoryUnavailable
    from redhanded.session.intake import take_in
    from redhanded.session.outbox import Outbox

    folder = known.settings.folder
    try:
        if secrets_are_known:
            told = take_in(store, folder, mask=Veil.over(known).redactor.text)
        else:
            told = Outbox(folder).empty_into(store, is_over=lambda: False)
    except HistoryUnavailable as error:
        told = [f"What earlier runs left is not taken in. {error}"]
    for sentence in told:
        click.echo(f"redhanded: {printable(sentence)}", err=True)


def _require_file(url: str) -> None:
    """Whoever only looks makes no file, least of all in a folder of something else."""
    scheme, _, path = url.partition(":///")
    if scheme.startswith("sqlite") and path and not Path(path.partition("?")[0]).exists():
        raise Refusal(
            f"There is no history yet: {path} is not there. Run pytest here, or bring one with"
            " `redhanded history import`."
        )


def _require_known(view: View, project: str | None) -> None:
    known = view.store.projects() if project is not None else []
    if project is not None and project not in known:
        names = f"it knows {', '.join(map(printable, known))}" if known else "it is empty"
        raise Refusal(f"There is no project '{printable(project)}' in this history: {names}.")
