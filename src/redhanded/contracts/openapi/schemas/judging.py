"""Judging: a value that a validator refuses, told as a bounded list of faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from redhanded.contracts.openapi.schemas.reading import Reader
from redhanded.contracts.openapi.schemas.refusals import Refusals
from redhanded.core import jsonpath

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonschema_rs import Draft202012Validator

    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.fault import Fault

MOST_FAULTS: Final = 100
"""How many faults of one value are told; nobody reads more."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The validators of one schema: `plain` by its letter, `marked` also by its marks."""

    catalogue: Catalogue
    plain: Draft202012Validator
    marked: Draft202012Validator
    see: Callable[[object], str]

    def faults(self, value: object) -> list[Fault]:
        """The first faults, sorted by their place; empty where nothing is wrong after all."""
        found = Reader(self.catalogue, value, self.see).faults(self.plain.iter_errors(value))
        if self.marked is not self.plain:
            found += Refusals(self.catalogue, self.plain, self.marked, self.see).faults(value)
        return _in_order(found)[:MOST_FAULTS]


def _in_order(faults: list[Fault]) -> list[Fault]:
    unique = {(fault.place, fault.rule, fault.source, fault.expected): fault for fault in faults}
    return sorted(
        unique.values(), key=lambda f: (jsonpath.in_order(f.place), f.source, f.rule, f.expected)
    )
