"""The project in whose folder a command is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from redhanded.session.layers import LOCAL, PROJECT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from redhanded.session.sources import Loaded


def root(start: Path) -> Path:
    """The nearest folder, from `start` upwards, with a settings file; else `start`."""
    folders = (start, *start.parents)
    marked = (folder for folder in folders if _is_marked(folder))
    return next(marked, start)


def _is_marked(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (PROJECT, LOCAL))


def loaded(
    environ: Mapping[str, str], *, env: str | None = None, only: Collection[str] = ()
) -> Loaded:
    """The settings of the project around the working folder, in the profile `env` if one is named.

    Where `only` names keys of the top level, nobody asks for the others, nor for their secrets.
    Raises SettingsError with one line for each problem.
    """
    from redhanded.session.sources import load

    return load(root(Path.cwd()), overrides={"env": env}, environ=environ, only=only)
