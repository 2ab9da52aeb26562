"""Judging: a value that a validator refuses, told as a bounded list of faults."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from redhanded.contracts.openapi.schemas import portions
from redhanded.contracts.openapi.schemas.errors import Reader
from redhanded.contracts.openapi.schemas.fault import Fault
from redhanded.contracts.openapi.schemas.suggestions import suggestion
from redhanded.contracts.openapi.schemas.walk import Walk
from redhanded.core import jsonpath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jsonschema_rs import Draft202012Validator

    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.compiling import Validators
    from redhanded.contracts.openapi.schemas.places import Place
    from redhanded.core.jsonpath import Place as Trail

MOST_FAULTS: Final = 100
"""How many faults of one value are told; nobody reads more."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The validators of one schema: `plain` by its letter, `marked` also by its marks."""

    validators: Validators
    place: Place
    plain: Draft202012Validator
    marked: Draft202012Validator
    see: Callable[[object], str]

    @property
    def catalogue(self) -> Catalogue:
        """The schemas of the document."""
        return self.validators.catalogue

    @property
    def _schema(self) -> Node:
        return self.catalogue.document.node(self.place.pointer, self.place.uri)

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
        walk = Walk(self.validators, self.place.way, self._errors, self.see)
        found = walk.faults(self._schema, value)
        return found or self._by_the_letter(value)

    def _errors(self, schema: Node, value: object, place: Trail) -> list[Fault]:
        """What is wrong with a value apart from unions, at its place in a larger one."""
        shallow = self.place.way.plain._replace(shallow=True)
        found = self._read(self.validators.of(schema, shallow), value)
        return [replace(fault, place=(*place, *fault.place)) for fault in found]

    def _by_the_letter(self, value: object) -> list[Fault]:
        """The errors as the library has them; of a value without wrong unions they are few."""
        return self._read(self.plain, value)

    def _read(self, validator: Draft202012Validator, value: object) -> list[Fault]:
        try:
            return Reader(self.catalogue, value, self.see).faults(validator.iter_errors(value))
        except UnicodeEncodeError:
            raise
        except ValueError:  # it judges values of any depth, and tells of those of 255 levels
            return [] if validator.is_valid(value) else [self._too_deep()]

    def _too_deep(self) -> Fault:
        source = self.catalogue.document.place(self._schema)
        return Fault((), "depth", "a wrong value of hundreds of levels", "fewer levels", source)

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
        return [*found.values(), *self._about_the_whole(value)]

    def _about_the_whole(self, value: object) -> list[Fault]:
        """What is wrong about the value that no portion shows, such as how long it is."""
        return self._errors(self._schema, value, ())


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    unique = {(fault.place, fault.rule, fault.source, fault.expected): fault for fault in faults}
    return sorted(
        unique.values(), key=lambda f: (jsonpath.in_order(f.place), f.source, f.rule, f.expected)
    )
