"""Judging: a value that a validator refuses, told as a bounded list of faults."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from redhanded.contracts.openapi.schemas import portions
from redhanded.contracts.openapi.schemas.fault import Fault
from redhanded.contracts.openapi.schemas.reading import Reader
from redhanded.contracts.openapi.schemas.refusals import Refusals
from redhanded.contracts.openapi.schemas.suggestions import suggestion
from redhanded.core import jsonpath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jsonschema_rs import Draft202012Validator

    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.places import Place

MOST_FAULTS: Final = 100
"""How many faults of one value are told; nobody reads more."""

MOST_LEVELS: Final = 500
"""How deep a value is looked into for what is declared nowhere; the library's stack ends later."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The validators of one schema: `plain` by its letter, `marked` also by its marks."""

    catalogue: Catalogue
    place: Place
    plain: Draft202012Validator
    marked: Draft202012Validator
    see: Callable[[object], str]

    def faults(self, value: object) -> list[Fault]:
        """The first faults, sorted by their place; empty where nothing is wrong after all."""
        return [
            replace(fault, suggestion=suggestion(self.catalogue, fault, value, self.see))
            for fault in self._told(value)
        ]

    def _told(self, value: object) -> list[Fault]:
        found = self._by_portions(value) if portions.is_large(value) else self._at_once(value)
        return _in_order(found)[:MOST_FAULTS]

    def _at_once(self, value: object) -> list[Fault]:
        found = self._by_the_letter(value)
        if self.marked is self.plain:
            return found
        if portions.depth(value, most=MOST_LEVELS) == MOST_LEVELS:
            return found or [self._too_deep(value)]
        return found + Refusals(self.catalogue, self.plain, self.marked, self.see).faults(value)

    def _by_the_letter(self, value: object) -> list[Fault]:
        return Reader(self.catalogue, value, self.see).faults(self.plain.iter_errors(value))

    def _by_portions(self, value: object) -> list[Fault]:
        found: dict[tuple[object, ...], Fault] = {}
        for portion in portions.portions(value):
            if self.marked.is_valid(portion.value):
                continue
            for fault in filter(None, map(portion.placed, self._told(portion.value))):
                found.setdefault((fault.place, fault.rule, fault.source), fault)
            if len(found) >= MOST_FAULTS:
                return list(found.values())
        # Nearly all of it is right, so that there is little to tell of the whole.
        return [*found.values(), *self._by_the_letter(value)]

    def _too_deep(self, value: object) -> Fault:
        node = self.catalogue.document.node(self.place.pointer, self.place.uri)
        source = self.catalogue.document.place(node)
        wanted = f"no undeclared property, and at most {MOST_LEVELS} levels"
        return Fault((), "undeclared", self.see(value), wanted, source, "undeclared")


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    unique = {(fault.place, fault.rule, fault.source, fault.expected): fault for fault in faults}
    return sorted(
        unique.values(), key=lambda f: (jsonpath.in_order(f.place), f.source, f.rule, f.expected)
    )
