"""The check of one schema: values are held against it, and told what they break."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from redhanded.contracts.glimpse import glimpse
from redhanded.contracts.openapi.schemas.compiling import compiled
from redhanded.contracts.openapi.schemas.judging import Judge
from redhanded.contracts.openapi.schemas.places import Place, Unusable

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonschema_rs import Draft202012Validator

    from redhanded.contracts.openapi.nodes import Flaw
    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.fault import Fault


class SchemaCheck:
    """Holds values against one schema; where it cannot be used, `flaw` tells why."""

    def __init__(self, catalogue: Catalogue, place: Place) -> None:
        self._catalogue = catalogue
        self._place = place
        self.flaw: Flaw | None = None
        try:
            self._validator: Draft202012Validator | None = compiled(catalogue, place)
        except Unusable as error:
            self.flaw = error.flaw
            self._validator = None

    def is_valid(self, value: object) -> bool:
        """Whether the value breaks nothing; of a schema that cannot be used nobody knows: True."""
        return self._validator is None or self._validator.is_valid(value) or not self.faults(value)

    def accepts(self, value: object) -> bool:
        """Whether the schema takes the value, at once; one that cannot be used takes none."""
        return self._validator is not None and self._validator.is_valid(value)

    def faults(self, value: object, see: Callable[[object], str] = glimpse) -> list[Fault]:
        """Every breach of the schema, sorted by its place in the value; the first of very many."""
        if self._validator is None or self._validator.is_valid(value):
            return []
        return Judge(self._catalogue, self._plain, self._validator, see).faults(value)

    @cached_property
    def _plain(self) -> Draft202012Validator:
        """The validator of the schema's letter, beside the one that also refuses by marks."""
        if self._validator is None or not self._catalogue.marks(self._place):
            return cast("Draft202012Validator", self._validator)
        return compiled(self._catalogue, self._place._replace(way=self._place.way.plain))
