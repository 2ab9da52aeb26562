"""Live against document, as text, Markdown or annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from redhanded.cli.changes_github import command
from redhanded.cli.changes_markdown import code, escaped
from redhanded.cli.live import sentence
from redhanded.cli.output import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.cli.live import Live

_TONES: Mapping[str, str] = {"error": "red", "warning": "yellow"}
_NAMED = 10  # of what no test saw; the rest is counted


def paragraphs(live: Live) -> Iterator[str]:
    """Both sides for people at a terminal."""
    yield printable(live.summary())
    if live.grouped():
        yield from ("", click.style("Seen, and not as documented", bold=True))
    for operation, breaches in live.grouped().items():
        yield f"  {click.style(printable(operation), bold=True)}"
        for one in breaches:
            level = click.style(one.violation.level, fg=_TONES[one.violation.level])
            rule = click.style(f"[{printable(one.cause.code)}]", dim=True)
            yield f"    - {level}: {printable(sentence(one))} {rule}"
    if never := [*live.never()]:
        yield from ("", click.style("Documented, and never seen", bold=True))
    for kind, names in never:
        yield f"  {kind}"
        yield from (f"    - {printable(name)}" for name in _few(names))


def _few(names: list[str]) -> Iterator[str]:
    yield from names[:_NAMED]
    if len(names) > _NAMED:
        yield f"and {len(names) - _NAMED:,} more: --format json lists them"


def markdown(live: Live) -> Iterator[str]:
    """Both sides for a comment on a change request."""
    yield "## The API against its document"
    yield from ("", escaped(live.summary()))
    if live.grouped():
        yield from ("", "### Seen, and not as documented")
    for operation, breaches in live.grouped().items():
        yield from ("", f"**{escaped(operation)}**", "")
        for one in breaches:
            yield f"- {one.violation.level}: {escaped(sentence(one))} ({code(one.cause.code)})"
    if never := [*live.never()]:
        yield from ("", "### Documented, and never seen")
    for kind, names in never:
        yield from ("", f"**{kind}**", "")
        yield from (f"- {escaped(name)}" for name in _few(names))


def commands(live: Live) -> Iterator[str]:
    """What the documents lack, each as a command of a workflow; then the summary."""
    for operation, breaches in live.grouped().items():
        for one in breaches:
            told = f"{operation}: {sentence(one)}"
            yield command(one.violation.level, told, title=one.cause.code)
    yield live.summary()
