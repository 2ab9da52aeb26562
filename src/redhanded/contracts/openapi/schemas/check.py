"""The check of one schema: values are held against it, and told what they break."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from redhanded.contracts.glimpse import glimpse
from redhanded.contracts.openapi.nodes import Flaw
from redhanded.contracts.openapi.schemas.compiling import BACKTRACKING_STEPS, Validators, compiled
from redhanded.contracts.openapi.schemas.errors import source
from redhanded.contracts.openapi.schemas.judging import Judge
from redhanded.contracts.openapi.schemas.places import Place, Unusable
from redhanded.contracts.openapi.schemas.trail import trail

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonschema_rs import Draft202012Validator

    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.fault import Fault


class SchemaCheck:
    """Holds values against one schema; where it cannot be used, `flaw` tells why.

    `undecided` tells what could not be decided in bounded time about a value that was held.
    """

    def __init__(self, catalogue: Catalogue, place: Place) -> None:
        self._catalogue = catalogue
        self._validators = Validators(catalogue)
        self.flaw: Flaw | None = None
        self.undecided: Flaw | None = None
        try:
            # What refuses no more than the letter does is read by the letter: that costs less.
            place = place if catalogue.marks(place) else place._replace(way=place.way.plain)
            self._validator: Draft202012Validator | None = compiled(catalogue, place)
        except Unusable as error:
            self.flaw = error.flaw
            self._validator = None
        self._place = place

    def is_valid(self, value: object) -> bool:
        """Whether the value breaks nothing; of a schema that cannot be used nobody knows: True."""
        return not self.faults(value)

    def accepts(self, value: object) -> bool:
        """Whether the schema takes the value, without a why; one that cannot be used takes none."""
        if self._validator is None:
            return False
        try:
            return self._validator.is_valid(value)
        except UnicodeEncodeError:
            return self._validator.is_valid(encodable(value))

    def faults(self, value: object, see: Callable[[object], str] = glimpse) -> list[Fault]:
        """Every breach of the schema, sorted by its place in the value; the first of very many."""
        try:
            return self._faults(value, see)
        except UnicodeEncodeError:
            return self._faults(encodable(value), see)
        except Unusable as error:  # a part that stands well beside others and not alone
            self.undecided = error.flaw
            return []

    def _faults(self, value: object, see: Callable[[object], str]) -> list[Fault]:
        if self._validator is None or self._validator.is_valid(value):
            return []
        judge = Judge(self._validators, self._place, self._plain, self._validator, see)
        found = judge.faults(value)
        if not found and self.undecided is None:
            self.undecided = self._given_up(value)
        return found

    def _given_up(self, value: object) -> Flaw | None:
        """The keyword that refuses a value without a fault of its own: it took too long."""
        error = next(iter(self._plain.iter_errors(value)), None)
        if error is None:
            return None
        found = trail(self._catalogue, error.schema_path)
        where = source(self._catalogue, found)
        steps = f"{BACKTRACKING_STEPS:,} steps"
        return Flaw(where, f"`{found.rule}` needs more than {steps} to decide about a value.")

    @cached_property
    def _plain(self) -> Draft202012Validator:
        """The validator of the schema's letter, beside the one that also refuses by marks."""
        if self._validator is None or not self._place.way.marked:
            return cast("Draft202012Validator", self._validator)
        try:
            return compiled(self._catalogue, self._place._replace(way=self._place.way.plain))
        except Unusable:  # what is refused by its mark alone may have a schema that is none
            return self._validator


def encodable(value: Any) -> Any:  # noqa: ANN401
    """The value with U+FFFD for half characters, which JSON can escape and UTF-8 cannot write."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {encodable(name): encodable(part) for name, part in value.items()}
    return [encodable(part) for part in value] if isinstance(value, list) else value
