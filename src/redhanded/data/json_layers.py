"""What a schema says of one value, layer by layer: itself, what it refers to, its choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from redhanded.data.laying import laid, unit

if TYPE_CHECKING:
    from redhanded.data.schema_view import Schema, SchemaView

Trail: TypeAlias = tuple[str, ...]

NAME: Final = "x-name"
"""The keyword that says what a document calls a schema."""

_TURNS = 2  # how often one reference may lead into itself
_UNIONS = ("oneOf", "anyOf")


class Undrawable(Exception):
    """No value can be drawn here: the place in the value, the keyword, and why."""

    def __init__(self, at: str, keyword: str, why: str) -> None:
        super().__init__(f"{at}: `{keyword}` {why}")
        self.at = at
        self.keyword = keyword


@dataclass(slots=True)
class Layers:
    """The keywords laid together, and the choices: lists of schemas of which one must hold."""

    flat: dict[str, Any] = field(default_factory=dict)
    choices: list[list[Schema]] = field(default_factory=list)
    trail: Trail = ()

    @classmethod
    def of(cls, view: SchemaView, schema: object, trail: Trail, at: str) -> Layers:
        """The layers of a schema that these references led to."""
        found = cls(trail=trail)
        flats = list(found._walked(view, unit(schema), at, ""))
        found.flat = reduce(laid, flats, found.flat)
        return found

    def _walked(self, view: SchemaView, schema: Schema, at: str, name: str) -> Iterator[Schema]:
        own = dict(schema)
        name = name or own.pop(NAME, "")
        ref, parts = own.pop("$ref", None), own.pop("allOf", ())
        self._choose(view, own)
        yield _named(own, name)
        for part in parts:
            yield from self._walked(view, unit(part), at, name)
        if ref is not None:
            if self.trail.count(ref) >= _TURNS:
                raise Undrawable(at, "$ref", "leads into itself without an end")
            self.trail = (*self.trail, ref)
            yield from self._walked(view, unit(view.resolved(ref)), at, name)

    def _choose(self, view: SchemaView, own: dict[str, Any]) -> None:
        """Take the choices out of a layer."""
        told = own.get("discriminator") if any(key in own for key in _UNIONS) else None
        for key in _UNIONS:
            branches = own.pop(key, None)
            if branches:
                named = [_told(view, branch, told) for branch in branches]
                self.choices.append(_apart(named) if key == "oneOf" else named)
        if told is not None:
            del own["discriminator"]
        if "if" in own:
            condition, then = own.pop("if"), own.pop("then", True)
            self.choices.append([{"allOf": [condition, then]}, unit(own.pop("else", True))])


def _named(own: dict[str, Any], name: str) -> Schema:
    """A layer whose discriminator has the value that stands for the schema of this name."""
    told = own.pop("discriminator", None)
    if not isinstance(told, Mapping) or not name:
        return own
    return laid(own, _saying(told, name))


def _told(view: SchemaView, branch: object, told: Any) -> Schema:  # noqa: ANN401  as the document has it
    """A branch with the value that says that it is this one."""
    schema = unit(branch)
    ref = schema.get("$ref")
    if not isinstance(told, Mapping) or ref is None:
        return schema
    name = unit(view.resolved(ref)).get(NAME, ref.rpartition("/")[2])
    return {"allOf": [schema, _saying(told, name)]}


def _saying(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    mapping = told.get("mapping")
    pairs = mapping.items() if isinstance(mapping, Mapping) else ()
    values = [value for value, schema in pairs if str(schema).rpartition("/")[2] == name]
    said = {"x-says": values[0] if values else name}
    return {"properties": {told.get("propertyName", "type"): said}}


def _apart(branches: list[Schema]) -> list[Schema]:
    """The branches of which exactly one may hold: each without what only another one asks for."""
    needs = [{*branch.get("required", ())} for branch in branches]
    return [
        {"allOf": [branch, {"properties": dict.fromkeys(sorted(others), False)}]}
        if (others := {*()}.union(*needs[:at], *needs[at + 1 :]) - needs[at] - {*_declared(branch)})
        else branch
        for at, branch in enumerate(branches)
    ]


def _declared(branch: Schema) -> Mapping[str, Any]:
    found: Mapping[str, Any] = branch.get("properties", {})
    return found
