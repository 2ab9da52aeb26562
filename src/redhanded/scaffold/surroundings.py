"""What a folder says already about the suite that goes into it."""

from __future__ import annotations

import configparser
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redhanded.core.errors import UsageError
from redhanded.scaffold.rendering import quoted

if TYPE_CHECKING:
    from pathlib import Path

_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini")
_SECTIONS = {"tox.ini": "pytest", "setup.cfg": "tool:pytest"}
_BESIDE = "tests/api"  # where a project has tests of its own


@dataclass(frozen=True, slots=True)
class PytestSettings:
    """Where pytest's settings stand, and from which folders they let tests import."""

    place: str
    pythonpath: tuple[str, ...]

    @property
    def lacks(self) -> str | None:
        """What must be added so that tests import from the project's folder, if anything."""
        if any(entry.rstrip("/") == "." for entry in self.pythonpath):
            return None
        paths = [".", *self.pythonpath]
        if "pyproject" in self.place or self.place.endswith(".toml"):
            return f"pythonpath = [{', '.join(map(quoted, paths))}]"
        return f"pythonpath = {' '.join(paths)}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A folder as `redhanded init` finds it; everything is empty where there is nothing."""

    folder: Path
    table: str | None
    """The text of pyproject.toml."""
    ignores: str | None
    """The text of .gitignore."""
    project: str | None
    """The name of the project."""
    settings: dict[str, Any]
    """What [tool.redhanded] says."""
    pytest: PytestSettings | None
    """Those of pytest, which refuses to have them in two places."""

    @classmethod
    def of(cls, folder: Path) -> Surroundings:
        """What the folder, which need not exist, holds.

        Raises UsageError where a file that must be merged cannot be read.
        """
        table = _text(folder / "pyproject.toml")
        known = _parsed(table) if table is not None else {}
        tools = _mapping(known, "tool")
        name = _mapping(known, "project").get("name")
        return cls(
            folder=folder,
            table=table,
            ignores=_text(folder / ".gitignore"),
            project=name if isinstance(name, str) else None,
            settings=_mapping(tools, "redhanded"),
            pytest=_pytest(folder, tools),
        )

    @property
    def tests(self) -> str:
        """The folder of the tests: where a suite of ours is, or where it meets no others."""
        for known in ("tests", _BESIDE):
            if (self.folder / known / "test_canary.py").exists():
                return known
        has_others = self.table is not None or (self.folder / "tests").exists()
        return _BESIDE if has_others else "tests"

    def is_package_of_others(self, name: str) -> bool:
        """Whether the project has a package of this name that init did not write."""
        places = [self.folder / name, self.folder / "src" / name]
        return any(place.exists() and not (place / "client.py").exists() for place in places)


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode().replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text: mend it first.") from None
    except OSError as error:
        if isinstance(error, NotADirectoryError):
            return None  # whoever writes there says so
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"pyproject.toml is no TOML ({error}): mend it first.") from None


def _mapping(table: dict[str, Any], name: str) -> dict[str, Any]:
    value = table.get(name)
    return value if isinstance(value, dict) else {}


def _pytest(folder: Path, tools: dict[str, Any]) -> PytestSettings | None:
    """Those of the first place in pytest's own order; pytest.ini counts even when it is empty."""
    for name in _FILES:
        if (folder / name).is_file():
            found = _toml_file(folder / name) if name.endswith(".toml") else _ini(folder / name)
            return PytestSettings(name, found or ())
    if "pytest" in tools:
        table = _mapping(tools, "pytest")
        inner = "ini_options" in table
        place = f"[tool.pytest{'.ini_options' if inner else ''}] of pyproject.toml"
        return PytestSettings(place, _paths(_mapping(table, "ini_options") if inner else table))
    for name, section in _SECTIONS.items():
        paths = _ini(folder / name, section)
        if paths is not None:
            return PytestSettings(f"[{section}] of {name}", paths)
    return None


def _toml_file(path: Path) -> tuple[str, ...]:
    try:
        return _paths(_mapping(tomllib.loads(path.read_text("utf-8")), "pytest"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return ()


def _ini(path: Path, section: str = "pytest") -> tuple[str, ...] | None:
    """The `pythonpath` of a section; None where the file or the section is not there."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return None
    if not parser.has_section(section):
        return None
    return tuple(parser.get(section, "pythonpath", fallback="").split())


def _paths(table: dict[str, Any]) -> tuple[str, ...]:
    value = table.get("pythonpath", [])
    return tuple(value.split()) if isinstance(value, str) else tuple(map(str, value))
