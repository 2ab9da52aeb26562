"""What a schema says, laid together from all places that speak of one value."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.changes.facets import BOUNDS, is_upper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

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
_FLAGS: Final = frozenset({"uniqueItems", "readOnly", "writeOnly", "deprecated"})
_NUMBER: Final = (int, float)
_FORMS: Final[dict[str, type | tuple[type, ...]]] = {
    **dict.fromkeys((*BOUNDS, "multipleOf"), _NUMBER),
    **dict.fromkeys(("pattern", "format", "contentMediaType", "contentEncoding"), str),
    **dict.fromkeys(("enum", "x-extensible-enum"), list),
    **dict.fromkeys(("discriminator", "dependentRequired"), dict),
}
_EMPTY: Final[tuple[object, ...]] = ({}, True)


@dataclass(slots=True)
class View:
    """What a schema says, laid together from all its `parts`.

    `types` is None where it may be of any. `named` holds the schemas of properties and the like,
    `single` those under one keyword, `unions` its alternatives by keyword, and `members` what it
    joins by `allOf`. `is_choice` means that one schema or null may hold, `has_null` that null is
    one of several alternatives; `is_exact` is false where parts say of one thing what cannot be
    laid together.
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
    has_null: bool = False
    is_exact: bool = True

    def at(self, keyword: str) -> Node:
        """Where the schema says this: the first of its parts that has the keyword."""
        found = (part.find(keyword) for part in self.parts)
        return next((node for node in found if node is not None), self.parts[0])

    @property
    def properties(self) -> dict[str, Schema]:
        """The schemas of its properties."""
        return self.named.get("properties", {})


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


def entries(node: Node, keyword: str) -> Iterator[Node]:
    """The schemas that a keyword lists."""
    found = node.find(keyword) if isinstance(node.value, dict) else None
    return found.entries() if found else iter(())


def unwrapped(node: Node) -> Node:
    """The schema that an `allOf` joins with nothing, for it is as good as that; else the node."""
    while isinstance(node.value, dict) and bare(node.value).keys() == {"allOf"}:
        joined = list(entries(node, "allOf"))
        if len(joined) != 1:
            break
        node = joined[0]
    return node


def lay_schemas(view: View, node: Node) -> None:
    """Add the schemas below a part to those that already hold."""
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
    view.prefix = view.prefix or tuple((entry,) for entry in entries(node, "prefixItems"))


def fits(keyword: str, value: object) -> bool:
    """Whether the value is of a kind that the keyword can have; what does not fit says nothing."""
    wanted = _FORMS.get(keyword, object)
    return isinstance(value, wanted) and not (wanted is _NUMBER and isinstance(value, bool))


def merge(view: View, keyword: str, value: Any) -> None:  # noqa: ANN401 - any JSON
    """Add what a part says by a keyword to what already holds; of bounds the tighter counts."""
    words = view.words
    if keyword in NAMED or keyword in SINGLE or keyword in LISTED:
        return
    before = words.get(keyword)
    if before is None:
        words[keyword] = value
    elif keyword in BOUNDS:
        words[keyword] = (min if is_upper(keyword) else max)(before, value)
    elif keyword in _FLAGS:
        words[keyword] = before is True or value is True
    elif keyword == "enum" and isinstance(value, list):
        words[keyword] = [one for one in before if one in value]
    elif keyword in {"pattern", "multipleOf", "const"} and before != value:
        view.is_exact = False


def _is_any_boolean(told: object) -> bool:
    return isinstance(told, list) and True in told and False in told


def tidy(view: View) -> None:
    """Drop what restricts nothing."""
    if "additionalProperties" in view.single:
        view.single.pop("unevaluatedProperties", None)  # nothing is left for it to speak of
    if "items" in view.single:
        view.single.pop("unevaluatedItems", None)
    for keyword, schema in tuple(view.single.items()):
        if keyword != "not" and all(bare(node.value) in _EMPTY for node in schema):
            del view.single[keyword]
    if view.types is not None and "object" not in view.types:
        view.required = frozenset()
    _tidy_words(view)


def _tidy_words(view: View) -> None:
    words = view.words
    for keyword in ("minItems", "minLength", "minProperties"):
        if words.get(keyword) == 0:
            del words[keyword]
    if words.get("pattern") in {"", ".*", "^.*$"}:
        del words["pattern"]
    if view.types == frozenset({"boolean"}) and _is_any_boolean(words.get("enum")):
        del words["enum"]
    if "contains" in view.single:
        words.setdefault("minContains", 1)
    else:
        words.pop("minContains", None)
        words.pop("maxContains", None)


def both_types(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The types that both allow; every integer is a number."""
    if one is None or other is None:
        return one if other is None else other
    both = one & other
    for some, rest in ((one, other), (other, one)):
        if "integer" in some and "number" in rest:
            both |= {"integer"}
    return both


def names(told: object) -> frozenset[str]:
    """The names that a list holds; what is no text names nothing."""
    found = told if isinstance(told, list) else []
    return frozenset(one for one in found if isinstance(one, str))
