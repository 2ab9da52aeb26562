"""What tests of `redhanded init` look at: the files it writes, and the settings in them."""

from __future__ import annotations

import tomllib
from pathlib import Path

LEAN = ("--ci", "none", "--no-containers")
SUITE = {
    *("README.md", "pyproject.toml", ".gitignore", ".env", ".env.example"),
    *("hotel/__init__.py", "hotel/models.py", "hotel/client.py", "tests/conftest.py"),
    *(f"tests/test_{kind}.py" for kind in ("canary", "functional", "contract", "negative")),
}


def files(folder: Path) -> set[str]:
    """Every file below the folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def settings(folder: Path) -> dict[str, object]:
    """What the written [tool.redhanded] says."""
    table = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    found: dict[str, object] = table["tool"]["redhanded"]
    return found
