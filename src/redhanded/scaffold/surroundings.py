"""What a folder says already about the suite that goes into it."""

from __future__ import annotations

import configparser
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini")
_SECTIONS = {"tox.ini": "pytest", "setup.cfg": "tool:pytest"}
_BESIDE = "tests/api"  # where a project has tests of its own


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
    pytest_settings: str | None
    """Where pytest's settings stand, for it refuses a second place."""

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
            pytest_settings=_pytest_settings(folder, tools),
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


def _pytest_settings(folder: Path, tools: dict[str, Any]) -> str | None:
    """The first place in pytest's own order; pytest.ini counts even when it is empty."""
    for name in _FILES:
        if (folder / name).is_file():
            return name
    if "pytest" in tools:
        inner = "tool.pytest.ini_options" if "ini_options" in tools["pytest"] else "tool.pytest"
        return f"[{inner}] of pyproject.toml"
    for name, section in _SECTIONS.items():
        if _has_section(folder / name, section):
            return f"[{section}] of {name}"
    return None


def _has_section(path: Path, section: str) -> bool:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return False
    return parser.has_section(section)
