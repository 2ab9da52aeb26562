"""The document that a suite is made from, with the files that it refers to."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from redhanded.contracts.openapi.document import DocumentUnusable
from redhanded.contracts.openapi.loading import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    copies = [(place, _without(logins := _logins(document), text))]
    # Whoever refers back to the document by its own name finds it under that.
    copies += [(path, _text(found)) for path, found in beside.items() if path != place]
    notes = [
        f"{document.name} refers to {missing}, which is not below its folder: what needs it stays"
        " unchecked."
        for missing in [_shown(address) for address in document.missing[:1]]
    ]
    if logins:
        notes.append(
            f"{document.name} has a user name or password in the address of a server: {place} goes"
            " without; take it out of the document too."
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


def _logins(document: Document) -> list[str]:
    """What stands before the host in the addresses of servers, where anything does."""
    servers = document.node().find("servers")
    told = [one.value.get("url") for one in servers.entries()] if servers is not None else []
    hosts = [url.partition("//")[2].split("/", 1)[0] for url in told if isinstance(url, str)]
    return [host.rpartition("@")[0] for host in hosts if "@" in host]


def _without(logins: Iterable[str], text: str) -> str:
    for login in logins:
        text = text.replace(f"/{login}@", "/")
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
