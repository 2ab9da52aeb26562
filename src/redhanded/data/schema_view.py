"""What a JSON Schema says of each place of a value: one view for models and for documents.

The schema is JSON Schema 2020-12 whose references lead into itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

from pydantic import BaseModel

from redhanded.core.errors import UsageError
from redhanded.data.json_kinds import spoken_of
from redhanded.data.laying import laid, unit

Schema: TypeAlias = Mapping[str, Any]

# How often one reference may lead to a place: a tree has children, and no grandchildren.
_TURNS = 2
# Unions inside of unions; one that holds itself has no end.
_DEPTH = 8
_UNIONS = ("anyOf", "oneOf")
_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place of a value and what may stand there.

    `pointer` is its JSON pointer (RFC 6901), with 0 for any item of a list. `alternatives` are the
    schemas of which one must hold: references and `allOf` are laid together in each, and each has
    one `type`, or none where any is allowed. `refs` are the references that lead here.
    """

    pointer: str
    schema: Schema
    alternatives: tuple[Schema, ...]
    required: bool = True
    refs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the place is called within the one around it."""
        return tokens(self.pointer)[-1]

    @property
    def names(self) -> list[str]:
        """The names that are declared within this place."""
        return list((self.of("object") or {}).get("properties", {}))

    @property
    def nullable(self) -> bool:
        """Whether null may stand here."""
        return bool({"null", ""} & self.types)

    @property
    def types(self) -> frozenset[str]:
        """The JSON types that may stand here; one without a name is any of them."""
        return frozenset(each.get("type", "") for each in self.alternatives)

    def of(self, kind: str) -> Schema | None:
        """The only alternative of this type; None where there is none, or a choice of them."""
        found = [each for each in self.alternatives if each.get("type") == kind]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class SchemaView:
    """A schema as it is read from its root."""

    root: Schema

    @classmethod
    def of(cls, source: type[BaseModel] | Schema) -> SchemaView:
        """The view of a model, as a server validates it (by alias), or of a JSON Schema."""
        if isinstance(source, type) and issubclass(source, BaseModel):
            return cls(_schema_of(source))
        if isinstance(source, Mapping):
            return cls(source)
        raise UsageError(f"{source!r} is neither a Pydantic model nor a JSON Schema as a mapping.")

    def places(self) -> Iterator[Place]:
        """All places, each before those within it, in the order in which they are declared.

        A place that is a choice of several objects is not entered, nor what its names are free of.
        """
        yield from self._within(self.place(self.root))

    def place(
        self, schema: Schema, *, at: str = "", required: bool = True, refs: tuple[str, ...] = ()
    ) -> Place:
        """The place at this pointer, of which this schema speaks."""
        passed = (*refs, *self._refs(schema))
        alternatives = tuple(self.alternatives(schema))
        return Place(
            pointer=at, schema=schema, alternatives=alternatives, required=required, refs=passed
        )

    def alternatives(self, schema: Schema, *, depth: int = _DEPTH) -> Iterator[Schema]:
        """The schemas of which one must hold, without unions, references and lists of types."""
        flat = self.flat(schema)
        unions = [flat.pop(name) for name in _UNIONS if name in flat]
        if not any(unions) or not depth:
            yield from _by_type(flat)
            return
        for chosen in itertools.product(*unions):
            yield from self.alternatives({"allOf": [flat, *chosen]}, depth=depth - 1)

    def flat(self, schema: Any) -> dict[str, Any]:  # noqa: ANN401  a schema may be a boolean
        """The schema with its reference and its `allOf` laid together."""
        return self._flat(schema, ())

    def within(self, place: Place) -> Iterator[Place]:
        """The places directly within this one."""
        if (inner := place.of("object")) is not None:
            needed = inner.get("required", ())
            for name, schema in inner.get("properties", {}).items():
                at = f"{place.pointer}/{escaped(name)}"
                yield self.place(unit(schema), at=at, required=name in needed, refs=place.refs)
        if (inner := place.of("array")) is not None and (items := _first_item(inner)) is not None:
            yield self.place(unit(items), at=f"{place.pointer}/0", refs=place.refs)

    def _within(self, place: Place) -> Iterator[Place]:
        yield place
        for inner in self.within(place):
            if all(inner.refs.count(ref) <= _TURNS for ref in inner.refs):
                yield from self._within(inner)

    def _flat(self, schema: object, passed: tuple[str, ...]) -> dict[str, Any]:
        own = dict(unit(schema))
        parts = [self._flat(part, passed) for part in own.pop("allOf", ())]
        if (ref := own.pop("$ref", None)) is not None:
            if ref in passed:
                raise UsageError(f"The schema's {ref} refers to itself and to nothing else.")
            parts.append(self._flat(self.resolved(ref), (*passed, ref)))
        return reduce(laid, parts, own)

    def resolved(self, ref: str) -> Any:  # noqa: ANN401  whatever stands there
        """What this reference of the schema leads to."""
        try:
            return reduce(_stepped, tokens(ref.removeprefix("#")), self.root)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise UsageError(f"The schema refers to {ref}, and nothing stands there.") from error

    def _refs(self, schema: Schema) -> Iterator[str]:
        flats: list[Any] = [schema]
        seen: set[str] = set()
        while flats:
            each = unit(flats.pop())
            flats += [part for name in ("allOf", *_UNIONS) for part in each.get(name, ())]
            if (ref := each.get("$ref")) is not None and ref not in seen:
                seen.add(ref)
                yield ref
                flats.append(self.resolved(ref))


def tokens(pointer: str) -> list[str]:
    """The names on the way of a JSON pointer (RFC 6901, section 4)."""
    return [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]


def escaped(name: str) -> str:
    """A name as it stands in a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def type_of(value: object) -> str:
    """The JSON type of a value; a number without a fraction is an integer as JSON Schema says."""
    if isinstance(value, float) and value.is_integer():
        return "integer"
    return _NAMES.get(type(value), "")


def _by_type(schema: dict[str, Any]) -> Iterator[Schema]:
    declared = schema.get("type")
    named = [declared] if isinstance(declared, str) else declared or _meant(schema)
    for kind in named:
        one = {**schema, "type": kind} if kind else schema
        if kind and "enum" in schema:
            one["enum"] = [value for value in schema["enum"] if _is(kind, value)]
        if one.get("enum") != []:
            yield one


def _is(kind: str, value: object) -> bool:
    return type_of(value) == kind or (kind == "number" and type_of(value) == "integer")


def _meant(schema: Schema) -> list[str]:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is not None:
        return sorted({type_of(value) for value in values})
    return spoken_of(schema) or [""]


def _first_item(array: Schema) -> Any:  # noqa: ANN401  a schema may be a boolean
    first = array.get("prefixItems")
    return first[0] if first else array.get("items")


def _stepped(value: Any, name: str) -> Any:  # noqa: ANN401  any part of a schema
    return value[int(name)] if isinstance(value, list) else value[name]


def _schema_of(model: type[BaseModel]) -> Schema:
    try:
        return model.model_json_schema(mode="validation", by_alias=True)
    except RecursionError:
        raise UsageError(
            f"{model.__qualname__} holds models in models, deeper than Python can follow: ask for"
            " one of those within it."
        ) from None
