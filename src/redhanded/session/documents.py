"""OpenAPI documents, read from where the settings say they are."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from redhanded.contracts.openapi.document import Document, DocumentUnreachable, DocumentUnusable
from redhanded.contracts.openapi.loading import read
from redhanded.fleet.once import OnceFailed
from redhanded.session.document_cache import DocumentCache, key_of
from redhanded.session.fetching import Fetcher, public, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.client.client import Clients
    from redhanded.session.session import Session

CACHE: Final = "cache/openapi"
_SCHEMES: Final = ("file", "http", "https")


def documents_of(session: Session) -> tuple[Document, ...]:
    """The documents that the setting `openapi` names, in its order; raises DocumentUnusable.

    DocumentUnreachable is that of the environment: to ask again may help. Every process of a run
    may ask, once it has begun to report: a URL is fetched once for all, and YAML is parsed once for
    all runs, until it changes.
    """
    cache = DocumentCache(session.settings.folder / CACHE)
    base_url = session.settings.base_url
    return tuple(
        _document(_address(where, base_url), session, cache) for where in session.settings.openapi
    )


def document_at(
    where: str, clients: Clients, *, remote: bool = False, root: Path | None = None
) -> Document:
    """The document in a file, or behind a URL that `clients` fetch; raises DocumentUnusable.

    `remote` says whether its references may lead to other hosts; files below `root`, else below the
    working directory, are named as seen from there.
    """
    address = _uri_of(where)
    fetch = Fetcher(clients, home=address, remote=remote)
    uri = public(address)
    return read(fetch(uri), shown(uri, root or Path.cwd()), uri=uri, fetch=fetch)


def _document(where: str, session: Session, cache: DocumentCache) -> Document:
    address = _uri_of(where)
    uri = public(address)
    name = shown(uri, session.settings.folder.parent)
    fetch = Fetcher(
        session.clients,
        home=address,
        remote=session.settings.contract.remote,
        record=session.recorder(""),
        mask=session.redactor.text,
    )
    if _scheme(uri) == "file":
        return cache.read(fetch(uri), name, uri=uri, fetch=fetch)
    made: list[Document] = []

    def fetched() -> dict[str, str]:
        try:
            content = fetch(uri)
            made.append(cache.read(content, name, uri=uri, fetch=fetch))
        except DocumentUnreachable:
            raise  # who asks later may get it
        except DocumentUnusable as error:
            return {"unusable": str(error)}
        return {"key": key_of(content, name, uri)}

    found: Mapping[str, str] = {}
    with suppress(OnceFailed):  # where nothing can be shared, each process reads for itself
        found = session.once(f"openapi {uri}", fetched)
    if "unusable" in found:
        raise DocumentUnusable(found["unusable"])
    # Another machine of the run has a folder of its own; this one may not keep entries at all.
    known = made[0] if made else cache.known(found.get("key", ""))
    return known or read(fetch(uri), name, uri=uri, fetch=fetch)


def _address(where: str, base_url: str | None) -> str:
    """The file or URL that an entry of the setting means."""
    if not where.startswith("/") or os.path.exists(where):  # noqa: PTH110  this one never raises
        return where
    if base_url is None:
        raise DocumentUnusable(
            f'openapi = "{where}" is a path below `base_url`, which is not set: set it, or name a'
            " file or a URL."
        )
    return base_url.rstrip("/") + where


def _uri_of(where: str) -> str:
    return (
        where
        if _scheme(where) in _SCHEMES
        else Path(os.path.normpath(Path(where).absolute())).as_uri()
    )


def _scheme(where: str) -> str:
    return urlsplit(where).scheme
