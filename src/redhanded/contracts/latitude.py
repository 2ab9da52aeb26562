"""Latitude: what a shape says itself about undeclared fields and conversions.

A contract is strict towards models that are silent. A model that writes `extra="allow"` or
`strict=False` has decided, and is taken at its word; pydantic's run-time arguments would override
it, nested models included. So a breach is looked up in the core schema, where each model keeps
what it declared. Only failures of shapes that declare anything of the kind come here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from redhanded.core.jsonpath import Place

Node: TypeAlias = Mapping[str, Any]

EXTRA_RULES = frozenset({"extra_forbidden", "unexpected_keyword_argument"})

_OWNERS = frozenset({"model", "dataclass", "typed-dict"})
_OPEN = frozenset({"allow", "ignore"})
_WRAPPED = ("schema", "json_schema", "strict_schema")


def is_lenient(schema: object) -> bool:
    """Whether anything in this core schema allows undeclared fields or conversions."""
    if isinstance(schema, Mapping):
        decided = _is_open(schema) or _strictness(schema) is False
        return decided or any(map(is_lenient, schema.values()))
    return isinstance(schema, list | tuple) and any(map(is_lenient, schema))


def allows(schema: Node, place: Place, rule: str) -> bool:
    """Whether the shape itself permits what broke this rule at this place.

    As in pydantic, a model's configuration ends where the next model begins.
    """
    if rule in EXTRA_RULES:
        owners = [node for node in _trail(schema, place[:-1]) if node["type"] in _OWNERS]
        return bool(owners) and _is_open(owners[-1])
    strict: bool | None = None
    for node in _trail(schema, place):
        said = _strictness(node)
        strict = said if node["type"] in _OWNERS or said is not None else strict
    return strict is False


def _is_open(node: Node) -> bool:
    # Not the schema's `extra_behavior`: a silent TypedDict says "ignore" there.
    return _config(node).get("extra_fields_behavior") in _OPEN


def _strictness(node: Node) -> bool | None:
    said: bool | None = node.get("strict", _config(node).get("strict"))
    return said


def _config(node: Node) -> Node:
    config = node.get("config")
    return config if isinstance(config, Mapping) else {}


def _trail(schema: Node, place: Place) -> Iterator[Node]:
    """Every node on the way to a place in the document, outermost first."""
    refs: dict[str, Node] = {}
    rest = list(place)
    node: Node | None = schema
    while node is not None:
        yield node
        refs.update((inner["ref"], inner) for inner in node.get("definitions", ()))
        through = _through(node, refs)
        node = through or (_child(node, rest.pop(0), refs) if rest else None)


def _through(node: Node, refs: Mapping[str, Node]) -> Node | None:
    """The node inside one that adds nothing to the place: a wrapper, a model, a reference."""
    if node["type"] == "definition-ref":
        return refs.get(node["schema_ref"])
    return next((node[key] for key in _WRAPPED if isinstance(node.get(key), Mapping)), None)


def _child(node: Node, head: str | int, refs: Mapping[str, Node]) -> Node | None:
    match node:
        case {"type": "tuple", "items_schema": [*items]} if items:
            return _as_node(items[min(int(head), len(items) - 1)])
        case {"items_schema": inner} | {"values_schema": inner}:
            return _as_node(inner)
        case {"type": "tagged-union", "choices": choices}:
            return _as_node(choices.get(head))
        case {"type": "union"}:
            return _choice(node, str(head), refs)
    return _field(node, head)


def _as_node(value: object) -> Node | None:
    return value if isinstance(value, Mapping) else None


def _choice(node: Node, label: str, refs: Mapping[str, Node]) -> Node | None:
    """The member of a union that pydantic calls so: by its class, else by the kind of schema."""
    for choice in node["choices"]:
        member, name = choice if isinstance(choice, tuple) else (choice, None)
        named = refs.get(member.get("schema_ref"), member)
        called = name or getattr(named.get("cls"), "__name__", named["type"])
        if called in (label, label.partition("[")[0]):
            return _as_node(named)
    return None


def _field(node: Node, head: str | int) -> Node | None:
    fields = node.get("fields", {})
    named = fields.items() if isinstance(fields, Mapping) else ((f["name"], f) for f in fields)
    for name, field in named:
        if head in (name, field.get("validation_alias")):
            return _as_node(field)
    return None
