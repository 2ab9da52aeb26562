"""Loading an OpenAPI document: its text, the files that it refers to, and its flaws."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from redhanded.contracts.openapi import text
from redhanded.contracts.openapi.consistency import contradictions
from redhanded.contracts.openapi.document import Circular, Document, DocumentUnusable, Unresolvable
from redhanded.contracts.openapi.nodes import Flaw
from redhanded.contracts.openapi.references import Files
from redhanded.contracts.openapi.structure import mend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

MOST_FLAWS: Final = 1000
"""How many flaws are told of one document."""

_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})(\.\d.*)?", re.DOTALL)
_NEWEST_MINOR: Final = 2
_SUBJECTS: Final = ("paths", "webhooks", "components")


def read(
    content: bytes,
    name: str,
    *,
    uri: str = "",
    fetch: Callable[[str], bytes] | None = None,
) -> Document:
    """The document that the content stands for; DocumentUnusable where it is none.

    `name` is what people call it; `uri` its address, against which its references are resolved;
    `fetch` reads the file with an address, for references to other files, and raises
    DocumentUnusable where it cannot. What is wrong with parts of the document is in its flaws.
    """
    parsed = text.parse(content, name)
    version = _version(parsed.value, name)
    uri = uri or f"file:///{quote(name)}"
    files = Files(name, uri, has_ids=version > (3, 0))
    files.gather(parsed.value, content, fetch)
    document = Document(
        name=name,
        version=version,
        root=parsed.value,
        uri=uri,
        others=_others(files),
        digest=digest_of(file.content for file in files.found.values()),
        aliases=files.aliases,
        missing=tuple(sorted(files.refused)),
    )
    flaws = [*parsed.flaws, *files.flaws, *files.unresolved(), *_circles(document, files)]
    flaws += mend(document)
    _check_subject(document)
    flaws += contradictions(document)
    return replace(document, flaws=_bounded(flaws, name))


def digest_of(contents: Iterable[bytes]) -> str:
    """The digest of a document that is made of these files, in whatever order and wherever."""
    digests = sorted(hashlib.sha256(content).digest() for content in contents)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _version(value: Any, name: str) -> tuple[int, int]:  # noqa: ANN401
    if not isinstance(value, dict) or "openapi" not in value:
        raise DocumentUnusable(_stranger(value, name))
    found = _VERSION.fullmatch(str(value["openapi"]))
    if found is None:
        raise DocumentUnusable(
            f'{name} has a key `openapi` that is no version: write such as openapi: "3.1.0".'
        )
    version = int(found[1]), int(found[2])
    if version[0] != 3 or version[1] > _NEWEST_MINOR:
        raise DocumentUnusable(
            f"{name} is OpenAPI {version[0]}.{version[1]}; 3.0 to 3.{_NEWEST_MINOR} can be read:"
            " name a document of such a version."
        )
    return version


def _stranger(value: object, name: str) -> str:
    """What a document is that is not OpenAPI 3, and what to do about it."""
    if isinstance(value, dict) and "swagger" in value:
        return (
            f"{name} is Swagger 2.0 and not OpenAPI 3: convert it, for example with `npx"
            " swagger2openapi`, and name the result."
        )
    return (
        f"{name} is no OpenAPI document: it has no key `openapi`; name the document itself, or"
        ' begin it with such as openapi: "3.1.0".'
    )


def _others(files: Files) -> Mapping[str, Any]:
    """The other files by address, each also by the address that it gives itself."""
    others = {uri: file.value for uri, file in files.found.items()}
    others |= {own: files.found[uri].value for own, uri in files.aliases.items()}
    return {uri: value for uri, value in others.items() if uri != files.uri}


def _circles(document: Document, files: Files) -> Iterator[Flaw]:
    """A flaw for each reference that leads to references only, round and round."""
    for uri, file in files.found.items():
        for reference in file.survey.references:
            try:
                document.follow(document.resolve(reference.text, uri))
            except Circular:
                message = "leads round in a circle, and to nothing"
                yield Flaw(files.place(uri, reference.pointer), message)
            except Unresolvable:
                continue  # that is told already


def _bounded(flaws: Iterable[Flaw], name: str) -> tuple[Flaw, ...]:
    """Each flaw once, and not more of them than somebody reads."""
    found = list(dict.fromkeys(flaws))
    if len(found) > MOST_FLAWS:
        more = f"has {len(found) - MOST_FLAWS} flaws more: mend these first"
        found[MOST_FLAWS:] = [Flaw(f"{name}#", more)]
    return tuple(found)


def _check_subject(document: Document) -> None:
    wanted = _SUBJECTS if document.version > (3, 0) else _SUBJECTS[:1]
    if not any(key in document.root for key in wanted):
        raise DocumentUnusable(
            f"{document.name} describes nothing: it has no `paths`; complete it."
        )
