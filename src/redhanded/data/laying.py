"""Two schemas that must both hold, laid together into one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_Joined = Callable[[Any, Any], Any]


def unit(schema: object) -> Mapping[str, Any]:
    """The schema as a mapping: `true` says nothing, and `false` allows nothing."""
    if isinstance(schema, Mapping):
        return schema
    return {} if schema is True else {"not": {}}


def laid(one: dict[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What both say; where that cannot be one keyword, what the first says."""
    both = {**other, **one}
    for name in one.keys() & other.keys():
        if name in _JOINED:
            both[name] = _JOINED[name](one[name], other[name])
    return both


def _kinds(one: Any, other: Any) -> Any:  # noqa: ANN401  a name or a list of them
    first, second = _listed(one), _listed(other)
    kept = [kind for kind in first if kind in second]
    if "integer" in first + second and "number" in first + second and "integer" not in kept:
        kept.append("integer")
    return kept[0] if len(kept) == 1 else kept


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  a name or a list of them
    return value if isinstance(value, list) else [value]


def _properties(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    joined = {**one}
    for name, schema in other.items():
        joined[name] = {"allOf": [one[name], schema]} if name in one else schema
    return joined


def _closed(one: Any, other: Any) -> Any:  # noqa: ANN401  a schema may be a boolean
    if one is False or other is False:
        return False
    return other if one is True else one if other is True else {"allOf": [one, other]}


_JOINED: dict[str, _Joined] = {
    "type": _kinds,
    "enum": lambda one, other: [value for value in one if value in other],
    "required": lambda one, other: [*one, *(name for name in other if name not in one)],
    "properties": _properties,
    "additionalProperties": _closed,
    "items": _closed,
    "uniqueItems": lambda one, other: one or other,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}
