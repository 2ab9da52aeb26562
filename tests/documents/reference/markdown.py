"""Markdown as the generated pages need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, with an empty one behind it."""
    yield _row(head)
    yield _row(["---"] * len(head))
    yield from map(_row, rows)
    yield ""


def block(text: str) -> Iterator[str]:
    """The lines of a block that shows the text as it stands."""
    yield from ("```text", *text.splitlines(), "```", "")


def bullets(points: Iterable[str]) -> Iterator[str]:
    """The lines of a list."""
    yield from (f"- {point}" for point in points)
    yield ""


def flowing(text: str) -> str:
    """The text in one line, whatever lines it was written in."""
    return " ".join(text.split())


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
