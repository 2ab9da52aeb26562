"""Boundary cases: bodies with one place at its limit, which an API must accept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from redhanded.data import lengths
from redhanded.data.asking import asked
from redhanded.data.cases import Case, Draw, Names, parameters
from redhanded.data.editing import ABSENT
from redhanded.data.ground import Ground, Source
from redhanded.data.ranges import Range, as_decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from redhanded.data.schema_view import Place, Schema

Edge: TypeAlias = tuple[str, object, Draw | None]

# Beyond 2^53 a reader that takes texts of digits for numbers loses the last one.
_DIGITS = "9007199254740993"
# Plain texts need this much room before strange ones are tried there: shorter ones are codes.
_ROOM = len(_DIGITS)


@asked
def boundaries(
    source: Source, /, *, only: Names = (), without: Names = (), example: object = None
) -> list[pytest.ParameterSet]:
    """Bodies that a model or a JSON Schema just allows, one limit each, to parametrize with.

    Each is proven: the model accepts it. A limit that its validators refuse beside the other
    values of the example, also when days move together, is left out. `only` and `without` name
    rules, fields or ids; `example` is a body that holds, where none can be made.
    """
    ground = Ground.of(source, example=example, strict=False)
    return parameters(_proven(ground), only=only, without=without)


def _proven(ground: Ground) -> Iterator[Case]:
    for place, current in ground.places():
        seen: list[object] = []
        for rule, value, draw in _edges(place, current):
            case = Case(
                rule=rule,
                pointer=place.pointer,
                value=value,
                draw=draw,
                accepts=ground.accepts,
                like=ground.example,
            )
            if (type(value), value) in seen or not case.fits(ground.example):
                continue
            if value is None and not ground.sends(case.of(ground.example), place.pointer):
                continue  # to the model it says that nothing is given, which is `absent`
            seen.append((type(value), value))
            yield case


def _edges(place: Place, current: Any) -> Iterator[Edge]:  # noqa: ANN401  any JSON value
    if not place.required:
        yield "absent", ABSENT, None
    if place.nullable and place.pointer:
        yield "null", None, None
    if "boolean" in place.types:
        yield from (("true", True, None), ("false", False, None))
    for each in place.alternatives:
        values = [each["const"]] if "const" in each else each.get("enum", ())
        yield from ((f"member: {value}", value, None) for value in values if value is not None)
    if Range.of(place, current) is not None:
        yield from _numbers(place, current)
        return
    for kind, edges in _EDGES.items():
        found = place.of(kind)
        if found is not None and not {"enum", "const"} & found.keys():
            yield from edges(found, current)


def _numbers(place: Place, current: Any) -> Iterator[Edge]:  # noqa: ANN401  any JSON value
    numbers = Range.of(place, current)
    if numbers is None or as_decimal(current) is None:
        return
    low, high = numbers.bounds.low, numbers.bounds.high
    if low is not None:
        yield "min", numbers.at(low), None
        yield "min + 1" if numbers.step_is_one else "above the min", numbers.at(low + 1), None
    if high is not None:
        yield "max - 1" if numbers.step_is_one else "below the max", numbers.at(high - 1), None
        yield "max", numbers.at(high), None
    yield "zero", numbers.at(0), None


def _texts(schema: Schema, current: Any) -> Iterator[Edge]:  # noqa: ANN401  any JSON value
    if not isinstance(current, str):
        return
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength")
    yield from _grown("shortest", schema, shortest, current)
    if longest is not None:
        yield from _grown("longest", schema, longest, current)
        wide = lengths.widened(schema, longest, current)
        if wide is not None:
            yield "longest with 4-byte characters", wide(current), wide
    if lengths.is_plain(schema, current) and (longest is None or longest >= _ROOM):
        yield "digits above 2^53", _DIGITS, None


def _grown(rule: str, schema: Schema, length: int, current: str) -> Iterator[Edge]:
    grow = lengths.grown(schema, length, current)
    if grow is not None:
        yield rule, grow(current), grow


def _lists(schema: Schema, current: Any) -> Iterator[Edge]:  # noqa: ANN401  any JSON value
    if not isinstance(current, list):
        return
    fewest, most = schema.get("minItems", 0), schema.get("maxItems")
    yield "empty list" if not fewest else "fewest items", current[:fewest], None
    if current:
        yield "one item", current[:1], lambda now: now[:1] or current[:1]
        if most is not None and most < lengths.LONGEST:
            yield "most items", lengths.filled(schema, current, most), None


def _days(schema: Schema, current: Any) -> Iterator[Edge]:  # noqa: ANN401  any JSON value
    if not isinstance(current, str):
        return
    if schema.get("format") == "date":
        yield from ((rule, day.isoformat(), None) for rule, day in _special_days())
    if schema.get("format") == "date-time":
        for rule, day in _special_days():
            yield rule, f"{day}T23:59:59Z", None
        yield (
            "hour that a change of clocks skips",
            f"{_last_sunday_of_march()}T02:30:00+01:00",
            None,
        )
        yield "last microsecond of a day", f"{_last_sunday_of_march()}T23:59:59.999999Z", None


def _special_days() -> Iterator[tuple[str, date]]:
    """Days that are more than a year away, so that a stay that began within the year ends there."""
    year = _next_year() + 1
    leap = next(each for each in range(year, year + 9) if _is_leap(each))
    yield "leap day", date(leap, 2, 29)
    yield "last day of the year", date(year, 12, 31)
    yield "first day of the year", date(year, 1, 1)


def _last_sunday_of_march() -> date:
    """When clocks change in the European Union (Directive 2000/84/EC)."""
    last = date(_next_year() + 1, 3, 31)
    return last - timedelta(days=last.isoweekday() % 7)


def _next_year() -> int:
    return datetime.now(UTC).year + 1


def _is_leap(year: int) -> bool:
    return (date(year, 2, 28) + timedelta(days=1)).month == 2


_EDGES: dict[str, Callable[[Schema, Any], Iterator[Edge]]] = {
    "string": lambda schema, current: iter([*_texts(schema, current), *_days(schema, current)]),
    "array": _lists,
}
