"""OpenAPI documents, read from where the settings say they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2

from redhanded.contracts.openapi.document import Document, DocumentUnusable
from redhanded.contracts.openapi.reading import read
from redhanded.session.fetching import Fetcher, shown

if TYPE_CHECKING:
    from redhanded.client.client import Clients
    from redhanded.session.session import Session


def documents_of(session: Session) -> tuple[Document, ...]:
    """The documents that the setting `openapi` names, in its order.

    Every process of a run may ask: they are fetched and parsed once. Raises DocumentUnusable.
    """
    settings = session.settings
    return tuple(
        document_at(
            _address(where, settings.base_url),
            session.clients,
            remote=settings.contract.remote,
            root=settings.folder.parent,
        )
        for where in settings.openapi
    )


def document_at(
    where: str, clients: Clients, *, remote: bool = False, root: Path | None = None
) -> Document:
    """The document in a file, or behind a URL that `clients` fetch; raises DocumentUnusable.

    `remote` says whether its references may lead to other hosts; files below `root`, else below the
    working directory, are named as seen from there.
    """
    uri = where if _is_url(where) else Path(where).absolute().as_uri()
    fetch = Fetcher(clients, home=uri, remote=remote)
    return read(fetch(uri), shown(uri, root or Path.cwd()), uri=uri, fetch=fetch)


def _address(where: str, base_url: str | None) -> str:
    """The file or URL that an entry of the setting means."""
    if not where.startswith("/") or Path(where).exists():
        return where
    if base_url is None:
        raise DocumentUnusable(
            f'openapi = "{where}" is a path below `base_url`, which is not set: set it, or name a'
            " file or a URL."
        )
    return str(httpx2.URL(base_url.rstrip("/") + where))


def _is_url(where: str) -> bool:
    return urlsplit(where).scheme in ("http", "https")
