"""Standard output: JSON for programs, rows for people."""

from __future__ import annotations

import json
import os
import shutil
import sys
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from redhanded.cli.commands import colours_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TextIO

    from rich.console import Console

VERSION = 1  # of the JSON that the commands print
_GAP = "  "
_WIDEST = 100
_LEAST = 8  # characters for all columns that can be narrower

Decorated = TypeVar("Decorated", bound="Callable[..., object]")


def json_option(command: Decorated) -> Decorated:
    """The command with the option `--json`."""
    option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
    return option(command)


class Cell(NamedTuple):
    """A text in a row, the style in which a terminal shows it, and whether it stays on one line."""

    text: str
    style: str = ""
    is_whole: bool = False


def print_json(values: Mapping[str, Any]) -> None:
    """Write the values as one JSON object, `v` first."""
    click.echo(json.dumps({"v": VERSION, **values}, indent=2))


def print_rows(
    rows: Sequence[Sequence[Cell]],
    *,
    stream: TextIO | None = None,
    environ: Mapping[str, str] = os.environ,
) -> None:
    """Write rows under each other: wrapped to the width of a terminal, one line each elsewhere."""
    stream = stream or sys.stdout
    if stream.isatty():
        from rich.console import Console

        no_color = colours_wanted(environ) is False
        draw(rows, Console(file=stream, no_color=no_color, highlight=False))
    else:
        for line in lines(rows):
            click.echo(line, file=stream)


def draw(rows: Sequence[Sequence[Cell]], console: Console) -> None:
    """Draw rows on a console; what is wider than its column goes on below.

    Columns of cells that stay on one line keep their width as long as others can give way.
    """
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, len(_GAP)))
    columns = list(zip_longest(*rows, fillvalue=Cell("")))
    fixed = [_fixed(column) for column in columns]
    fits = sum(fixed) + len(_GAP) * len(columns) + _LEAST <= console.width
    for width in fixed:
        grid.add_column(overflow="fold", no_wrap=fits and width > 0)
    for row in rows:
        grid.add_row(*(Text(printable(cell.text), cell.style) for cell in row))
    console.print(grid)


def _fixed(column: Sequence[Cell]) -> int:
    """The width of a column that stays as wide as it is; 0 for one that can be narrower."""
    is_whole = any(cell.is_whole for cell in column)
    return max(len(cell.text) for cell in column) if is_whole else 0


def lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """One line a row, columns aligned; nothing is wrapped or cut, so that it can be searched."""
    texts = [[printable(cell.text) for cell in row] for row in rows]
    columns = zip_longest(*texts, fillvalue="")
    widths = [max(map(len, column)) for column in columns]
    return [
        _GAP.join(text.ljust(width) for text, width in zip(row, widths, strict=False)).rstrip()
        for row in texts
    ]


def print_prose(paragraphs: Sequence[str], *, stream: TextIO | None = None) -> None:
    """Write paragraphs: wrapped to the width of a terminal, one line each elsewhere."""
    stream = stream or sys.stdout
    width = min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
    for paragraph in paragraphs:
        click.echo(_wrapped(paragraph, width) if stream.isatty() else paragraph, file=stream)


def _wrapped(paragraph: str, width: int) -> str:
    indent = paragraph[: len(paragraph) - len(paragraph.lstrip(" -"))]
    return click.wrap_text(
        paragraph.removeprefix(indent),
        width,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
    )


def can_show(characters: str, stream: TextIO) -> bool:
    """Whether the stream's encoding has all of the characters; one that names none has ASCII."""
    try:
        characters.encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def printable(text: str) -> str:
    """The text without what could steer a terminal: names and values come from outside."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )
