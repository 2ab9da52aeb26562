"""Unseen: what of a schema nobody has seen yet, which is all that a walk through a value looks at.

A document is walked once, answers are walked all the time. So what was seen is dropped from the
walk, and a schema of which all was seen, with everything below it, is not entered again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from redhanded.contracts.openapi import marks
from redhanded.contracts.openapi.aspects import Atlas, aspects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redhanded.contracts.openapi.aspects import Heir
    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.marks import Direction, Mark
    from redhanded.contracts.openapi.nodes import Node

    Accepts: TypeAlias = Callable[[Any], bool]
    Accepting: TypeAlias = Callable[[Node, Direction], Accepts]

ITEMS = 200
"""Items of a list that are looked at; of a longer one, so many at equal distances."""

STEPS = 20_000
"""Values that are looked at in one exchange, which takes some tens of milliseconds at most."""

DEPTH = 100
"""Schemas that are entered one within another, far below what Python's stack bears."""

_NESTED = (dict, list)


def sample(items: list[Any]) -> list[Any]:
    """The items of a list that are looked at, the same ones each time."""
    return items if len(items) <= ITEMS else items[:: math.ceil(len(items) / ITEMS)]


class Walk:
    """One walk through one value: the marks that are new, and how far it may still go."""

    __slots__ = ("found", "steps")

    def __init__(self, steps: int = STEPS) -> None:
        self.found: list[Mark] = []
        self.steps: int = steps


class Chart:
    """The unseen parts of all schemas of a document that some value has met.

    `accepting` gives what says of a value whether a schema takes it.
    """

    def __init__(self, document: Document, accepting: Accepting) -> None:
        self.atlas: Atlas = Atlas(document)
        self.accepting: Accepting = accepting
        self._known: dict[tuple[str, str, str], Unseen] = {}

    def __call__(self, direction: Direction, schema: Node) -> Unseen:
        """The unseen part of what a node is or refers to, the same one for the same schema."""
        key = (direction, schema.uri, schema.pointer)
        found = self._known.get(key)
        if found is None:
            meant = self.atlas.target(schema)
            home = (direction, meant.uri, meant.pointer)
            found = self._known.setdefault(home, Unseen(self, direction, meant))
            self._known[key] = found
        return found


class Unseen:
    """What of one schema in one direction nobody has seen yet."""

    __slots__ = ("_chart", "_direction", "_left", "_schema", "is_over")

    def __init__(self, chart: Chart, direction: Direction, schema: Node) -> None:
        self.is_over: bool = False
        self._chart = chart
        self._direction: Direction = direction
        self._schema = schema
        self._left: _Left | None = None

    def see(self, value: object, walk: Walk, depth: int = DEPTH) -> None:
        """Look at a value that the schema describes; what is new is in `walk.found` afterwards."""
        if self.is_over or walk.steps <= 0 or depth <= 0:
            return
        walk.steps -= 1
        known, left = len(walk.found), self._left
        (left or self.left).see(value, walk, depth - 1)
        if left is None or len(walk.found) > known:
            self._settle()

    @property
    def left(self) -> _Left:
        """What is left to see; read from the document when it is first asked for."""
        if self._left is None:
            self._left = _Left(self._chart, self._direction, self._schema)
        return self._left

    def _settle(self) -> None:
        """Close this schema and all below it, where nothing of them is left to be seen."""
        known: dict[int, Unseen] = {}
        waiting = [self]
        while waiting:
            one = waiting.pop()
            if one.is_over or id(one) in known:
                continue
            known[id(one)] = one
            if one.left.is_any:
                return
            waiting += one.left.below()
        for one in known.values():
            one.is_over = True


class _Left:
    """The aspects of one schema, less what was seen."""

    __slots__ = (
        *("_branches", "_declared", "_entered", "_has_nested", "_items", "_members"),
        *("_names", "_parts", "_prefix", "_properties", "_values"),
    )

    def __init__(self, chart: Chart, direction: Direction, schema: Node) -> None:
        found = aspects(chart.atlas, schema, direction)
        place = chart.atlas.place(schema)

        def several(*nodes: Node | None) -> list[Unseen]:
            return [chart(direction, node) for node in nodes if node is not None]

        self._entered: object = self  # no JSON value
        self._properties = {name: chart(direction, node) for name, node in found.properties}
        self._declared = frozenset(self._properties)
        self._names = {
            name: marks.schema_property(direction, chart.atlas.place(node))
            for name, node in found.properties
        }
        self._values = {_key(each): marks.value(direction, place, each) for each in found.values}
        self._has_nested = any(isinstance(each, dict | list) for each in found.values)
        self._branches = [
            _Branch(
                chart.accepting(each.condition, direction),
                each.wanted,
                chart(direction, each.schema),
                marks.branch(direction, chart.atlas.place(each.schema)),
            )
            for each in found.branches
        ]
        self._branches += [
            _Branch(
                partial(_is_tagged, each),
                wanted=True,
                unseen=chart(direction, each.schema),
                mark=marks.branch(direction, each.place),
            )
            for each in found.heirs
        ]
        self._parts = several(*found.parts, found.referred)
        self._prefix = several(*found.prefix)
        self._items = several(found.items)
        self._members = several(*found.members)

    @property
    def is_any(self) -> bool:
        """Whether anything of the schema itself is left."""
        return bool(self._names or self._values or any(each.mark for each in self._branches))

    def below(self) -> Iterator[Unseen]:
        """The unseen parts of the schemas within this one."""
        yield from self._properties.values()
        yield from (each.unseen for each in self._branches)
        yield from (*self._parts, *self._prefix, *self._items, *self._members)

    def see(self, value: object, walk: Walk, depth: int) -> None:
        """Look at a value."""
        if self._values and (self._has_nested or not isinstance(value, _NESTED)):
            mark = self._values.pop(_key(value), None)
            if mark is not None:
                walk.found.append(mark)
        if isinstance(value, dict):
            self._see_members(value, walk, depth)
        elif isinstance(value, list):
            self._see_items(value, walk, depth)
        if (self._parts or self._branches) and self._entered is not value:
            before, self._entered = self._entered, value  # a schema may be a part of itself
            for part in self._parts:
                part.see(value, walk, depth)
            self._see_branches(value, walk, depth)
            self._entered = before

    def _see_members(self, value: dict[str, Any], walk: Walk, depth: int) -> None:
        for name, below in tuple(self._properties.items()):
            if name not in value:
                continue
            if (mark := self._names.pop(name, None)) is not None:
                walk.found.append(mark)
            below.see(value[name], walk, depth)
            if below.is_over:
                self._properties.pop(name, None)
        if self._members and not all(each.is_over for each in self._members):
            more = [value[name] for name in value if name not in self._declared]
            self._see_all(self._members, more, walk, depth)

    def _see_items(self, value: list[Any], walk: Walk, depth: int) -> None:
        for below, item in zip(self._prefix, value, strict=False):
            below.see(item, walk, depth)
        if self._items:
            rest = value[len(self._prefix) :] if self._prefix else value
            self._see_all(self._items, rest, walk, depth)

    def _see_all(self, schemas: list[Unseen], values: list[Any], walk: Walk, depth: int) -> None:
        """Look at each value by each schema; of many values at some alone."""
        for each in schemas:
            for one in sample(values):
                if each.is_over:
                    break
                each.see(one, walk, depth)

    def _see_branches(self, value: object, walk: Walk, depth: int) -> None:
        for branch in self._branches:
            if branch.accepts(value) is branch.wanted:
                if branch.mark is not None:
                    walk.found.append(branch.mark)
                    branch.mark = None
                branch.unseen.see(value, walk, depth)
        self._branches = [each for each in self._branches if each.mark or not each.unseen.is_over]


@dataclass(slots=True)
class _Branch:
    """A branch with what is unseen below it; `mark` is None once it held."""

    accepts: Accepts
    wanted: bool
    unseen: Unseen
    mark: Mark | None


def _is_tagged(heir: Heir, value: object) -> bool:
    """Whether the value says of itself that it is of that schema."""
    tag = value.get(heir.name) if isinstance(value, dict) else None
    return isinstance(tag, str) and tag in heir.tags


def _key(listed: object) -> str | tuple[str]:
    """What equal JSON values have in common, quickly where it is text."""
    return listed if isinstance(listed, str) else (marks.as_text(listed),)
