"""Documents as plain values that JSON carries, so that no other process reads them anew."""

from __future__ import annotations

from typing import Any, Final

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.nodes import Flaw

FORM: Final = 1
"""The form of packed documents, and of what is found wrong with them; each change makes it one
more, so that what older releases packed is read anew."""


class NotPacked(ValueError):
    """This is no packed document, or one of another form."""


def pack(document: Document) -> dict[str, Any]:
    """The document as plain values; a file that has two addresses is in it once."""
    others = {uri: document.others[uri] for uri in document.files if uri != document.uri}
    return {
        "form": FORM,
        "name": document.name,
        "version": list(document.version),
        "uri": document.uri,
        "root": document.root,
        "others": others,
        "aliases": dict(document.aliases),
        "flaws": [[flaw.place, flaw.message] for flaw in document.flaws],
        "missing": list(document.missing),
        "digest": document.digest,
    }


def unpack(packed: Any) -> Document:  # noqa: ANN401  whatever a file held
    """The document that was packed; NotPacked where that is none."""
    try:
        return _unpacked(packed)
    except (LookupError, TypeError, ValueError) as error:
        raise NotPacked from error


def _unpacked(packed: Any) -> Document:  # noqa: ANN401
    if packed["form"] != FORM or not isinstance(packed["root"], dict):
        raise NotPacked
    major, minor = packed["version"]
    files = {packed["uri"]: packed["root"], **packed["others"]}
    return Document(
        name=packed["name"],
        version=(major, minor),
        root=packed["root"],
        uri=packed["uri"],
        others=packed["others"] | {own: files[uri] for own, uri in packed["aliases"].items()},
        flaws=tuple(Flaw(place, message) for place, message in packed["flaws"]),
        aliases=packed["aliases"],
        missing=tuple(packed["missing"]),
        digest=packed["digest"],
    )
