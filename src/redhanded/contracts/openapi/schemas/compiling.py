"""Compiling: a bundle of schemas as a validator of jsonschema-rs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.openapi.nodes import Flaw
from redhanded.contracts.openapi.schemas.places import Unusable

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.places import Place

BACKTRACKING_STEPS: Final = 100_000
"""How long a pattern may look for a match, where it needs to go back: a few milliseconds."""


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
        raise Unusable(_flaw(catalogue, place, error.instance_path, error.message)) from error
    except (ValueError, TypeError, UnicodeEncodeError) as error:
        raise Unusable(_flaw(catalogue, place, [], str(error))) from error


def _flaw(catalogue: Catalogue, place: Place, path: list[Any], message: str) -> Flaw:
    document = catalogue.document
    found = catalogue.located(path)
    node = document.node(place.pointer, place.uri)
    if found:
        fragment, rest = found
        where = f"{document.place(fragment.origin).partition('#')[0]}#{fragment.pointer_of(rest)}"
    else:
        where = document.place(node)
    return Flaw(where, f"no schema can say this: {message}.")
