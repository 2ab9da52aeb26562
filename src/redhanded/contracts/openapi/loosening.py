"""Loosening: what allows all that either of two values at one place of a document would.

Two suggestions for one place come of two exchanges; a document has to allow both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    Steps: TypeAlias = Sequence[str]

GONE: Final = object()
"""Where only the absence of a keyword allows both."""

_SCHEMAS = frozenset(
    {"schema", "itemSchema", "items", "additionalProperties", "contains", "not", "if"}
)
_MAPS_OF_SCHEMAS = frozenset({"properties", "patternProperties", "schemas", "$defs", "allOf"})
# A keyword that stands in one schema alone binds the values of the other, unless it is of these.
_HARMLESS = frozenset({"properties", "items", "description", "title", "nullable"})
_LEAST = frozenset({"minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum"})
_MOST = frozenset({"maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum"})


def is_schema(steps: Steps) -> bool:
    """Whether a schema stands at the place to which these steps lead."""
    if len(steps) > 1 and steps[-2] in _MAPS_OF_SCHEMAS:
        return True
    return bool(steps) and steps[-1] in _SCHEMAS


def both(one: Any, other: Any, steps: Steps, *, in_lists: bool = True) -> Any:  # noqa: ANN401
    """What allows all that either of two values at this place does; GONE where nothing can.

    `in_lists` says whether several types may stand in one `type`, as from OpenAPI 3.1 on.
    """
    if one == other:
        return one
    if isinstance(one, dict) and isinstance(other, dict):
        found = _schema if is_schema(steps) else _object
        return found(one, other, steps, in_lists=in_lists)
    if len(steps) > 1 and steps[-2] not in _MAPS_OF_SCHEMAS:
        return _keyword(one, other, steps[-1], in_lists=in_lists)
    return one


def _object(one: dict[str, Any], other: dict[str, Any], steps: Steps, *, in_lists: bool) -> Any:  # noqa: ANN401
    found = {**other, **one}
    for name in one.keys() & other.keys():
        found[name] = both(one[name], other[name], [*steps, name], in_lists=in_lists)
    return {name: value for name, value in found.items() if value is not GONE}


def _schema(one: dict[str, Any], other: dict[str, Any], steps: Steps, *, in_lists: bool) -> Any:  # noqa: ANN401
    shared = one.keys() & other.keys() | _HARMLESS
    kept, more = ({name: each[name] for name in each if name in shared} for each in (one, other))
    if not one or not other:  # a schema that says nothing lets everything pass
        return {}
    return _object(kept, more, steps, in_lists=in_lists)


def _keyword(one: Any, other: Any, name: str, *, in_lists: bool) -> Any:  # noqa: ANN401
    if name == "type":
        return _types(one, other, in_lists=in_lists)
    if isinstance(one, list) and isinstance(other, list):
        if name == "required":
            return [each for each in one if each in other]
        return _parameters(one, other) if name == "parameters" else _union(one, other)
    if name in ("required", "nullable"):
        return name == "nullable"
    if _are_numbers(one, other) and name in _LEAST | _MOST:
        return min(one, other) if name in _LEAST else max(one, other)
    return one


def _types(one: Any, other: Any, *, in_lists: bool) -> Any:  # noqa: ANN401
    """All types of both; an integer is a number."""
    found = _union(*(each if isinstance(each, list) else [each] for each in (one, other)))
    if "number" in found:
        found = [each for each in found if each != "integer"]
    if len(found) == 1:
        return found[0]
    return sorted(found) if in_lists else GONE


def _parameters(one: list[Any], other: list[Any]) -> list[Any]:
    """The parameters of both, each place and name once."""
    known = [(each.get("in"), each.get("name")) for each in one if isinstance(each, dict)]
    return one + [
        each
        for each in other
        if not isinstance(each, dict) or (each.get("in"), each.get("name")) not in known
    ]


def _union(one: list[Any], other: list[Any]) -> list[Any]:
    return one + [each for each in other if each not in one]


def _are_numbers(*values: object) -> bool:
    return all(isinstance(each, int | float) and not isinstance(each, bool) for each in values)
