"""How Hypothesis draws the values of each place of a schema.

These are our own: hypothesis-jsonschema does not run with today's Hypothesis, and what `from_type`
draws of a model with patterns, decimals or validators is refused by it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic_core import to_jsonable_python

from redhanded.core.errors import UsageError
from redhanded.data.editing import ABSENT, value_at
from redhanded.data.laying import unit
from redhanded.data.ranges import Range, as_decimal
from redhanded.data.schema_view import Place, Schema

if TYPE_CHECKING:
    from redhanded.data.ground import Ground

Values: TypeAlias = SearchStrategy[Any]

# How often a schema is entered within itself, and how many items more than the fewest are drawn.
_TURNS = 2
_ITEMS = 5
# Days that people write; the first and the last year of the calendar are cases of their own.
_FIRST, _LAST = 1900, 2199
# What every reader of JSON keeps exact (RFC 8259, section 6).
_LARGEST = 2**53 - 1
_WORD = st.from_regex(r"[a-z][a-z0-9]{2,20}", fullmatch=True)
_FORMATS: dict[str, Values] = {
    "date": st.dates(date(_FIRST, 1, 1), date(_LAST, 12, 31)).map(date.isoformat),
    "date-time": st.datetimes(
        datetime.fromisoformat(f"{_FIRST}-01-01"),
        datetime.fromisoformat(f"{_LAST}-12-31"),
        timezones=st.just(UTC),
    ).map(datetime.isoformat),
    "time": st.times().map(lambda time: f"{time.isoformat()}Z"),
    "duration": st.integers(0, 10**6).map(lambda seconds: f"PT{seconds}S"),
    # Hosts are those kept free for examples (RFC 2606), so that nobody is written to.
    "email": _WORD.map(lambda word: f"{word}@example.com"),
    "uri": _WORD.map(lambda word: f"https://example.com/{word}"),
    "hostname": _WORD.map(lambda word: f"{word}.example.com"),
    "uuid": st.uuids(version=4).map(str),
    "ipv4": st.ip_addresses(v=4).map(str),
    "ipv6": st.ip_addresses(v=6).map(str),
}
_PLAIN_FORMATS = frozenset({"", "password", "binary"})


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws the bodies of one schema; an example shows what the schema does not tell."""

    ground: Ground
    charset: str

    def bodies(self, fixed: Mapping[str, object]) -> Values:
        """Bodies that hold, with these values or strategies for fields of the root."""
        ground = self.ground
        drawn = self._at(ground.view.place(ground.view.root), ground.example)
        chosen = {name: _as_strategy(value) for name, value in fixed.items()}

        @st.composite
        def holding(draw: DrawFn) -> Any:  # noqa: ANN401  any JSON value
            given = {name: draw(values) for name, values in chosen.items()}
            once = _with(draw(drawn), given)
            if ground.accepts(once):
                return once
            again = _with(draw(drawn), given)
            return again if ground.accepts(again) else _mended(ground, again, given)

        return holding()

    def _at(self, place: Place, current: object) -> Values:
        if any(place.refs.count(ref) > _TURNS for ref in place.refs):
            return st.nothing()
        # A decimal number may come as a number or as text; as text it keeps its places.
        if "number" in place.types and isinstance(current, str):
            return self._number(place, current)
        return st.one_of([self._of(place, each, current) for each in place.alternatives])

    def _of(self, place: Place, schema: Schema, current: object) -> Values:
        if "const" in schema or "enum" in schema:
            return st.sampled_from([schema["const"]] if "const" in schema else schema["enum"])
        one = Place(pointer=place.pointer, schema=schema, alternatives=(schema,), refs=place.refs)
        draw: dict[str, Callable[[Place, Any], Values]] = {
            "object": self._object,
            "array": self._array,
            "string": self._text,
            "integer": self._number,
            "number": self._number,
            "boolean": lambda _, __: st.booleans(),
            "null": lambda _, __: st.none(),
        }
        return draw.get(schema.get("type", ""), self._anything)(one, current)

    def _object(self, place: Place, current: object) -> Values:
        schema = place.alternatives[0]
        inner = {each.name: each for each in self.ground.view.within(place)}
        drawn = {name: self._at(each, value_at(current, [name])) for name, each in inner.items()}
        if not inner and isinstance(others := schema.get("additionalProperties"), Mapping):
            return self._entries(place, schema, others)
        return st.fixed_dictionaries(
            {name: values for name, values in drawn.items() if inner[name].required},
            optional={
                name: values
                for name, values in drawn.items()
                if not inner[name].required and not values.is_empty
            },
        )

    def _entries(self, place: Place, schema: Schema, others: Schema) -> Values:
        view, fewest = self.ground.view, schema.get("minProperties", 0)
        names = view.place(unit(schema.get("propertyNames", {"type": "string"})))
        values = self._at(view.place(others, at=f"{place.pointer}/*", refs=place.refs), ABSENT)
        most = min(schema.get("maxProperties", fewest + _ITEMS), fewest + _ITEMS)
        return st.dictionaries(self._at(names, ABSENT), values, min_size=fewest, max_size=most)

    def _array(self, place: Place, current: object) -> Values:
        schema = place.alternatives[0]
        fewest = schema.get("minItems", 0)
        most = min(schema.get("maxItems", fewest + _ITEMS), fewest + _ITEMS)
        inner = list(self.ground.view.within(place))
        items = self._at(inner[0], value_at(current, ["0"])) if inner else self._anything(place)
        if items.is_empty:
            return st.just([])
        return st.lists(
            items,
            min_size=fewest,
            max_size=most,
            unique_by=json.dumps if schema.get("uniqueItems") else None,
        )

    def _text(self, place: Place, current: object) -> Values:
        schema = place.alternatives[0]
        shortest, longest = schema.get("minLength", 0), schema.get("maxLength")
        form = schema.get("format", "") or _look(current)
        if form in _FORMATS:
            return _FORMATS[form]
        signs = st.characters(codec=self.charset, exclude_categories=("Cc", "Cn", "Cs"))
        if "pattern" in schema:
            return _matching(schema["pattern"], signs, current)
        if form not in _PLAIN_FORMATS and isinstance(current, str):
            return st.just(current)
        return st.text(signs, min_size=shortest, max_size=longest)

    def _number(self, place: Place, current: object) -> Values:
        number = current if as_decimal(current) is not None else 0
        numbers = cast("Range", Range.of(place, number))
        low, high = numbers.bounds.low, numbers.bounds.high
        if not (numbers.whole or numbers.text or "multipleOf" in place.alternatives[0]):
            return _floats(place.alternatives[0])
        return st.integers(
            -_LARGEST if low is None else low, _LARGEST if high is None else high
        ).map(numbers.at)

    def _anything(self, *_: object) -> Values:
        return st.none() | st.booleans() | st.integers(-_LARGEST, _LARGEST) | st.text(max_size=20)


def _with(body: Any, given: Mapping[str, Any]) -> Any:  # noqa: ANN401  any JSON value
    return {**body, **given} if given else body


def _mended(ground: Ground, body: Any, given: Mapping[str, Any]) -> Any:  # noqa: ANN401  any JSON value
    """The example, with as much of the body as holds together; what was given stays."""
    held = _with(ground.example, given)
    if not ground.accepts(held):
        raise UsageError(f"strategy() was given {', '.join(given)} as no valid object has it.")
    for name, value in body.items() if isinstance(body, dict) else ():
        other = {**held, name: value}
        held = other if ground.accepts(other) else held
    return held


def _as_strategy(value: object) -> Values:
    drawn = value if isinstance(value, SearchStrategy) else st.just(value)
    return drawn.map(lambda each: to_jsonable_python(each, by_alias=True))


def _look(current: object) -> str:
    """The format that an example shows where its schema tells none."""
    text = current if isinstance(current, str) else ""
    return "email" if "@" in text else "uri" if "://" in text else ""


def _matching(pattern: str, signs: SearchStrategy[str], current: object) -> Values:
    # In Python `$` also matches in front of a line's end, and in other dialects it does not.
    ending = re.sub(r"(?<!\\)\$$", r"\\Z", pattern)
    try:
        return st.from_regex(re.compile(ending), alphabet=signs)
    except re.error:
        return st.just(current)


def _floats(schema: Schema) -> Values:
    low = schema.get("exclusiveMinimum", schema.get("minimum"))
    high = schema.get("exclusiveMaximum", schema.get("maximum"))
    return st.floats(
        low,
        high,
        exclude_min="exclusiveMinimum" in schema,
        exclude_max="exclusiveMaximum" in schema,
        allow_nan=False,
        allow_infinity=False,
    )
