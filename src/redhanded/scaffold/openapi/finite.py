"""Which objects can be made: those that have an end, and are not larger than tests can afford."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.data.lengths import LONGEST, LONGEST_MATCH
from redhanded.scaffold.openapi.shapes import references

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from redhanded.scaffold.openapi.shapes import Model, Shape

# pydantic follows models within models no deeper than Python's stack, of which pytest has a part.
_DEEPEST = 30
_MOST_VALUES = 2000


class _TooMuch(Exception):
    """What no test can afford stands in a shape."""


def finite(models: Mapping[str, Model]) -> frozenset[str]:
    """The keys of the models that some object can have."""
    users: dict[str, list[str]] = {}
    for key, model in models.items():
        for used in references(model.shape):
            users.setdefault(used, []).append(key)
    waiting, found = list(models), set[str]()
    while waiting:
        key = waiting.pop()
        if key not in found and _is_filled(models[key].shape, found):
            found.add(key)
            waiting += [user for user in users.get(key, ()) if user not in found]
    return frozenset(found)


def is_finite(shape: Shape, known: Collection[str]) -> bool:
    """Whether a value of this shape can be made of objects whose models are known to be finite."""
    if isinstance(shape.get("$ref"), str):
        return shape["$ref"] in known
    if "anyOf" in shape:
        return any(is_finite(one, known) for one in shape["anyOf"])
    if shape.get("type") == "array":
        return not shape.get("minItems") or is_finite(shape.get("items") or {}, known)
    return _is_filled(shape, known)


def is_affordable(shape: Shape, models: Mapping[str, Model]) -> bool:
    """Whether a value with all that it may hold is small: no long list or text, and not deep."""
    try:
        return _values(shape, models, {}, ()) <= _MOST_VALUES
    except _TooMuch:
        return False


def _values(
    shape: Shape, models: Mapping[str, Model], known: dict[str, int], within: tuple[str, ...]
) -> int:
    """How many values there are in one; what leads back to itself counts once."""
    key = shape.get("$ref")
    if isinstance(key, str):
        if key not in known and key not in within:
            if len(within) >= _DEEPEST:
                raise _TooMuch
            known[key] = _values(models[key].shape, models, known, (*within, key))
        return known.get(key, 1)
    if shape.get("minLength", 0) > (LONGEST_MATCH if "pattern" in shape else LONGEST):
        raise _TooMuch
    fewest: int = shape.get("minItems", 0)
    inner = [_values(one, models, known, within) for one in _inner(shape)]
    return 1 + sum(inner) * max(fewest, 1)


def _inner(shape: Shape) -> Iterator[Shape]:
    yield from shape.get("anyOf", ())
    yield from shape.get("properties", {}).values()
    if shape.get("type") == "array":
        yield shape.get("items") or {}
    if shape.get("additionalProperties"):
        yield shape["additionalProperties"]


def _is_filled(shape: Shape, known: Collection[str]) -> bool:
    fields = shape.get("properties", {})
    return all(is_finite(fields.get(name, {}), known) for name in shape.get("required", ()))
