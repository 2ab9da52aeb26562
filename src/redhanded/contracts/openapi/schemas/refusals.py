"""Refusals: what of a value its schema lets pass and a strict reader does not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from redhanded.contracts.openapi.nodes import steps
from redhanded.contracts.openapi.schemas import words
from redhanded.contracts.openapi.schemas.fault import Fault
from redhanded.contracts.openapi.schemas.reading import source, value_at
from redhanded.contracts.openapi.schemas.trail import trail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jsonschema_rs import Draft202012Validator

    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.trail import Trail
    from redhanded.core.jsonpath import Place

_NAMING: Final = (
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
)
_CONDITIONS: Final = ("if", "not")
_UNIONS: Final = ("anyOf", "oneOf")
_OWN: Final = frozenset({"additionalProperties", "falseSchema", "unevaluatedProperties"})
_PRESENT: Final = {
    "read_only": ("readOnly", "nothing: the property is read-only"),
    "write_only": ("writeOnly", "nothing: the property is write-only"),
}


class Refusal(NamedTuple):
    """A place in a value, and the trail of the rule that refuses it; None for a schema's own."""

    place: Place
    trail: Trail | None


@dataclass(frozen=True, slots=True)
class Refusals:
    """Asks a validator with marks, beside the plain one, what it refuses."""

    catalogue: Catalogue
    plain: Draft202012Validator
    marked: Draft202012Validator
    see: Callable[[object], str]

    def faults(self, value: Any) -> list[Fault]:  # noqa: ANN401
        """A fault for each property that is declared nowhere or should not be there."""
        root = self.marked.evaluate(value).hierarchical()
        refused = {r.place: r.trail for r in self._refused(root, value) if r.trail}
        if not refused:
            return []
        known = self._known(value)
        told = (self._told(place, rule, value, known) for place, rule in refused.items())
        return list(chain.from_iterable(told))

    def _told(
        self, place: Place, rule: Trail, value: object, known: Mapping[Place, set[str]]
    ) -> Iterator[Fault]:
        here = value_at(value, place)
        if rule.mark in _PRESENT:
            yield self._fault(place, here, rule, *_PRESENT[rule.mark])
        elif isinstance(here, dict):
            for name in here.keys() - known[place]:
                yield self._fault((*place, name), here[name], rule, "undeclared", words.UNDECLARED)

    def _fault(self, place: Place, actual: object, rule: Trail, word: str, wanted: str) -> Fault:
        where = source(self.catalogue, rule)
        return Fault(place, word, self.see(actual), wanted, where, rule.mark or "schema")

    def _refused(self, unit: Any, value: object) -> Iterator[Refusal]:  # noqa: ANN401
        """What makes a schema refuse the value, down to the last rules that do."""
        location, last = unit["schemaLocation"], unit["evaluationPath"].rpartition("/")[2]
        if unit["valid"] or last in _CONDITIONS:
            return
        below = [part for part in unit.get("details", ()) if not part["valid"]]
        found = trail(self.catalogue, steps(location.rpartition("#")[2]))
        others = unit.get("errors", {}).keys() - (_OWN if found.mark else ())
        if others or not (below or found.mark):
            yield Refusal((), None)
        if found.mark:
            yield Refusal(_place(value, unit["instanceLocation"]), found)
            # A rule about other properties is told once more for each of them.
            below = [part for part in below if part["schemaLocation"] != location]
        parts = [list(self._refused(part, value)) for part in below]
        yield from self._of_branches(parts) if last in _UNIONS else chain.from_iterable(parts)

    def _of_branches(self, branches: list[list[Refusal]]) -> list[Refusal]:
        """Those of the branch that refuses the value for nothing but its marks, if any does."""
        fitting = [b for b in branches if b and all(refusal.trail for refusal in b)]
        return min(fitting, key=len) if fitting else [Refusal((), None)]

    def _known(self, value: object) -> dict[Place, set[str]]:
        """The names that schemas have spoken of, by the place of their object.

        Of a value that breaks the schema, also names in branches that it does not meet count.
        """
        found: dict[Place, set[str]] = defaultdict(set)
        outcome = self.plain.evaluate(value)
        for unit in outcome.list()["details"]:
            names = unit.get("annotations") or (
                None if outcome.valid else unit.get("droppedAnnotations")
            )
            if isinstance(names, list) and unit["schemaLocation"].rpartition("/")[2] in _NAMING:
                found[_place(value, unit["instanceLocation"])].update(map(str, names))
        return found


def _place(value: Any, pointer: str) -> Place:  # noqa: ANN401
    place: list[str | int] = []
    for step in steps(pointer):
        place.append(int(step) if isinstance(value, list) else step)
        value = value[place[-1]]
    return tuple(place)
