"""Changes between two documents, for a comment on a change request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redhanded.cli.comparison import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.cli.comparison import Comparison

_STEERING = re.compile(r"([\\`*_\[\]<>#|~&])")


def lines(comparison: Comparison) -> Iterator[str]:
    """A heading, then a list for each level and operation."""
    yield "## API changes"
    yield from ("", escaped(comparison.summary()))
    for level, operations in comparison.grouped().items():
        yield from ("", f"### {WORDS[level].capitalize()}")
        for where, changes in operations.items():
            yield from ("", f"**{escaped(where)}**", "")
            yield from (f"- {escaped(one.text)} ({code(one.change.id)})" for one in changes)


def escaped(text: str) -> str:
    """The text on one line, with nothing in it that Markdown, or HTML in it, would act on."""
    plain = _STEERING.sub(r"\\\1", " ".join(text.split()))
    return plain.replace("@", "@\u200b")  # names nobody who would then be told


def code(text: str) -> str:
    """The text as code."""
    return f"`{text.replace('`', '')}`"
