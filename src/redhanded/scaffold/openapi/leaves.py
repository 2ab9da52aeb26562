"""What shapes are put together from: types, values and bounds, as several schemas say them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, TypeAlias, TypeGuard

Keywords: TypeAlias = Mapping[str, Any]

_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
_MEANT = {
    "object": ("properties", "additionalProperties", "minProperties", "maxProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems"),
}
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_SIZES = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
_FORMATS = frozenset({"date", "date-time", "uuid"})
_LARGEST = 2**63 - 1
_LONGEST_PATTERN = 500
_MOST_VALUES = 200


def types_of(keywords: Sequence[Keywords]) -> frozenset[str] | None:
    """The types that all of them let pass; None where none names any."""
    found: frozenset[str] | None = None
    for each in keywords:
        named = each.get("type")
        listed = [named] if isinstance(named, str) else named
        if not isinstance(listed, list):
            continue
        types = frozenset(name for name in listed if name in _TYPES)
        if "number" in types:
            types |= {"integer"}
        found = types if found is None else found & types
    return found - {"integer"} if found and "number" in found else found


def kinds_of(types: frozenset[str] | None, keywords: Sequence[Keywords]) -> list[str]:
    """The types of which a shape is made, but for null; none where it may be anything."""
    if types is not None:
        return [name for name in _TYPES if name in types and name != "null"]
    return [
        kind
        for kind, said in _MEANT.items()
        if any(name in each for each in keywords for name in said)
    ][:1]


def values_of(keywords: Sequence[Keywords]) -> list[object] | None:
    """The scalars that are listed as `const` or `enum`; None where a literal cannot say them."""
    listed: list[object] | None = None
    for each in keywords:
        own = [each["const"]] if "const" in each else each.get("enum")
        if isinstance(own, list):
            listed = own if listed is None else [value for value in listed if value in own]
    if not listed or len(listed) > _MOST_VALUES:
        return None
    distinct = {(type(value), str(value)): value for value in listed}
    is_literal = all(
        value is None or (isinstance(value, str | int) and len(str(value)) < 200)
        for value in listed
    )
    return list(distinct.values()) if is_literal else None


def bounded(shape: dict[str, Any], keywords: Sequence[Keywords]) -> dict[str, Any]:
    """The shape of this type with the bounds that hold for it."""
    kind = shape["type"]
    for each in keywords:
        if kind in {"integer", "number"}:
            _take_numbers(shape, each)
        for name in _SIZES.get(kind, ()):
            size = each.get(name)
            if _is_number(size) and 0 <= size <= _LARGEST and size == int(size):
                shape.setdefault(name, int(size))
        if kind == "string":
            _take_text(shape, each)
    return shape


def required_of(keywords: Sequence[Keywords]) -> set[str]:
    """The names of properties that must be there."""
    listed = [each["required"] for each in keywords if isinstance(each.get("required"), list)]
    return {name for names in listed for name in names if isinstance(name, str)}


def any_of(shapes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One shape for a choice of them, each once; anything where one of them is that."""
    flat: list[dict[str, Any]] = []
    for shape in shapes:
        for each in shape.get("anyOf", [shape]):
            if each not in flat:
                flat.append(each)
    if {"type": "string"} in flat:  # any text is one of the listed ones or another
        flat = [each for each in flat if not _is_listed_text(each)]
    if not flat or {} in flat:
        return {}
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def _is_listed_text(shape: Mapping[str, Any]) -> bool:
    return all(isinstance(each, str) for each in shape.get("enum", [None]))


def joined(shapes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What several shapes say of one place, where one mapping can say it; else the first."""
    told = [shape for shape in shapes if shape]
    if not told:
        return {}
    first = dict(told[0])
    for other in told[1:]:
        if other.get("type") == first.get("type") and "$ref" not in first:
            first = {**other, **first}
    return first


def _take_numbers(shape: dict[str, Any], keywords: Keywords) -> None:
    for name in _NUMBERS:
        bound = keywords.get(name)
        if not _is_number(bound) or abs(bound) > _LARGEST:
            continue
        if name == "multipleOf" and bound <= 0:
            continue
        if shape["type"] == "integer":
            if bound != int(bound):
                continue
            bound = int(bound)
        shape.setdefault(name, bound)


def _take_text(shape: dict[str, Any], keywords: Keywords) -> None:
    pattern, form = keywords.get("pattern"), keywords.get("format")
    if isinstance(pattern, str) and _is_pattern(pattern):
        shape.setdefault("pattern", pattern)
    if isinstance(form, str) and form in _FORMATS:
        shape["format"] = form
    if "format" in shape:  # which is an object of its own, and no text with a length
        for name in ("pattern", "minLength", "maxLength"):
            shape.pop(name, None)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


@cache
def _is_pattern(pattern: str) -> bool:
    """Whether pydantic can hold a text against it, and a value can be drawn that follows it."""
    from pydantic import StringConstraints, TypeAdapter

    if len(pattern) > _LONGEST_PATTERN or not pattern.isprintable():
        return False
    try:
        re.compile(pattern)
        TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])
    except Exception:  # noqa: BLE001  whatever either says, it is no pattern for a model
        return False
    return True
