"""Which class stands for which object of a document, and how a shape is written as a type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redhanded.scaffold.openapi import names, texts
from redhanded.scaffold.openapi.shapes import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from redhanded.scaffold.openapi.shapes import Model, Shape

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


class Classes:
    """The classes of a document: one for each object, or two where directions tell it apart."""

    def __init__(self, models: Mapping[str, Model], reserved: Sequence[str] = ()) -> None:
        self._models = models
        self._twins = _twins(models)
        self._names: dict[str, str] = {}
        taken = names.Taken(reserved)
        for model in sorted(models.values(), key=lambda model: not model.is_component):
            self._name(model, taken)

    def _name(self, model: Model, taken: names.Taken) -> None:
        if model.key in self._names:
            return
        wish = names.camel(model.wish, "Model")
        other = _other(model)
        if other not in self._models:
            self._names[model.key] = taken.give(wish)
        elif model.place in self._twins:
            self._names[model.key] = self._names[other] = taken.give(wish)
        else:  # what is sent has no ids yet, and what comes back no passwords
            response, request = taken.give(wish), taken.give(f"{wish}Input")
            is_request = model.direction == "request"
            self._names[model.key] = request if is_request else response
            self._names[other] = response if is_request else request

    def __iter__(self) -> Iterator[tuple[str, Model]]:
        """Each class once, with the object that it stands for."""
        seen: set[str] = set()
        for key, model in self._models.items():
            name = self._names[key]
            if name not in seen:
                seen.add(name)
                yield name, model

    @property
    def models(self) -> Mapping[str, Model]:
        """All objects by their keys, those that share a class too."""
        return self._models

    def name_of(self, key: str) -> str:
        """The class that the `$ref` of a shape means."""
        return self._names[key]

    def model_of(self, shape: Shape) -> Model | None:
        """The object that a shape is nothing but a reference to."""
        return self._models.get(shape.get("$ref", ""))

    def by_key(self, key: str) -> Model:
        """The object that the `$ref` of a shape means."""
        return self._models[key]

    def field_of(self, model: Model, name: str) -> str:
        """What the class of this object calls the property of that name."""
        return fields_of(model.shape)[name]

    def annotation(self, shape: Shape) -> str:
        """The type that a value of this shape has, as Python writes it."""
        if "$ref" in shape:
            return self.name_of(shape["$ref"])
        if "anyOf" in shape:
            return _union([self.annotation(each) for each in shape["anyOf"]])
        return _literals(shape["enum"]) if "enum" in shape else self._plain(shape)

    def _plain(self, shape: Shape) -> str:
        kind = shape.get("type")
        if kind == "array":
            return f"list[{self.annotation(shape.get('items', {}))}]"
        if kind == "object":
            return f"dict[str, {self.annotation(shape.get('additionalProperties', {}))}]"
        if kind == "string" and "format" in shape:
            return {"date": "date", "date-time": "AwareDatetime"}.get(shape["format"], "UUID")
        return _SCALARS.get(str(kind), "Any")

    def used_in(self, shape: Shape) -> set[str]:
        """The classes that the type of this shape names."""
        return {self.name_of(key) for key in references(shape)}


def fields_of(shape: Shape) -> dict[str, str]:
    """The name of the field of each property; two of one name are numbered."""
    taken = names.Taken()
    return {name: taken.give(names.field(name)) for name in shape.get("properties", {})}


def _union(types: Sequence[str]) -> str:
    each = list(dict.fromkeys(types))
    if "Any" in each:
        return "Any"
    ordered = [name for name in each if name != "None"] + ["None"] * ("None" in each)
    return " | ".join(ordered)


def _literals(values: Sequence[object]) -> str:
    said = [value for value in values if value is not None]
    listed = ", ".join(
        texts.literal(value) if isinstance(value, str) else repr(value) for value in said
    )
    parts = [f"Literal[{listed}]"] if said else []
    return " | ".join([*parts, *(["None"] if len(said) < len(values) else [])])


def _other(model: Model) -> str:
    return f"{'response' if model.direction == 'request' else 'request'} {model.place}"


def _twins(models: Mapping[str, Model]) -> frozenset[str]:
    """The places whose objects are the same in both directions, those within them too."""
    places = {model.place for model in models.values() if _other(model) in models}
    bare = {key: _bare(model.shape) for key, model in models.items()}
    differ = {p for p in places if bare[f"request {p}"] != bare[f"response {p}"]}
    users: dict[str, set[str]] = {}
    for place in places:
        for key in references(models[f"request {place}"].shape):
            users.setdefault(key.partition(" ")[2], set()).add(place)
    waiting = list(differ)
    while waiting:
        for user in users.get(waiting.pop(), set()) - differ:
            differ.add(user)
            waiting.append(user)
    return frozenset(places - differ)


def _bare(shape: Any) -> Any:  # noqa: ANN401  any part of a shape
    """The shape without the direction of its references."""
    if isinstance(shape, dict):
        reference = shape.get("$ref")
        if isinstance(reference, str):
            return {"$ref": reference.partition(" ")[2]}
        return {name: _bare(value) for name, value in shape.items()}
    return [_bare(each) for each in shape] if isinstance(shape, list) else shape
