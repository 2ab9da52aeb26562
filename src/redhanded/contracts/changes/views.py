"""A schema as a whole: its references followed, and all that must hold at once laid together.

So it makes no difference where a document says a thing: in place or behind a `$ref`, beside `allOf`
or in it, with `nullable` (OpenAPI 3.0), with a list of types, or as a choice with null.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.changes.view import (
    View,
    bare,
    both_types,
    entries,
    fits,
    key_of,
    lay_schemas,
    merge,
    names,
    tidy,
    unwrapped,
)
from redhanded.contracts.openapi.document import Unresolvable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.changes.view import Key, Schema
    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node

_SCALARS: Final = frozenset({"string", "integer", "number", "boolean", "null"})
_NULLS: Final[tuple[object, ...]] = (
    {"type": "null"},
    {"enum": [None]},
    {"const": None},
    {"type": ["null"]},
)


@dataclass(frozen=True, slots=True)
class _Part:
    node: Node
    may_be_null: bool


class Views:
    """The views of a document's schemas, each made once."""

    def __init__(self, document: Document) -> None:
        self._document: Final = document
        self._is_old: Final = document.version < (3, 1)
        self._made: Final[dict[Key, View]] = {}

    def of(self, schema: Schema) -> View:
        """What the schema says; `schema` is all the places that speak of one value."""
        key = key_of(schema)
        if key not in self._made:
            self._made[key] = self._make(schema)
        return self._made[key]

    def types_of(self, schema: Schema, depth: int = 4) -> frozenset[str] | None:
        """The types that it allows, by its alternatives where it names none; None = any."""
        view = self.of(schema)
        if view.types is not None or not depth or len(view.unions) != 1:
            return view.types
        (branches,) = view.unions.values()
        found = [self.types_of(branch, depth - 1) for branch in branches]
        known = [types for types in found if types is not None]
        null = {"null"} if view.has_null else frozenset[str]()
        return frozenset(null).union(*known) if len(known) == len(found) else None

    def are_scalars(self, schema: Schema) -> bool:
        """Whether it is a choice of plain values that name nothing but their type."""
        return all(
            (types := self.types_of(branch)) is not None and types <= _SCALARS
            for branches in self.of(schema).unions.values()
            for branch in branches
        )

    def target(self, node: Node) -> Node:
        """The node itself, or what it refers to; the node where that leads nowhere."""
        try:
            return self._document.follow(node)
        except Unresolvable:
            return node

    def _make(self, schema: Schema) -> View:
        view = View()
        parts = list(self._parts(schema, view))
        view.parts = tuple(part.node for part in parts) or schema
        for part in parts:
            self._lay(view, part)
        if self._means_null(schema, parts):
            view.has_null = True
            view.types = view.types if view.types is None else view.types | {"null"}
        tidy(view)
        return view

    def _parts(self, schema: Schema, view: View) -> Iterator[_Part]:
        """What holds at once: the schema, what it refers to, and what `allOf` joins; each once."""
        waiting = [_Part(node, may_be_null=False) for node in reversed(schema)]
        seen: set[tuple[str, str]] = set()
        while waiting:
            part = waiting.pop()
            node, key = part.node, (part.node.uri, part.node.pointer)
            if key in seen or not isinstance(node.value, dict | bool):
                continue
            seen.add(key)
            below = list[_Part]()
            if node.reference is None or not self._is_old:  # 3.0 ignores what is beside a `$ref`
                yield part
                below += self._joined(part, view)
            if node.reference is not None:
                below += self._referred(part, node.reference, view)
            waiting.extend(reversed(below))

    def _referred(self, part: _Part, reference: str, view: View) -> Iterator[_Part]:
        view.references |= {reference.rpartition("/")[2]}
        try:
            target = self._document.resolve(reference, part.node.uri)
        except Unresolvable:
            return  # a flaw of the document, which its reading tells
        yield _Part(target, part.may_be_null)

    def _joined(self, part: _Part, view: View) -> Iterator[_Part]:
        for entry in map(unwrapped, entries(part.node, "allOf")):
            view.members += (entry,)
            yield _Part(entry, part.may_be_null)
        for keyword in ("oneOf", "anyOf"):
            branches = [unwrapped(entry) for entry in entries(part.node, keyword)]
            real = [branch for branch in branches if bare(branch.value) not in _NULLS]
            if len(real) == 1:
                is_choice = len(branches) > 1
                view.is_choice = view.is_choice or is_choice
                yield _Part(real[0], part.may_be_null or is_choice)
            elif real:
                if keyword in view.unions:
                    view.is_exact = False
                view.unions.setdefault(keyword, tuple((branch,) for branch in real))
                view.has_null = view.has_null or len(real) < len(branches)

    def _lay(self, view: View, part: _Part) -> None:
        node = part.node
        if isinstance(node.value, bool):
            view.is_false = view.is_false or not node.value
            return
        types = self._types(node.value)
        if types is not None and part.may_be_null:
            types |= {"null"}
        view.types = both_types(view.types, types)
        for keyword, value in self._words(node.value):
            if fits(keyword, value):
                merge(view, keyword, value)
        view.required |= names(node.value.get("required"))
        lay_schemas(view, node)

    def _means_null(self, schema: Schema, parts: list[_Part]) -> bool:
        """Whether `nullable` stands beside or in an `allOf` whose schemas do not allow null.

        By the letter of OpenAPI 3.0.3 it does nothing there; all who write it mean it.
        """
        own = key_of(schema)
        return self._is_old and any(
            part.node.value.get("nullable") is True
            for part in parts
            if isinstance(part.node.value, dict)
            and ("type" not in part.node.value or (part.node.uri, part.node.pointer) in own)
        )

    def _types(self, value: dict[str, Any]) -> frozenset[str] | None:
        told = value.get("type")
        types = [told] if isinstance(told, str) else told
        if not isinstance(types, list):
            return None
        nullable = ["null"] if self._is_old and value.get("nullable") is True else []
        return frozenset(str(one) for one in [*types, *nullable])

    def _words(self, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """The keywords that hold plain values, bounds as numbers (OpenAPI 3.0 has flags)."""
        for keyword, told in value.items():
            if keyword in {"exclusiveMinimum", "exclusiveMaximum"} and isinstance(told, bool):
                bound = value.get("minimum" if keyword == "exclusiveMinimum" else "maximum")
                if told and bound is not None:
                    yield keyword, bound
                continue
            opposite = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}.get(keyword)
            if opposite and value.get(opposite) is True:
                continue
            yield keyword, told
