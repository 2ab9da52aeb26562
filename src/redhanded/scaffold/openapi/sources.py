"""The document that a suite is made from, with the files that it refers to."""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from redhanded.contracts.openapi.document import DocumentUnusable
from redhanded.contracts.openapi.loading import read
from redhanded.scaffold.openapi.target import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from redhanded.contracts.openapi.document import Document

LARGEST: Final = 100 * 2**20
"""Bytes of one file; the largest documents that are published have some twenty million."""

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SECONDS = 30.0
_ENDINGS = (".json", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Source:
    """A document, what the project calls its copy, and every file to be copied with it."""

    document: Document
    place: str
    copies: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()
    origin: str = ""
    """Where the document was fetched from; a server without a host is there."""


def source_of(where: str) -> Source:
    """The document in a file, or at a URL of this machine; raises DocumentUnusable.

    References may lead to files below its folder; nothing is fetched from elsewhere.
    """
    if where.lower().startswith(("http://", "https://")):
        content = _fetched(where)
        name = posixpath.basename(urlsplit(where).path) or "openapi"
        source = _source(read(content, name, uri=where), name, content, {})
        return replace(source, origin=_shown(where, path=False))
    path = Path(where).absolute()
    content = _read(path)
    beside: dict[str, bytes] = {}
    document = read(content, path.name, uri=path.as_uri(), fetch=_Folder(path.parent, beside).fetch)
    return _source(document, path.name, content, beside)


def _source(document: Document, name: str, content: bytes, beside: Mapping[str, bytes]) -> Source:
    text = _text(content)
    ending = posixpath.splitext(name)[1].lower()
    if ending not in _ENDINGS:
        ending = ".json" if text.lstrip()[:1] in ("{", "[") else ".yaml"
    place = f"openapi{ending}"
    copies = [(place, _without(secrets := list(_secrets(document)), text))]
    # Whoever refers back to the document by its own name finds it under that.
    copies += [(path, _text(found)) for path, found in beside.items() if path != place]
    notes = [
        f"{document.name} refers to {missing}, which is not below its folder: what needs it stays"
        " unchecked."
        for missing in [_shown(address) for address in document.missing[:1]]
    ]
    if secrets:
        notes.append(
            f"{document.name} has a user name, a password or a query in the address of a server:"
            f" {place} goes without; take it out of the document too."
        )
    return Source(document, place, tuple(copies), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Folder:
    """The folder of a document: references lead nowhere else."""

    path: Path
    found: dict[str, bytes]

    def fetch(self, address: str) -> bytes:
        """The file at this address; DocumentUnusable where it is not below the folder."""
        parts = urlsplit(address)
        path = Path(url2pathname(parts.path)) if parts.scheme == "file" else None
        if path is None or not path.resolve().is_relative_to(self.path.resolve()):
            raise DocumentUnusable(
                f"{_shown(address)} is not below the document's folder, and is not read."
            )
        content = _read(path)
        self.found[path.resolve().relative_to(self.path.resolve()).as_posix()] = content
        return content


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise DocumentUnusable(f"{path} is a folder: name the OpenAPI document itself.")
        if not path.is_file() and path.exists():
            raise DocumentUnusable(f"{path} is no file: name an OpenAPI document.")
        if path.stat().st_size > LARGEST:
            raise DocumentUnusable(f"{path} is larger than 100 MiB: name an OpenAPI document.")
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentUnusable(f"{path} does not exist: name an OpenAPI document.") from None
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise DocumentUnusable(f"{path} cannot be read: {said}.") from None


def _fetched(url: str) -> bytes:
    import httpx2

    try:
        if urlsplit(url).hostname not in _LOOPBACK:
            raise DocumentUnusable(
                f"{_shown(url)} is on another machine: download it, and give --from the file."
            )
        with httpx2.Client(trust_env=False, timeout=_SECONDS) as client:
            response = client.get(url)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        if isinstance(error, DocumentUnusable):
            raise
        raise DocumentUnusable(
            f"{_shown(url)} cannot be had ({type(error).__name__}): is it running there?"
        ) from None
    if response.status_code != 200:
        raise DocumentUnusable(
            f"{_shown(url)} is answered with {response.status_code}: name the document's address."
        )
    return response.content


def _secrets(document: Document) -> Iterator[tuple[str, str]]:
    """The addresses of servers with a login or a query, each with what is left of it."""
    waiting: list[Any] = [document.root]
    seen: set[int] = set()  # aliases of YAML lead to the same parts again
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        children = one.values() if isinstance(one, dict) else one
        waiting += [each for each in children if isinstance(each, dict | list)]
        servers = one.get("servers") if isinstance(one, dict) else None
        for server in servers if isinstance(servers, list) else ():
            url = server.get("url") if isinstance(server, dict) else None
            if isinstance(url, str) and (bare := without_secrets(url)) != url:
                yield url, bare


def _without(secrets: Iterable[tuple[str, str]], text: str) -> str:
    for whole, bare in sorted(secrets, key=lambda pair: len(pair[0]), reverse=True):
        quoted = json.dumps(whole)[1:-1]  # or with what else JSON may escape
        for said in (whole, quoted, quoted.replace("/", r"\/"), quoted.replace("&", r"\u0026")):
            text = text.replace(said, bare)
        host = whole.partition("//")[2].split("/", 1)[0]
        if "@" in host:
            text = text.replace(f"/{host.rpartition('@')[0]}@", "/")
    return text


def _shown(address: str, *, path: bool = True) -> str:
    """An address without what may be secret in it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "This address"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path if path else ''}"[:200]


def _text(content: bytes) -> str:
    """The text of a document that was read already, with the line ends of this project."""
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        try:
            return content.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
