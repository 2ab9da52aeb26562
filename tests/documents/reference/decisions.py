"""The records of decisions, by number and title."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parents[3] / "docs" / "adr"


def markdown() -> str:
    """A list of links to all records, in their order."""
    lines = [f"- [{_title(path)}](../adr/{path.name})" for path in sorted(_FOLDER.glob("*.md"))]
    return "\n".join(["", *lines, ""])


def _title(path: Path) -> str:
    return path.read_text("utf-8").splitlines()[0].removeprefix("# ")
