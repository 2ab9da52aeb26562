"""The first pass over spools: where each test's lines stand, and what is told of it in short.

Of attempts nothing is parsed but their beginning: a long run has a hundred thousand of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from redhanded.core.events import Turned
from redhanded.reports.dossier.values import (
    Record,
    Unreadable,
    findings_of,
    number_of,
    parsed,
    text_of,
    value_of,
)
from redhanded.reports.spool import line_of
from redhanded.verdict.provenance import BUILD_HEADERS

if TYPE_CHECKING:
    from pathlib import Path

    from redhanded.core.events import Event
    from redhanded.core.verdicts import Finding

CONTROLLER: Final = "main"
_AHEAD: Final = 1024 * 1024  # bytes that are read at once

_TEXT = rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"'
_BEGIN = re.compile(
    rb'\{"v":\d+,"event":"(?:'
    rb'attempt_ended","test_id":' + _TEXT + rb',"operation":' + _TEXT + rb"|"
    rb'(?:stepped|examined|tracked|breached|removal_failed)","test_id":' + _TEXT + rb"|"
    rb'(sampled|covered)",)'
)
_BUILD = re.compile(
    rb'\["((?i:' + "|".join(map(re.escape, BUILD_HEADERS)).encode() + rb'))",' + _TEXT + rb"\]"
)
_BUILDS = tuple(name.encode() for name in BUILD_HEADERS)
_OF_THE_RUN = {
    "run_started": "started",
    "described": "described",
    "concluded": "concluded",
    "run_ended": "ended",
}
_OWN = b'"purpose":"test"'
_ANSWER = b'"response_headers":['
_OPERATION, _TEST = 2, 3  # the last group of what matched

Span: TypeAlias = tuple[int, int]
"""Where some lines of a spool begin, and where the next ones do, in bytes."""


class Place(NamedTuple):
    """Where a line stands."""

    path: Path
    span: Span


class Told(NamedTuple):
    """What the process that sees all reported of a test.

    Where it told a story as well, the event is without it, and its place is where it stands whole.
    """

    event: Record
    place: Place | None


@dataclass(slots=True)
class Life:
    """A test in one process: its lines, and how the last of its rounds ended."""

    test_id: str
    began: float = 0.0
    spans: list[Span] = field(default_factory=list)
    rounds: int = 0
    attempts: int = 0
    calls: int = 0
    operations: dict[str, None] = field(default_factory=dict)
    is_over: bool = False
    verdict: str = ""
    finding: Finding | None = None
    seconds: float = 0.0
    key: str = ""
    owner: str = ""
    until: str = ""
    trace_id: str = ""

    def start(self, event: Record) -> None:
        """A round begins."""
        self.began = self.began or number_of(event, "at")
        self.rounds += 1
        self.is_over, self.finding, self.verdict = False, None, ""
        self.key = text_of(event, "key")
        self.trace_id = text_of(event, "trace_id")

    def end(self, event: Record) -> None:
        """A round is over."""
        self.rounds = self.rounds or 1
        self.is_over = True
        self.verdict = text_of(event, "verdict")
        worst = [one for one in findings_of(event.get("findings")) if one.verdict == self.verdict]
        self.finding = worst[0] if worst else None
        self.seconds = number_of(event, "seconds")
        self.calls += int(number_of(event, "calls"))
        self.began = self.began or number_of(event, "at") - self.seconds
        self.key, self.owner = text_of(event, "key"), text_of(event, "owner")
        self.until = text_of(event, "until")
        self.trace_id = text_of(event, "trace_id")


class _Heading(NamedTuple):
    """The test and the operation that the beginning of an attempt's line names."""

    test_id: str
    operation: str


class Spool:
    """What one spool holds; `torn` counts its lines that could not be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.worker: str = path.stem
        self.lives: dict[str, Life] = {}
        self.told: dict[tuple[str, str], list[Told]] = {}
        self.started: Record = {}
        self.described: Record = {}
        self.concluded: Record = {}
        self.ended: Record = {}
        self.turned: list[Turned] = []
        self.notes: dict[str, None] = {}
        self.builds: dict[str, None] = {}
        self.last: float = 0.0
        self.torn: int = 0
        self.is_cut: bool = False
        self.trouble: str = ""
        self._names: dict[bytes, str] = {}

    def read(self) -> None:
        """Take in the whole file; where that fails, what came before stands."""
        try:
            with self.path.open("rb", buffering=_AHEAD) as lines:
                begin = 0
                for line in lines:
                    end = begin + len(line)
                    if line.endswith(b"\n"):
                        self._take(line, (begin, end))
                    else:
                        self.is_cut = True
                    begin = end
        except OSError as error:
            self.trouble = error.strerror or type(error).__name__

    def remember(self, event: Event) -> None:
        """Take in an event that the file lacks; where it has one, that stands."""
        told = parsed(line_of(event).encode("utf-8", "backslashreplace"))
        if told is None:
            return
        if told["event"] == "reported":
            self.told[text_of(told, "worker"), _id(told)] = [Told(told, None)]
        elif (name := _OF_THE_RUN.get(told["event"])) and not getattr(self, name):
            setattr(self, name, told)
        self.last = max(self.last, number_of(told, "at"))

    def _take(self, line: bytes, span: Span) -> None:
        found = _BEGIN.match(line)
        kind = found.lastindex if found else None
        if found is None or kind is None:
            self._event(line, span)
        elif kind == _OPERATION:
            self._attempt(line, _Heading(self._text(found[1]), self._text(found[2])), span)
        elif kind == _TEST:
            _extend(self._life(self._text(found[3])).spans, span)

    def _event(self, line: bytes, span: Span) -> None:
        event = parsed(line)
        try:
            if event is not None:
                self._parsed(event, span)
            elif line != b"\n":
                self.torn += 1
        except Unreadable:
            self.torn += 1

    def _text(self, raw: bytes) -> str:
        """A text of JSON, each read once."""
        if raw not in self._names:
            event = parsed(b'{"event":"' + raw + b'"}')
            self._names[raw] = event["event"] if event else raw.decode("utf-8", "replace")
        return self._names[raw]

    def _life(self, test_id: str) -> Life:
        life = self.lives.get(test_id)
        if life is None:
            life = self.lives[test_id] = Life(test_id)
        return life

    def _attempt(self, line: bytes, heading: _Heading, span: Span) -> None:
        if not heading.test_id:
            return  # of the run as a whole, such as a canary between two rounds
        life = self._life(heading.test_id)
        _extend(life.spans, span)
        life.attempts += 1
        if _OWN in line:
            life.operations.setdefault(heading.operation)
            answer = line.find(_ANSWER)
            if line.find(b'["x-', answer) > 0 or line.find(b'["X-', answer) > 0:
                self._build(line, answer)

    def _build(self, line: bytes, answer: int) -> None:
        named = {name.lower(): value for name, value in _BUILD.findall(line, answer)}
        value = next((named[name] for name in _BUILDS if named.get(name)), None)
        if value is not None:
            self.builds.setdefault(self._text(value))

    def _parsed(self, event: Record, span: Span) -> None:
        match event["event"]:
            case "test_started" | "test_ended" as name:
                life = self._life(_id(event))
                (life.start if name == "test_started" else life.end)(event)
                _extend(life.spans, span)
            case "reported":
                self._reported(event, span)
            case "turned":
                self.turned.append(value_of(Turned, event))
            case "noted":
                self.notes.setdefault(text_of(event, "message"))
            case "run_started" | "described" | "concluded" | "run_ended" as name:
                setattr(self, _OF_THE_RUN[name], event)
        self.last = max(self.last, number_of(event, "at"))

    def _reported(self, event: Record, span: Span) -> None:
        key = text_of(event, "worker"), _id(event)
        long = [event.pop(name, None) for name in ("story", "output", "properties")]
        place = Place(self.path, span) if any(long) else None
        self.told.setdefault(key, []).append(Told(event, place))


def _id(event: Record) -> str:
    test_id = event.get("test_id")
    if type(test_id) is not str:
        raise Unreadable("test_id")
    return test_id


def _extend(spans: list[Span], span: Span) -> None:
    """Add the lines to those before; they are one span where they follow one another."""
    if spans and spans[-1][1] == span[0]:
        spans[-1] = (spans[-1][0], span[1])
    else:
        spans.append(span)
