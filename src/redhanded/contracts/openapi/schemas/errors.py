"""Errors of the library: what it found wrong with a value, as faults in words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.openapi.nodes import Node
from redhanded.contracts.openapi.schemas import words
from redhanded.contracts.openapi.schemas.fault import Fault
from redhanded.contracts.openapi.schemas.trail import Trail, trail

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from jsonschema_rs import ValidationError

    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.core.jsonpath import Place

_UNDECIDED: Final = frozenset({"BacktrackLimitExceeded", "RegexEngineFailure"})
_DECIDED_ELSEWHERE: Final = frozenset({"AnyOf", "OneOfMultipleValid", "OneOfNotValid"})
_FOLLOWING: Final = "unevaluatedProperties"
_SAID_BY_NAME: Final = ("additionalProperties", "unevaluatedProperties")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the errors of one validation."""

    catalogue: Catalogue
    value: object
    see: Callable[[object], str]
    schemas: dict[tuple[Place, str], Node] = field(default_factory=dict)

    def faults(self, errors: Iterable[ValidationError]) -> list[Fault]:
        """The faults that the errors stand for."""
        found = [fault for error in errors for fault in self._faults(error)]
        wrong = {
            fault.place[:length]
            for fault in found
            if fault.rule != _FOLLOWING
            for length in range(len(fault.place))
        }
        return [fault for fault in found if not (wrong and self._follows(fault, wrong))]

    def _follows(self, fault: Fault, wrong: Container[Place]) -> bool:
        """Whether a property is only held for undeclared since something beside it is wrong.

        A schema that fails tells nothing of what it knows (2020-12, core, section 7.7.1.2).
        """
        if fault.rule != _FOLLOWING or fault.place[:-1] not in wrong:
            return False
        schema = self.schemas[fault.place, fault.source]
        return any(
            fault.place[-1] in part.value.get("properties", ()) or "patternProperties" in part.value
            for part in self.catalogue.declared.parts(schema, unions=True)
        )

    def _faults(self, error: ValidationError) -> list[Fault]:
        kind = type(error.kind).__name__
        if kind in _UNDECIDED | _DECIDED_ELSEWHERE:
            return []
        found = trail(self.catalogue, error.schema_path)
        return self._simple(kind, error, tuple(error.instance_path), found)

    def _simple(self, kind: str, error: ValidationError, place: Place, found: Trail) -> list[Fault]:
        detail = error.kind.as_dict()
        if kind == "Required":
            return [self._missing(place, found, detail["property"])]
        if kind == "FalseSchema":
            return self._refused(place, found, error.instance)
        if kind == "PropertyNames":
            return self._names(detail["error"], place, self._fault(place, found, error.instance))
        if found.rule in _SAID_BY_NAME and isinstance(error.instance, dict):
            names = detail.get("unexpected", ())
            return [self._unexpected(place, found, name) for name in names]
        return [self._fault(place, found, error.instance)]

    def _fault(self, place: Place, found: Trail, instance: object) -> Fault:
        wanted = words.wanted(found.rule, found.limit, self.see)
        if found.rule == "type" and isinstance(found.schema.value, dict):
            wanted = words.any_of([wanted, *self._null(found.schema.value)])
        return Fault(place, found.rule, self.see(instance), wanted, self._source(found))

    def _null(self, schema: dict[str, Any]) -> list[str]:
        return ["null"] if schema.get("nullable") is True else []

    def _missing(self, place: Place, found: Trail, name: str) -> Fault:
        wanted = words.wanted(found.rule, None, self.see)
        rule = found.rule if found.rule == "dependentRequired" else "required"
        return Fault((*place, name), rule, "missing", wanted, self._source(found))

    def _refused(self, place: Place, found: Trail, instance: object) -> list[Fault]:
        here = value_at(self.value, place)
        if found.rule in _SAID_BY_NAME and isinstance(here, dict):
            return [self._unexpected(place, found, name) for name in here]
        fault = self._fault(place, found, instance)
        if found.rule not in ("items", "unevaluatedItems"):
            fault = replace(fault, rule="false", expected="nothing here")
        return [fault]

    def _names(self, inner: ValidationError, place: Place, whole: Fault) -> list[Fault]:
        name = inner.instance
        here = (*place, name) if isinstance(name, str) else place
        wants = [fault.expected for fault in self.faults([inner])]
        undecided = type(inner.kind).__name__ in _UNDECIDED
        return [
            replace(
                whole,
                place=here,
                rule="propertyNames",
                actual=self.see(name),
                expected=f"a name that is: {wanted}",
            )
            for wanted in wants or ([] if undecided else ["as the schema says"])
        ]

    def _unexpected(self, place: Place, found: Trail, name: str) -> Fault:
        here = (*place, name)
        fault = self._fault(here, found, value_at(self.value, here))
        self.schemas[fault.place, fault.source] = found.schema
        return fault

    def _source(self, found: Trail) -> str:
        return source(self.catalogue, found)


def source(catalogue: Catalogue, found: Trail) -> str:
    """The document's name and the pointer of a keyword."""
    return catalogue.document.place(Node(None, found.uri, found.pointer))


def value_at(value: Any, place: Place) -> Any:  # noqa: ANN401
    """What stands at a place that the library has named."""
    for part in place:
        value = value[part]
    return value
