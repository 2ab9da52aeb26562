"""The commands that documents show: in consoles, and in the steps of pipelines."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEPS: Final = ("run", "script", "before_script", "after_script")
_PROMPT = re.compile(r"\$ |PS> ")  # a shell's, or PowerShell's
_ASSIGNED = re.compile(r"^[A-Za-z_]\w*=")


def typed(console: str) -> Iterator[str]:
    """What a reader types of a console, without the answers."""
    for line in console.replace("\\\n", "").splitlines():
        if prompted := _PROMPT.match(line):
            yield line[prompted.end() :]


def steps(pipeline: Any) -> Iterator[str]:  # noqa: ANN401  whatever YAML holds
    """The scripts that a pipeline runs, wherever they stand in it."""
    if isinstance(pipeline, list):
        for item in pipeline:
            yield from steps(item)
    elif isinstance(pipeline, dict):
        for name, value in pipeline.items():
            yield from _scripts(value) if name in _STEPS else steps(value)


def _scripts(value: Any) -> Iterator[str]:  # noqa: ANN401  a text, or a list of texts
    if isinstance(value, str):
        yield value.replace("\\\n", "")
    elif isinstance(value, list):
        for item in value:
            yield from _scripts(item)


def commands(script: str) -> Iterator[list[str]]:
    """The commands of a script with their arguments, without variables before and files behind."""
    ended = script.replace("\n", "\n;\n")  # a line's end is white space to the lexer
    lexer = shlex.shlex(ended, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    skip = False
    for token in lexer:
        if token in {"&&", "||", "|", ";", "&"}:
            yield from _one(words)
            words = []
        elif token in {">", ">>", "<"}:
            skip = True
        elif skip:
            skip = False
        else:
            words.append(token)
    yield from _one(words)


def _one(words: list[str]) -> Iterator[list[str]]:
    while words and _ASSIGNED.match(words[0]):
        words = words[1:]
    if words:
        yield words
