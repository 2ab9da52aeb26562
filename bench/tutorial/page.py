"""A tutorial as a list of acts: what a reader types, sees, saves and reads, in its order."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

_BLOCK: Final = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_FILE: Final = re.compile(r"^# ([\w./-]+\.\w+)\n")
_TERMINAL: Final = re.compile(r"\b(first|second|third) terminal\b")
_UNSEEN: Final = re.compile(r"<!--.*?-->|^ *```\w*$", re.DOTALL | re.MULTILINE)
_TARGET: Final = re.compile(r"\]\([^)]*\)")  # of a link: only its words are read
_HEADING: Final = re.compile(r"^## (.+)$", re.MULTILINE)
_INTERRUPT: Final = "^C"


@dataclass(frozen=True, slots=True)
class Command:
    """What is typed into a terminal, with the lines that the page shows as its answer.

    `stays`: it is not over when the page goes on elsewhere.
    """

    terminal: str
    line: str
    answer: tuple[str, ...] = ()
    stays: bool = False


@dataclass(frozen=True, slots=True)
class More:
    """What a command that stays shows later on."""

    terminal: str
    answer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Ctrl-C, pressed in a terminal."""

    terminal: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that the reader saves, by its path from where the second terminal stands."""

    path: str
    text: str


Act: TypeAlias = Command | More | Interrupt | File


@dataclass(slots=True)
class Step:
    """A section of the page: its heading, its words to read, what is done in it."""

    heading: str
    words: int = 0
    acts: list[Act] = field(default_factory=list)


def steps(text: str) -> list[Step]:
    """The sections of a page, the first of them what stands above all headings."""
    found: list[Step] = []
    terminal = "first"
    for heading, body in _sections(text):
        step = Step(heading, words=_count(body))
        end = 0
        for block in _BLOCK.finditer(body):
            terminal = _named(body[end : block.start()], terminal)
            step.acts += _acts(textwrap.dedent(block[3]), block[2], terminal)
            end = block.end()
        found.append(step)
    return _with_those_that_stay(found)


def done(found: list[Step]) -> list[Step]:
    """The sections up to the last in which something is done; what follows is to look things up."""
    last = max(number for number, step in enumerate(found) if step.acts)
    return found[: last + 1]


def _with_those_that_stay(found: list[Step]) -> list[Step]:
    """The same, and of each command whether its terminal has another act before it is over."""
    unfinished: set[str] = set()
    for step in reversed(found):
        for number, act in reversed(list(enumerate(step.acts))):
            if isinstance(act, More | Interrupt):
                unfinished.add(act.terminal)
            elif isinstance(act, Command):
                step.acts[number] = replace(act, stays=act.terminal in unfinished)
                unfinished.discard(act.terminal)
    return found


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Headings with what stands below them; a `## ` within a block is no heading."""
    blank = _BLOCK.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)
    starts = [(match[1], match.start()) for match in _HEADING.finditer(blank)]
    ends = [start for _, start in starts] + [len(text)]
    yield "", text[: ends[0]]
    for (heading, start), end in zip(starts, ends[1:], strict=True):
        yield heading, text[start:end]


def _named(prose: str, before: str) -> str:
    """The terminal that the words before a block name last; where none, the one of before."""
    names = _TERMINAL.findall(prose)
    return names[-1] if names else before


def _acts(text: str, language: str, terminal: str) -> Iterator[Act]:
    if named := _FILE.match(text):
        yield File(named[1], text)
    elif language in {"console", "text"}:
        before, *typed = re.split(r"^\$ ", text, flags=re.MULTILINE)
        shown = _shown(before.splitlines())
        if shown == (_INTERRUPT,):
            yield Interrupt(terminal)
        elif shown:
            yield More(terminal, shown)
        for part in typed:
            line, *answer = part.splitlines()
            yield Command(terminal, line, _shown(answer))


def _shown(lines: list[str]) -> tuple[str, ...]:
    return tuple(line for line in lines if line.strip())


def _count(body: str) -> int:
    """Words that are read: the prose, and what blocks show, without what only machines read."""
    seen = _TARGET.sub("]", _UNSEEN.sub("", body))
    return sum(any(sign.isalnum() for sign in word) for word in seen.split())
