"""Changes between two documents, for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from redhanded.cli.comparison import WORDS
from redhanded.cli.output import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.cli.comparison import Comparison
    from redhanded.contracts.changes.change import Level

_TONES: Mapping[Level, str] = {"error": "red", "warning": "yellow", "info": "green"}


def paragraphs(comparison: Comparison) -> Iterator[str]:
    """How many changes there are, then each: by level, then by operation."""
    yield printable(comparison.summary())
    for level, operations in comparison.grouped().items():
        title = f"{WORDS[level].capitalize()} ({level})"
        yield from ("", click.style(title, fg=_TONES[level], bold=True))
        for where, changes in operations.items():
            yield f"  {click.style(printable(where), bold=True)}"
            for one in changes:
                rule = click.style(f"[{printable(one.change.id)}]", dim=True)
                yield f"    - {printable(one.text)} {rule}"
