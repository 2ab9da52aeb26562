"""Negative cases: bodies that break one rule of their schema, so that an API must refuse them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from redhanded.data import lengths
from redhanded.data.asking import asked
from redhanded.data.cases import Case, Draw, Names, parameters
from redhanded.data.editing import ABSENT, put
from redhanded.data.ground import Ground, Source
from redhanded.data.ranges import Range, as_decimal
from redhanded.data.schema_view import Place, Schema, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

Breach: TypeAlias = tuple[str, object, Draw | None]

_KINDS: dict[str, tuple[str, object]] = {
    "string": ("text", "text"),
    "integer": ("a number", 7),
    "boolean": ("a boolean", True),
    "array": ("a list", []),
    "object": ("an object", {}),
}
_SCALARS = ("string", "integer", "boolean")
# What a list or an object is replaced by; a scalar by the other scalars and a list.
_INSTEAD = {"array": ("string", "object"), "object": ("string", "array")}


@asked
def negatives(
    source: Source,
    /,
    *,
    only: Names = (),
    without: Names = (),
    strict: bool = False,
    example: object = None,
) -> list[pytest.ParameterSet]:
    """Bodies that break exactly one rule each of a model or a JSON Schema, to parametrize with.

    Each is proven: the model refuses it at that place, and nowhere else. What a lenient model reads
    (`"7"` for 7) is no case, unless `strict`. `only` and `without` name rules, fields or ids.
    `example` is a body that holds, where none can be made.
    """
    ground = Ground.of(source, example=example, strict=strict)
    return parameters(_proven(ground), only=only, without=without)


def _proven(ground: Ground) -> Iterator[Case]:
    for place, current in ground.places():
        for rule, value, draw in _breaches(place, current):
            changed = put(ground.example, tokens(place.pointer), value, like=ground.example)
            if ground.refuses(changed, place.pointer):
                yield Case(
                    rule=rule, pointer=place.pointer, value=value, draw=draw, like=ground.example
                )
        yield from _undeclared(ground, place, current)


def _undeclared(ground: Ground, place: Place, current: object) -> Iterator[Case]:
    pointer = f"{place.pointer}/unknownField"
    if isinstance(current, dict) and "unknownField" not in current:
        body = put(ground.example, tokens(pointer), "x", like=ground.example)
        if ground.refuses(body, pointer):
            yield Case(rule="unknown field", pointer=pointer, value="x", like=ground.example)


def _breaches(place: Place, current: Any) -> Iterator[Breach]:  # noqa: ANN401  any JSON value
    if place.pointer and place.required and not place.pointer.endswith("/0"):
        yield "missing required", ABSENT, None
    if "" in place.types:
        return
    if not place.nullable:
        yield "null", None, None
    yield from _wrong_types(place, current)
    for kind, breaches in _BREACHES.items():
        found = place.of(kind)
        if found is not None and _is(kind, current):
            yield from breaches(found, current)
    yield from _wrong_numbers(place, current)


def _wrong_types(place: Place, current: object) -> Iterator[Breach]:
    kinds = [each.get("type", "") for each in place.alternatives]
    expected = next((kind for kind in kinds if kind in _INSTEAD), "")
    instead = _INSTEAD.get(expected, (*_SCALARS, "array"))
    allowed = place.types | ({"integer"} if "number" in place.types else set())
    noun = _noun(place)
    for kind in instead:
        word, value = _KINDS[kind]
        if kind not in allowed:
            yield f"wrong type: {word} for {noun}", value, None
    if {"integer", "number"} & place.types and isinstance(current, int | float):
        yield "wrong type: a number as text", str(current), None
    if "boolean" in place.types:
        yield "wrong type: a boolean as text", "true", None
    if "integer" in place.types and isinstance(current, int):
        yield "wrong type: a fraction for a whole number", current + 0.5, None


def _noun(place: Place) -> str:
    kinds = [each["type"].replace("number", "integer") for each in place.alternatives]
    return _KINDS[next(kind for kind in [*kinds, "string"] if kind != "null")][0]


def _texts(schema: Schema, current: Any) -> Iterator[Breach]:  # noqa: ANN401  a text
    yield from _of_a_few(schema, current)
    if "enum" in schema or "const" in schema:
        return
    for rule, length in (
        ("too short", schema.get("minLength", 0) - 1),
        ("too long", schema.get("maxLength", lengths.LONGEST) + 1),
    ):
        grow = lengths.grown(schema, length, current) if length >= 0 else None
        if grow is not None:
            yield rule, grow(current), grow
    if "pattern" in schema and (text := lengths.unlike(schema, current)) is not None:
        yield "pattern", text, None
    for rule, text in lengths.wrong(schema):
        yield rule, text, None


def _of_a_few(schema: Schema, current: Any) -> Iterator[Breach]:  # noqa: ANN401  text or number
    values = [schema["const"]] if "const" in schema else schema.get("enum", ())
    if not values:
        return
    other = f"{current}-other" if isinstance(current, str) else max(values) + 1
    yield "not in the enumeration", other, None
    if isinstance(current, str) and current.swapcase() not in values:
        yield "not in the enumeration: other case", current.swapcase(), None


def _wrong_numbers(place: Place, current: Any) -> Iterator[Breach]:  # noqa: ANN401  any JSON value
    numbers = Range.of(place, current)
    if numbers is None or as_decimal(current) is None:
        return
    low, high = numbers.bounds.low, numbers.bounds.high
    if low is not None:
        rule = "min - 1" if numbers.step_is_one else "below the min"
        yield rule, numbers.at(low - 1), None
    if high is not None:
        rule = "max + 1" if numbers.step_is_one else "above the max"
        yield rule, numbers.at(high + 1), None
    found = place.of("integer") or place.of("number") or {}
    between = numbers.between(low or 0)
    if "multipleOf" in found and between is not None:
        yield "not a multiple", between, None
    if numbers.text and "." in current:
        yield "too many decimal places", f"{current}1", None
    if {"enum", "const"} & found.keys():
        yield from _of_a_few(found, current)


def _lists(schema: Schema, current: Any) -> Iterator[Breach]:  # noqa: ANN401  a list
    fewest, most = schema.get("minItems", 0), schema.get("maxItems")
    if fewest:
        rule = "empty list" if fewest == 1 else "too few items"
        yield rule, current[: fewest - 1], lambda now: now[: fewest - 1]
    if current and most is not None and most < lengths.LONGEST:
        yield "too many items", lengths.filled(schema, current, most + 1), None
    if current and schema.get("uniqueItems"):
        yield "repeated item", [*current[:1], *current], lambda now: [*now[:1], *now]


def _is(kind: str, current: object) -> bool:
    return isinstance(current, {"string": str, "array": list}[kind])


_BREACHES: dict[str, Callable[[Schema, Any], Iterator[Breach]]] = {
    "string": _texts,
    "array": _lists,
}
