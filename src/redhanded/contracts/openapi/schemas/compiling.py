"""Compiling: a bundle of schemas as a validator of jsonschema-rs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.contracts.glimpse import glimpse
from redhanded.contracts.openapi.nodes import Flaw, Node
from redhanded.contracts.openapi.schemas.patterns import spelled_out
from redhanded.contracts.openapi.schemas.places import Place, Unusable

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.places import Way

BACKTRACKING_STEPS: Final = 100_000
"""How long a pattern may look for a match, where it needs to go back: a few milliseconds."""


class Validators:
    """The validators of a document's schemas, each compiled on first use."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._validators: dict[Place, Draft202012Validator] = {}
        self._patterns: dict[str, Draft202012Validator] = {}

    def of(self, node: Node, way: Way) -> Draft202012Validator:
        """The validator of a schema, read in a way; Unusable where it does not compile."""
        place = Place.of(node, way)
        if place not in self._validators:
            self._validators[place] = compiled(self.catalogue, place)
        return self._validators[place]

    def matches(self, pattern: str, name: str) -> bool:
        """Whether a name matches a pattern, by the rules of ECMA-262."""
        from jsonschema_rs import Draft202012Validator

        if pattern not in self._patterns:
            self._patterns[pattern] = Draft202012Validator({"pattern": spelled_out(pattern)})
        return self._patterns[pattern].is_valid(name)


def compiled(catalogue: Catalogue, place: Place) -> Draft202012Validator:
    """The validator of a schema; it never fetches anything. Unusable where it does not compile."""
    from jsonschema_rs import Draft202012Validator, FancyRegexOptions, ValidationError

    bundle = catalogue.bundle(place)
    try:
        return Draft202012Validator(
            bundle,
            validate_formats=True,
            offline=True,
            pattern_options=FancyRegexOptions(backtrack_limit=BACKTRACKING_STEPS),
        )
    except ValidationError as error:
        raise Unusable(_flaw(catalogue, place, error)) from error


def _flaw(catalogue: Catalogue, place: Place, error: ValidationError) -> Flaw:
    """What of the document is no schema; by its keyword, not by the rule that it breaks."""
    document = catalogue.document
    found = catalogue.located(error.instance_path)
    if found is None:
        where = document.place(document.node(place.pointer, place.uri))
        return Flaw(where, f"this is no schema: {error.message}.")
    fragment, path = found
    where = document.place(Node(None, fragment.origin.uri, fragment.pointer_of(path)))
    keywords = [f"`{step}`" for step in path if not step.isdecimal()]
    keyword = keywords[-1] if keywords else "a schema"
    return Flaw(where, f"{keyword} cannot be {glimpse(error.instance)}.")
