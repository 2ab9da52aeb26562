"""YAML as the values that it stands for, within limits that no honest document reaches.

The events of the parser are put together here, one by one and without recursion, rather than by the
parser's own composer: that one crashes the interpreter on deep nesting, unfolds any number of
aliases, and takes six times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml import events

from redhanded.contracts.openapi.nodes import DEEPEST, Flaw, escaped
from redhanded.contracts.openapi.scalars import NoNumber, value_of
from redhanded.core.errors import RedhandedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_UNFOLDED: Final = 1_000_000
"""How many values aliases may stand for: a bomb of nine lines stands for a thousand million."""

_CORE: Final = "tag:yaml.org,2002:"
_PLAIN_TAGS: Final = frozenset(_CORE + kind for kind in ("null", "bool", "int", "float"))
_USUAL_TAGS: Final = frozenset(
    {None, "!", *(_CORE + kind for kind in ("str", "map", "seq", "timestamp"))}
)
_MERGE: Final = "<<"


class NotYAML(RedhandedError):
    """The text is no YAML, or more than is read; says which, without quoting any of it."""


class _Frame:
    """A mapping or a sequence that is not at its end yet.

    `began` is how many values were there before it, `height` how deep the deepest one below it is.
    """

    __slots__ = ("anchor", "began", "height", "key", "merged", "value")

    def __init__(self, value: Any, anchor: str | None, began: int) -> None:  # noqa: ANN401
        self.value = value
        self.anchor = anchor
        self.began = began
        self.height: int = 1
        self.key: str | None = None
        self.merged: list[dict[str, Any]] = []


class _Builder:
    """Puts values together; `flaws` tells what is wrong with them."""

    def __init__(self, name: str) -> None:
        self.flaws: list[Flaw] = []
        self.documents: int = 0
        self.root: Any = None
        self._name = name
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self._names: dict[str, str] = {}
        self._values = 0
        self._unfolded = 0

    def start_mapping(self, event: Any) -> None:  # noqa: ANN401  PyYAML has no types
        self._start(event, {})

    def start_sequence(self, event: Any) -> None:  # noqa: ANN401
        self._start(event, [])

    def _start(self, event: Any, value: Any) -> None:  # noqa: ANN401
        if event.tag not in _USUAL_TAGS:
            self._flaw(event, f"the tag {event.tag[:40]!r} means nothing here and is passed over")
        if len(self._stack) >= DEEPEST:
            raise NotYAML(f"is nested deeper than {DEEPEST} levels")
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)  # until its end, nothing can refer to it
        self._values += 1
        self._stack.append(_Frame(value, event.anchor, self._values))

    def end(self, event: Any) -> None:  # noqa: ANN401
        frame = self._stack.pop()
        for merged in frame.merged:
            for name, value in merged.items():
                frame.value.setdefault(name, value)
        if frame.anchor is not None:
            size = self._values - frame.began + 1
            self._anchors[frame.anchor] = (frame.value, size, frame.height)
        self._put(frame.value, frame.height, event)

    def alias(self, event: Any) -> None:  # noqa: ANN401
        if event.anchor not in self._anchors:
            raise NotYAML(f"has an alias that leads nowhere, or to itself, in {_line(event)}")
        value, size, height = self._anchors[event.anchor]
        self._values += size
        self._unfolded += size
        if self._unfolded > MOST_UNFOLDED:
            raise NotYAML(f"has aliases that stand for more than {MOST_UNFOLDED:,} values")
        if len(self._stack) + height > DEEPEST:
            raise NotYAML(f"is nested deeper than {DEEPEST} levels")
        frame = self._stack[-1] if self._stack else None
        if frame is not None and isinstance(frame.value, dict) and frame.key is None:
            value = value if isinstance(value, str) else str(value)
        self._put(value, height, event)

    def scalar(self, event: Any) -> None:  # noqa: ANN401
        self._values += 1
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and frame.value.__class__ is dict:
            value: Any = self._names.setdefault(event.value, event.value)
        elif event.tag is None and event.implicit[0]:
            value = self._plain(event)
        else:
            value = self._tagged(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1, 0)
        self._put(value, 0, event)

    def _plain(self, event: Any) -> object:  # noqa: ANN401
        try:
            return value_of(event.value)
        except NoNumber:
            self._flaw(event, "is no number that JSON knows and counts as null")
            return None

    def _tagged(self, event: Any) -> object:  # noqa: ANN401
        if event.tag in _PLAIN_TAGS:
            return self._plain(event)
        if event.tag not in _USUAL_TAGS:
            self._flaw(event, f"the tag {event.tag[:40]!r} means nothing here: it counts as text")
        return event.value

    def _put(self, value: Any, height: int, event: Any) -> None:  # noqa: ANN401
        if not self._stack:
            self.root = value if not self.documents else self.root
            self.documents += 1
            return
        frame = self._stack[-1]
        if height >= frame.height:
            frame.height = height + 1
        if frame.value.__class__ is list:
            frame.value.append(value)
        elif frame.key is None:
            self._name_member(frame, value, event)
        else:
            self._put_member(frame, value)

    def _name_member(self, frame: _Frame, name: Any, event: Any) -> None:  # noqa: ANN401
        if not isinstance(name, str):
            self._flaw(event, "has a name that is no text but a list or a mapping")
            name = ""
        elif name in frame.value:
            self._flaw(event, f"has the name {name[:40]!r} twice; the last one counts")
        frame.key = name

    def _put_member(self, frame: _Frame, value: Any) -> None:  # noqa: ANN401
        name, frame.key = frame.key, None
        found = value if isinstance(value, list) else [value]
        if name == _MERGE and all(isinstance(each, dict) for each in found):
            frame.merged += found
        else:
            frame.value[name] = value

    def _flaw(self, event: Any, message: str) -> None:  # noqa: ANN401
        steps = (
            frame.key if isinstance(frame.value, dict) else len(frame.value)
            for frame in self._stack
        )
        pointer = "".join(f"/{escaped(step)}" for step in steps if step is not None)
        self.flaws.append(Flaw(f"{self._name}#{pointer}", f"{message} ({_line(event)})"))


def parse(text: str, name: str) -> tuple[Any, list[Flaw]]:
    """The value of the first document in the text, and what is wrong with it; or NotYAML."""
    builder = _Builder(name)
    try:
        _feed(_parser(text), _handlers(builder))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise NotYAML(f"is no YAML{where}{_problem(error.problem)}") from None
    except yaml.YAMLError:
        raise NotYAML("has characters that YAML does not allow") from None
    if builder.documents > 1:
        more = "holds more than one YAML document: only the first one counts"
        builder.flaws.append(Flaw(f"{name}#", more))
    return builder.root, builder.flaws


def _parser(text: str) -> Any:  # noqa: ANN401
    # libyaml is in all wheels of PyYAML; where somebody built it without, its own parser does it.
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)


def _feed(parser: Any, handlers: Mapping[type, Callable[[Any], None]]) -> None:  # noqa: ANN401
    next_event, handler_of = parser.get_event, handlers.get
    while (event := next_event()) is not None and event.__class__ is not events.StreamEndEvent:
        handle = handler_of(event.__class__)
        if handle is not None:
            handle(event)


def _handlers(builder: _Builder) -> Mapping[type, Callable[[Any], None]]:
    return {
        events.ScalarEvent: builder.scalar,
        events.AliasEvent: builder.alias,
        events.MappingStartEvent: builder.start_mapping,
        events.SequenceStartEvent: builder.start_sequence,
        events.MappingEndEvent: builder.end,
        events.SequenceEndEvent: builder.end,
    }


def _problem(problem: str | None) -> str:
    # What the parser quotes may be a secret: of a file that is no document at all.
    return f" ({problem})" if problem and "'" not in problem and '"' not in problem else ""


def _line(event: Any) -> str:  # noqa: ANN401
    return f"line {event.start_mark.line + 1}"
