"""What cases stand on: a schema's places, one example that holds, and who judges other bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias

from pydantic import BaseModel, ValidationError

from redhanded.core.errors import UsageError
from redhanded.core.model_json import json_of
from redhanded.data.editing import ABSENT, value_at
from redhanded.data.factory import Factory
from redhanded.data.schema_view import Place, Schema, SchemaView, tokens

Source: TypeAlias = type[BaseModel] | Schema
Where: TypeAlias = tuple[str, ...]


class Judge(Protocol):
    """Who says where a body breaks its rules."""

    def __call__(self, body: object) -> list[Where]:
        """The places of all faults, as names from the root; a missing field is at its own place."""
        ...

    def leaves_out(self, body: object, names: Sequence[str]) -> bool:
        """Whether an object made of the body is sent without what the body has at this place."""
        ...


@dataclass(frozen=True, slots=True)
class Ground:
    """The places of a schema, an example, and the judge that accepts the example."""

    view: SchemaView
    example: Any
    judge: Judge

    @classmethod
    def of(cls, source: Source, *, example: object, strict: bool) -> Ground:
        """The ground of a model or a schema; the example is made where none is given."""
        view = SchemaView.of(source)
        judge = _judge(source, view, strict=strict)
        plain = _made(source) if example is None else _plain(example)
        if faults := judge(plain):
            where = ".".join(faults[0]) or "its root"
            raise UsageError(f"The example breaks the schema at {where}: give one that holds.")
        return cls(view, plain, judge)

    def places(self) -> Iterator[tuple[Place, Any]]:
        """The places with what the example holds there, those that it leads to."""
        for place in self.view.places():
            names = tokens(place.pointer)
            around = value_at(self.example, names[:-1])
            if not names or isinstance(around, dict) or (isinstance(around, list) and around):
                yield place, value_at(self.example, names)

    def accepts(self, body: object) -> bool:
        """Whether nothing is wrong with the body."""
        return not self.judge(body)

    def refuses(self, body: object, pointer: str) -> bool:
        """Whether something is wrong with the body, and only at this place."""
        names, faults = tokens(pointer), self.judge(body)
        return bool(faults) and all(_leads_to(fault, names) for fault in faults)

    def sends(self, body: object, pointer: str) -> bool:
        """Whether what stands at this place is sent: a None may only mean that nothing is given."""
        return not self.judge.leaves_out(body, tokens(pointer))


@dataclass(frozen=True, slots=True)
class ModelJudge:
    """A model, as it reads JSON; `strict` holds it to its types also where it is lenient."""

    model: type[BaseModel]
    strict: bool = False

    def __call__(self, body: object) -> list[Where]:
        """The places that the model complains of."""
        try:
            self.model.model_validate_json(json.dumps(body), strict=self.strict or None)
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            return [tuple(map(str, each["loc"])) for each in found]
        return []

    def leaves_out(self, body: object, names: Sequence[str]) -> bool:
        """Whether the model, once it has read the body, writes it without this place."""
        read = self.model.model_validate_json(json.dumps(body), strict=self.strict or None)
        return value_at(json_of(read), names) is ABSENT


@dataclass(frozen=True, slots=True)
class SchemaJudge:
    """A JSON Schema 2020-12, formats included."""

    validator: Any

    def __call__(self, body: object) -> list[Where]:
        """The places that the schema does not allow."""
        return [place for error in self.validator.iter_errors(body) for place in _places_of(error)]

    def leaves_out(self, body: object, names: Sequence[str]) -> bool:  # noqa: ARG002  as models
        """Never: what a schema allows is sent as it is."""
        return False


def _judge(source: Source, view: SchemaView, *, strict: bool) -> Judge:
    if isinstance(source, type):
        return ModelJudge(source, strict)
    try:
        import jsonschema_rs
    except ImportError as error:
        raise UsageError(
            "Cases of a JSON Schema need jsonschema-rs: pip install 'redhanded[openapi]'."
        ) from error
    try:
        return SchemaJudge(
            jsonschema_rs.Draft202012Validator(dict(view.root), validate_formats=True)
        )
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        first = str(error).partition("\n")[0]
        raise UsageError(f"This is no JSON Schema that can be used: {first}") from error


def _made(source: Source) -> Any:  # noqa: ANN401  any JSON value
    # The same for all workers; only its days depend on the day, as validators may ask for it.
    name = "a schema" if isinstance(source, Mapping) else source.__qualname__
    make = Factory(0, f"cases of {name}", "0" * 8, today=datetime.now(UTC).date())
    return make.schema(source) if isinstance(source, Mapping) else json_of(make(source))


def _plain(example: object) -> Any:  # noqa: ANN401  any JSON value
    return json_of(example) if isinstance(example, BaseModel) else example


def _leads_to(fault: Where, names: list[str]) -> bool:
    """Whether the names come in this order: pydantic puts the branches of unions in between."""
    rest = iter(fault)
    return all(name in rest for name in names)


def _places_of(error: Any) -> Iterator[Where]:  # noqa: ANN401  jsonschema-rs has no types for it
    at = tuple(map(str, error.instance_path))
    match error.kind.name:
        case "required":
            yield (*at, error.kind.property)
        case "additionalProperties" | "unevaluatedProperties":
            yield from ((*at, name) for name in error.kind.unexpected)
        case "anyOf" | "oneOfNotValid":
            yield from _deepest([list(_all(branch)) for branch in error.kind.context]) or [at]
        case _:
            yield at


def _all(errors: Any) -> Iterator[Where]:  # noqa: ANN401  those of one branch of a union
    for error in errors:
        yield from _places_of(error)


def _deepest(branches: list[list[Where]]) -> list[Where]:
    """The faults of the branch that was meant: the one that the value follows farthest."""
    return max(branches, key=lambda places: min(map(len, places), default=0), default=[])
