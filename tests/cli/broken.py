"""Commands that go wrong, each in its own way."""

from __future__ import annotations

import errno
from pathlib import Path

import click

from redhanded.core.errors import InternalError, SettingsError


@click.command()
def refused() -> None:
    """Meets settings that cannot be meant."""
    raise SettingsError("pyproject.toml: colour is not a setting.\n.env: line 3 is no assignment.")


@click.command()
def unreadable() -> None:
    """Meets a file that is not there."""
    (Path("no") / "such" / "file").read_text("utf-8")


@click.command()
def full() -> None:
    """Meets a full disk, of which the system names no file."""
    raise OSError(errno.ENOSPC, "No space left on device")


@click.command()
def silent() -> None:
    """Meets an error of the system that says nothing."""
    raise TimeoutError


@click.command()
def unheard() -> None:
    """Writes to a pipe that nobody reads any more."""
    raise BrokenPipeError(errno.EPIPE, "Broken pipe")


@click.command()
def interrupted() -> None:
    """Is interrupted by Ctrl-C."""
    raise KeyboardInterrupt


@click.command()
def surprised() -> None:
    """Meets what nobody thought of, with a secret in its message."""
    from redhanded.session import keys

    keys.split(None)  # type: ignore[arg-type]


@click.command()
def guilty() -> None:
    """Finds a fault of redhanded."""
    raise InternalError("the table of retries has no row 99; please report it.")


@click.command()
def misused() -> None:
    """Is used in a way that click refuses."""
    raise click.FileError("notes.txt", "it is a folder.")
