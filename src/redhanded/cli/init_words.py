"""What `redhanded init` says: what it wrote, what it left alone, and what to do next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.writing import Change

_PLAIN = re.compile(r"[\w./\\:~+-]+")
_NEEDS = {"lab": ("fastapi", "starlette", "uvicorn"), "openapi": ("jsonschema_rs", "yaml")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What becomes of each planned file: written, over another or not, or left as it is."""

    folder: Path
    writes: tuple[Change, ...]
    over: tuple[Change, ...]
    left: tuple[Change, ...]

    @classmethod
    def of(cls, changes: Iterable[Change], over: Sequence[Change], folder: Path) -> Self:
        """The files by what becomes of them, when those of `over` are written."""
        from redhanded.scaffold.writing import State

        changes = tuple(changes)
        added = {State.NEW, State.EXTENDED}
        return cls(
            folder=folder,
            writes=tuple(one for one in changes if one.state in added or one in over),
            over=tuple(over),
            left=tuple(one for one in changes if one.state is State.DIFFERS and one not in over),
        )

    @property
    def place(self) -> str:
        """The folder, as whoever named it would call it."""
        return "this folder" if self.folder == Path() else str(self.folder)


def tell(told: Told, *, is_written: bool, has_asked: bool) -> None:
    """Print a tree of what is written, and for what is left alone how it differs."""
    if not has_asked:
        for change in told.left:
            click.echo(change.diff)
    if not is_written:
        for change in told.writes:
            if change.before is not None:
                click.echo(change.diff)
    if told.writes:
        click.echo(f"{'Written to' if is_written else 'Would be written to'} {told.place}:")
        for line in tree(told):
            click.echo(line)
    else:
        click.echo(f"Nothing new to write: {told.place} has every file.")
    if told.left:
        paths = [change.file.path for change in told.left]
        click.echo(
            f"Left as {'they are' if len(paths) > 1 else 'it is'}, though init would write"
            f" something else: {', '.join(paths)}."
        )
        click.echo(f"To write over: --write-changed {paths[0]}, or --force for all that differ.")


def tree(told: Told) -> Iterator[str]:
    """A line for each file that is written, below a line for its folder."""
    shown: tuple[str, ...] = ()
    for change in sorted(told.writes, key=_folders_last):
        *folders, name = change.file.path.split("/")
        for depth, folder in enumerate(folders):
            if shown[: depth + 1] != tuple(folders[: depth + 1]):
                yield f"{'  ' * (depth + 1)}{folder}/"
        shown = tuple(folders)
        yield f"{'  ' * (len(folders) + 1)}{name}{_how(change, told)}"


def lead_on(answers: Answers, folder: Path) -> None:
    """Print what to do next: one command, and before it what is missing for it."""
    from redhanded.scaffold.answers import Installer

    missing = [] if answers.installer is Installer.UV else missing_extras(answers)
    run = "uv run " if answers.installer is Installer.UV else ""
    test = f"redhanded demo --tests {answers.tests}" if answers.is_demo else "pytest"
    click.echo("\nNext:")
    if folder.resolve() != folder.cwd():
        click.echo(f"  cd {_quoted(folder)}")
    if missing:
        click.echo(f'  python -m pip install "redhanded[{",".join(missing)}]"')
    if answers.secrets and not answers.is_demo:
        click.echo("  # copy .env.example to .env, and fill it in")
    click.echo(f"  {run}{test}")


def missing_extras(answers: Answers) -> list[str]:
    """The extras that the suite needs for its first run and that are not installed here."""
    from redhanded.scaffold.project import extras_of

    wanted = [extra for extra in extras_of(answers) if extra in _NEEDS]
    return [extra for extra in wanted if not all(map(find_spec, _NEEDS[extra]))]


def _how(change: Change, told: Told) -> str:
    if change in told.over:
        return "  (over another)"
    return "" if change.before is None else "  (added to)"


def _folders_last(change: Change) -> tuple[tuple[bool, str], ...]:
    *folders, name = change.file.path.split("/")
    return (*((True, folder) for folder in folders), (False, name))


def _quoted(folder: Path) -> str:
    """The folder as any shell takes it for one word."""
    return str(folder) if _PLAIN.fullmatch(str(folder)) else f'"{folder}"'
