"""JSON values that a schema takes, drawn place by place."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from redhanded.data import numbers
from redhanded.data.json_kinds import LIMITS, is_of, kinds_of
from redhanded.data.json_layers import Layers, Undrawable
from redhanded.data.json_pairs import put_in_order
from redhanded.data.json_texts import JsonTexts
from redhanded.data.laying import unit
from redhanded.data.lengths import LONGEST, LONGEST_MATCH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from random import Random

    from redhanded.data.json_layers import Trail
    from redhanded.data.schema_view import Schema, SchemaView
    from redhanded.data.values import Values

# Objects within objects, below which only what is required is drawn; and values of one body.
_DEEP = 6
_MOST_VALUES = 3000
_TRIES = 30
_NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


class Spot(NamedTuple):
    """Where a value stands: its name, its path, the references that led there, and how deep."""

    name: str = ""
    at: str = "$"
    trail: Trail = ()
    depth: int = 0

    def field(self, name: str) -> Spot:
        """The spot of a field."""
        return Spot(name, f"{self.at}.{name}", self.trail, self.depth + 1)

    def item(self, index: int) -> Spot:
        """The spot of an item, which is called as its list is."""
        return Spot(self.name, f"{self.at}[{index}]", self.trail, self.depth + 1)


class JsonValues:
    """Draws one value of a schema; `share` is how many of the optional fields it has, 0 to 1."""

    def __init__(
        self, view: SchemaView, values: Values, rng: Random, *, share: float = 1.0
    ) -> None:
        self._view = view
        self._rng = rng
        self._texts = JsonTexts(values, rng)
        self._share = share
        self._drawn = 0

    def draw(self, given: Mapping[str, object]) -> Any:  # noqa: ANN401  any JSON value
        """A value of the root, with what is given; raises Undrawable."""
        return self._value(self._view.root, Spot(), given)

    def _value(self, schema: object, spot: Spot, given: Mapping[str, object] = _NOTHING) -> Any:  # noqa: ANN401
        self._drawn += 1
        if self._drawn > _MOST_VALUES:
            why = f"or a reference leads to more than {_MOST_VALUES} values"
            raise Undrawable(spot.at, "minItems", why)
        layers = Layers.of(self._view, schema, spot.trail, spot.at)
        spot = spot._replace(trail=layers.trail)
        if not layers.choices:
            return self._plain(layers.flat, spot, given)
        first, *others = layers.choices
        rest = [{"anyOf": branches} for branches in others]
        failed: Undrawable | None = None
        for branch in self._shuffled(first):
            try:
                return self._value({"allOf": [layers.flat, *rest, branch]}, spot, given)
            except Undrawable as error:
                failed = failed or error
        raise failed or Undrawable(spot.at, "anyOf", "has no branch")

    def _shuffled(self, branches: list[Schema]) -> list[Schema]:
        """The branches in the order in which they are tried; null is the last."""
        mixed = self._rng.sample(branches, len(branches))
        return sorted(mixed, key=lambda branch: branch.get("type") == "null")

    def _plain(self, flat: Schema, spot: Spot, given: Mapping[str, object]) -> Any:  # noqa: ANN401
        if flat.get("not") == {}:
            raise Undrawable(spot.at, "false", "lets no value pass")
        kinds = kinds_of(flat)
        if not kinds:
            raise Undrawable(spot.at, "type", "lets no value pass")
        if "enum" in flat or "const" in flat:
            return self._chosen(flat, kinds, spot)
        if "x-says" in flat and "string" in kinds:
            return flat["x-says"]
        return self._of(self._kind(kinds), flat, spot, given)

    def _kind(self, kinds: list[str]) -> str:
        real = [kind for kind in kinds if kind != "null"]
        return self._rng.choice(real) if len(real) > 1 else (real or kinds)[0]

    def _chosen(self, flat: Schema, kinds: list[str], spot: Spot) -> Any:  # noqa: ANN401
        listed = [flat["const"]] if "const" in flat else flat["enum"]
        fitting = [value for value in listed if is_of(value, kinds)]
        if "x-says" in flat and flat["x-says"] in fitting:
            return flat["x-says"]
        real = [value for value in fitting if value is not None] or fitting
        if not real:
            raise Undrawable(spot.at, "enum", "has no value of its type")
        return self._rng.choice(real)

    def _of(self, kind: str, flat: Schema, spot: Spot, given: Mapping[str, object]) -> Any:  # noqa: ANN401
        match kind:
            case "object":
                return self._object(flat, spot, given)
            case "array":
                return self._array(flat, spot)
            case "boolean":
                return bool(self._rng.getrandbits(1))
            case "null":
                return None
            case "string":
                return self._text(flat, spot)
        return self._number(kind, flat, spot)

    def _number(self, kind: str, flat: Schema, spot: Spot) -> float:
        limits = {ours: flat[word] for word, ours in LIMITS.items() if word in flat}
        try:
            if kind == "integer":
                return numbers.whole(self._rng, limits)
            return float(numbers.amount(self._rng, limits))
        except (ValueError, ArithmeticError) as error:
            keyword = next((word for word in LIMITS if word in flat), "type")
            raise Undrawable(spot.at, keyword, "leaves no number") from error

    def _text(self, flat: Schema, spot: Spot) -> str:
        longest = LONGEST_MATCH if "pattern" in flat else LONGEST
        if flat.get("minLength", 0) > longest:
            raise Undrawable(spot.at, "minLength", f"asks for more than {longest} characters")
        try:
            return self._texts.draw(flat, spot.name)
        except ValueError as error:
            shown = [*_shown(flat)]
            if shown:
                return self._rng.choice(shown)
            keyword = str(error) if str(error) in flat else "format"
            why = f"({flat.get(keyword)}) is met by no text"
            raise Undrawable(spot.at, keyword, why) from error

    def _array(self, flat: Schema, spot: Spot) -> list[Any]:
        fewest, most = int(flat.get("minItems", 0)), flat.get("maxItems")
        if max(fewest, flat.get("minContains", 0)) > _MOST_VALUES:
            raise Undrawable(spot.at, "minItems", f"asks for more than {_MOST_VALUES} values")
        made: list[Any] = []
        try:
            for item in self._items(flat, fewest):
                made.append(self._item(item, made, spot, is_set=bool(flat.get("uniqueItems"))))
        except Undrawable:
            if len(made) < fewest or "contains" in flat:
                raise
        return made if most is None else made[: int(most)]

    def _items(self, flat: Schema, fewest: int) -> Iterator[object]:
        """The schemas of the items to draw, one where none is asked for."""
        tuples, others = flat.get("prefixItems", []), flat.get("items", True)
        yield from tuples
        wanted = max(fewest, 1 if self._share and not tuples else 0) - len(tuples)
        if "contains" in flat:
            asked = int(flat.get("minContains", 1))
            yield from [{"allOf": [flat["contains"], others]}] * asked
            wanted -= asked
        if others is not False:
            yield from [others] * wanted

    def _item(self, schema: object, made: list[Any], spot: Spot, *, is_set: bool) -> Any:  # noqa: ANN401
        taken = {*map(_key, made)} if is_set else frozenset()
        for _ in range(_TRIES):
            item = self._value(schema, spot.item(len(made)))
            if not is_set or _key(item) not in taken:
                return item
        raise Undrawable(spot.at, "uniqueItems", "asks for more values than there are")

    def _object(self, flat: Schema, spot: Spot, given: Mapping[str, object]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        needed = {*flat.get("required", ()), *given}
        for name, schema in self._wanted(flat, needed, spot).items():
            try:
                made[name] = self._field(schema, spot.field(name), given.get(name, _NOTHING))
            except Undrawable:
                if name in needed:
                    raise
        self._fill(made, flat, spot)
        put_in_order(made, {*given, *_settled(flat)}, self._rng)
        return _cut(made, flat, needed)

    def _field(self, schema: object, spot: Spot, given: object) -> Any:  # noqa: ANN401
        """The value of a field: what is given, what is given in part, or a new one."""
        if given is _NOTHING:
            return self._value(schema, spot)
        if not isinstance(given, Mapping):
            return given
        layers = Layers.of(self._view, schema, spot.trail, spot.at)
        is_object = bool(layers.choices) or "object" in kinds_of(layers.flat)
        return self._value(schema, spot, given) if is_object else given

    def _wanted(self, flat: Schema, needed: Collection[str], spot: Spot) -> dict[str, object]:
        """The schemas of the fields to draw, in the order of their declaration."""
        declared: Mapping[str, object] = flat.get("properties", {})
        share = self._share if spot.depth < _DEEP else 0
        wanted = {*needed}
        for name, schema in declared.items():
            is_ours = schema is not False and unit(schema).get("readOnly") is not True
            if is_ours and (share == 1 or self._rng.random() < share):
                wanted.add(name)
        with_others: Mapping[str, list[str]] = flat.get("dependentRequired", {})
        wanted.update(*(with_others[name] for name in sorted(wanted & with_others.keys())))
        undeclared = sorted(wanted - declared.keys())
        return {name: schema for name, schema in declared.items() if name in wanted} | {
            name: _beyond(flat, name) for name in undeclared
        }

    def _fill(self, made: dict[str, Any], flat: Schema, spot: Spot) -> None:
        """Add entries that are not declared, where they are what the object is for."""
        others, patterns = flat.get("additionalProperties"), flat.get("patternProperties", {})
        is_map = not flat.get("properties") and (patterns or isinstance(others, Mapping))
        fewest = int(flat.get("minProperties", 1 if is_map and self._share else 0))
        for _ in range(_TRIES):
            if len(made) >= fewest:
                return
            name = self._new_name(flat, made, spot)
            made[name] = self._value(_beyond(flat, name), spot.field(name))

    def _new_name(self, flat: Schema, made: Mapping[str, Any], spot: Spot) -> str:
        patterns = [*flat.get("patternProperties", {})]
        names = dict(unit(flat.get("propertyNames", {})))
        if patterns and flat.get("additionalProperties") is False:
            names["pattern"] = self._rng.choice(patterns)
        if names:
            return str(self._value({"type": "string", **names}, spot.field("key")))
        return f"key{len(made) + 1}"


def _settled(flat: Schema) -> Iterator[str]:
    """The fields whose values the schema itself lists."""
    for name, schema in flat.get("properties", {}).items():
        if unit(schema).keys() & {"const", "enum"}:
            yield name


def _shown(flat: Schema) -> Iterator[str]:
    """The texts that the document itself shows."""
    examples = flat.get("examples")
    listed = examples if isinstance(examples, list) else []
    for shown in [*listed, flat.get("example"), flat.get("default")]:
        if isinstance(shown, str):
            yield shown


def _beyond(flat: Schema, name: str) -> object:
    """The schema of a field that is not declared."""
    for pattern, schema in flat.get("patternProperties", {}).items():
        try:
            if re.search(pattern, name):
                return schema
        except re.error:
            continue
    return flat.get("additionalProperties", True)


def _cut(made: dict[str, Any], flat: Schema, needed: Collection[str]) -> dict[str, Any]:
    """The object without the last of what it need not have, where it has too much."""
    most = flat.get("maxProperties")
    for name in [*made][::-1]:
        if most is not None and len(made) > most and name not in needed:
            del made[name]
    return made


def _key(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)
