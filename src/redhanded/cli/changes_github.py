"""Changes between two documents, as annotations that a workflow of GitHub shows in the diff.

Source: GitHub's workflow commands `error`, `warning` and `notice`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.cli.comparison import place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from redhanded.cli.comparison import Comparison
    from redhanded.contracts.changes.change import Level

_COMMANDS: Mapping[Level, str] = {"error": "error", "warning": "warning", "info": "notice"}
_IN_MESSAGE = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_IN_PROPERTY = (*_IN_MESSAGE, (":", "%3A"), (",", "%2C"))


def commands(
    comparison: Comparison, *, file: str | None, line: Callable[[str], int | None]
) -> Iterator[str]:
    """A command for each cause, worst first: a step shows no more than ten of each kind.

    `file` is that of the new document, where it is one; `line` tells in which of its lines a place
    stands.
    """
    for cause in comparison.causes:
        one = cause.change
        is_elsewhere = one.uri not in ("", comparison.old.uri, comparison.new.uri)
        known = None if is_elsewhere or not file else line(one.where)
        told = f"{place(one)}: {cause.text}"
        yield command(one.level, told, file=file, line=known, title=one.id)


def command(level: Level, text: str, **properties: object) -> str:
    """One annotation; properties without a value are left out."""
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{_COMMANDS[level]} {told}::{_message(text)}"


def _property(value: object) -> str:
    return _replaced(str(value), _IN_PROPERTY)


def _message(text: str) -> str:
    return _replaced(text, _IN_MESSAGE)


def _replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for sign, code in pairs:
        text = text.replace(sign, code)
    return text
