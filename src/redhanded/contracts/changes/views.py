"""A schema as a whole: its references followed, and all that must hold at once laid together.

So it makes no difference where a document says a thing: in place or behind a `$ref`, beside `allOf`
or in it, with `nullable` (OpenAPI 3.0), with a list of types, or as a choice with null.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.changes.facets import BOUNDS, is_upper
from redhanded.contracts.openapi.document import Unresolvable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node

    Schema: TypeAlias = tuple[Node, ...]
    Key: TypeAlias = tuple[tuple[str, str], ...]

SINGLE: Final = (
    *("items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"),
    *("contentSchema", "unevaluatedItems", "unevaluatedProperties"),
)
NAMED: Final = ("properties", "patternProperties", "dependentSchemas")
LISTED: Final = ("oneOf", "anyOf", "allOf", "prefixItems")
ANNOTATIONS: Final = frozenset(
    {"title", "description", "example", "examples", "$comment", "externalDocs", "xml"}
)
_SCALARS: Final = frozenset({"string", "integer", "number", "boolean", "null"})
_FLAGS: Final = frozenset({"uniqueItems", "readOnly", "writeOnly", "deprecated"})
_EMPTY: Final[tuple[object, ...]] = ({}, True)
_NULLS: Final[tuple[object, ...]] = (
    {"type": "null"},
    {"enum": [None]},
    {"const": None},
    {"type": ["null"]},
)


@dataclass(slots=True)
class View:
    """What a schema says, laid together from all its `parts`.

    `types` is None where it may be of any. `named` holds the schemas of properties and the like,
    `single` those under one keyword, `unions` its alternatives by keyword, and `members` what it
    joins by `allOf`. `is_choice` means that null was allowed by a choice; `is_exact` is false where
    parts say of one thing what cannot be laid together.
    """

    parts: Schema = ()
    words: dict[str, Any] = field(default_factory=dict)
    types: frozenset[str] | None = None
    required: frozenset[str] = frozenset()
    single: dict[str, Schema] = field(default_factory=dict)
    named: dict[str, dict[str, Schema]] = field(default_factory=dict)
    unions: dict[str, tuple[Schema, ...]] = field(default_factory=dict)
    prefix: tuple[Schema, ...] = ()
    members: tuple[Node, ...] = ()
    references: frozenset[str] = frozenset()
    is_false: bool = False
    is_choice: bool = False
    is_exact: bool = True

    @property
    def properties(self) -> dict[str, Schema]:
        """The schemas of its properties."""
        return self.named.get("properties", {})


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
        return frozenset().union(*known) if len(known) == len(found) else None

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
        view, parts = View(), list[_Part]()
        seen: set[tuple[str, str]] = set()
        for node in schema:
            self._gather(_Part(node, may_be_null=False), view, parts, seen)
        view.parts = tuple(part.node for part in parts) or schema
        for part in parts:
            self._lay(view, part)
        _tidy(view)
        return view

    def _gather(
        self, part: _Part, view: View, parts: list[_Part], seen: set[tuple[str, str]]
    ) -> None:
        """Collect what holds at once: the schema, what it refers to, and what `allOf` joins."""
        node = part.node
        if (node.uri, node.pointer) in seen or not isinstance(node.value, dict | bool):
            return
        seen.add((node.uri, node.pointer))
        reference = node.reference
        if reference is None or not self._is_old:  # 3.0 ignores what stands beside a `$ref`
            parts.append(part)
            self._gather_own(part, view, parts, seen)
        if reference is not None:
            view.references |= {reference.rpartition("/")[2]}
            try:
                target = self._document.resolve(reference, node.uri)
            except Unresolvable:
                return
            self._gather(_Part(target, part.may_be_null), view, parts, seen)

    def _gather_own(
        self, part: _Part, view: View, parts: list[_Part], seen: set[tuple[str, str]]
    ) -> None:
        for entry in _entries(part.node, "allOf"):
            view.members += (entry,)
            self._gather(_Part(entry, part.may_be_null), view, parts, seen)
        for keyword in ("oneOf", "anyOf"):
            branches = list(_entries(part.node, keyword))
            real = [branch for branch in branches if bare(branch.value) not in _NULLS]
            if len(real) == 1:
                is_choice = len(branches) > 1
                view.is_choice = view.is_choice or is_choice
                self._gather(_Part(real[0], part.may_be_null or is_choice), view, parts, seen)
            elif branches:
                if keyword in view.unions:
                    view.is_exact = False
                view.unions.setdefault(keyword, tuple((branch,) for branch in branches))

    def _lay(self, view: View, part: _Part) -> None:
        node = part.node
        if isinstance(node.value, bool):
            view.is_false = view.is_false or not node.value
            return
        types = self._types(node.value)
        if types is not None and part.may_be_null:
            types |= {"null"}
        view.types = _both(view.types, types)
        for keyword, value in self._words(node.value):
            _merge(view, keyword, value)
        view.required |= _names(node.value.get("required"))
        _lay_schemas(view, node)

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


def key_of(schema: Schema) -> Key:
    """What tells a schema from others."""
    return tuple((node.uri, node.pointer) for node in schema)


def label(node: Node) -> str:
    """What a schema is called where it stands: by its reference, its title or its content."""
    if node.reference is not None:
        return node.reference.rpartition("/")[2]
    return digest(node.value)


def digest(value: object) -> str:
    """The content of a schema as text, without what is for readers only."""
    return json.dumps(bare(value), sort_keys=True, default=str)


def bare(value: object) -> Any:  # noqa: ANN401 - a schema is any JSON
    """A schema without what is for readers only."""
    if not isinstance(value, dict):
        return value
    return {
        keyword: _bare_below(keyword, told)
        for keyword, told in value.items()
        if keyword not in ANNOTATIONS
    }


def _bare_below(keyword: str, told: object) -> object:
    if keyword in NAMED and isinstance(told, dict):
        return {name: bare(schema) for name, schema in told.items()}
    if keyword in LISTED and isinstance(told, list):
        return [bare(schema) for schema in told]
    return bare(told) if keyword in SINGLE else told


def _entries(node: Node, keyword: str) -> Iterator[Node]:
    found = node.find(keyword) if isinstance(node.value, dict) else None
    return found.entries() if found else iter(())


def _lay_schemas(view: View, node: Node) -> None:
    for keyword in SINGLE:
        found = node.find(keyword)
        if found is not None and isinstance(found.value, dict | bool):
            if keyword in view.single and keyword in {"not", "if", "then", "else"}:
                view.is_exact = False
                continue
            view.single[keyword] = (*view.single.get(keyword, ()), found)
    for keyword in NAMED:
        below = node.find(keyword)
        for name, schema in below.items() if below else ():
            schemas = view.named.setdefault(keyword, {})
            schemas[name] = (*schemas.get(name, ()), schema)
    view.prefix = view.prefix or tuple((entry,) for entry in _entries(node, "prefixItems"))


def _merge(view: View, keyword: str, value: object) -> None:
    words = view.words
    if keyword in NAMED or keyword in SINGLE or keyword in LISTED:
        return
    before = words.get(keyword)
    if before is None:
        words[keyword] = value
    elif keyword in BOUNDS and _are_numbers(before, value):
        words[keyword] = min(before, value) if is_upper(keyword) else max(before, value)
    elif keyword in _FLAGS:
        words[keyword] = before is True or value is True
    elif keyword == "enum" and isinstance(before, list) and isinstance(value, list):
        words[keyword] = [one for one in before if one in value]
    elif keyword in {"pattern", "multipleOf", "const"} and before != value:
        view.is_exact = False


def _are_numbers(*values: object) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _tidy(view: View) -> None:
    """Drop what restricts nothing."""
    words = view.words
    closes = "additionalProperties" in view.single
    if closes:
        view.single.pop("unevaluatedProperties", None)  # nothing is left for it to speak of
    if "items" in view.single:
        view.single.pop("unevaluatedItems", None)
    for keyword, schema in tuple(view.single.items()):
        if keyword != "not" and all(bare(node.value) in _EMPTY for node in schema):
            del view.single[keyword]
    for keyword in ("minItems", "minLength", "minProperties"):
        if words.get(keyword) == 0:
            del words[keyword]
    if words.get("pattern") in {"", ".*", "^.*$"}:
        del words["pattern"]
    if "contains" in view.single:
        words.setdefault("minContains", 1)
    else:
        words.pop("minContains", None)
        words.pop("maxContains", None)


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The types that both allow; every integer is a number."""
    if one is None or other is None:
        return one if other is None else other
    both = one & other
    for some, rest in ((one, other), (other, one)):
        if "integer" in some and "number" in rest:
            both |= {"integer"}
    return both


def _names(required: object) -> frozenset[str]:
    return frozenset(map(str, required)) if isinstance(required, list) else frozenset()
