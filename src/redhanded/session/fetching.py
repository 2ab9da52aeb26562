"""Fetching the text of a document: from a file, or over HTTP with the session's own clients."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import url2pathname

import httpx2

from redhanded.contracts.openapi.document import DocumentUnreachable, DocumentUnusable
from redhanded.core.errors import CallError
from redhanded.pipeline.call import PURPOSE, Scope
from redhanded.verdict.findings import is_weather

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.client.client import Clients
    from redhanded.core.attempt import Attempt

LONGEST: Final = 100 * 2**20
"""Bytes of one file; the largest documents that are published have a tenth of it."""


class Fetcher:
    """Reads the document at `home`, and what its references may lead to.

    From a file they may lead to files, from a URL to its own origin, and to others only where
    `remote` says so. `home` may hold credentials and a query; all addresses that are asked for are
    `public` ones. `mask` hides secrets in what is told.
    """

    def __init__(
        self,
        clients: Clients,
        *,
        home: str,
        remote: bool,
        record: Callable[[Attempt], None] = lambda _: None,
        mask: Callable[[str], str] = str,
    ) -> None:
        self._clients = clients
        self._home = home
        self._remote = remote
        self._record = record
        self._mask = mask

    def __call__(self, uri: str) -> bytes:
        """The bytes behind an address; DocumentUnusable says why there are none."""
        if urlsplit(uri).scheme == "file":
            return self._from_file(uri)
        self._check_origin(uri)
        scope = Scope(record=self._record)
        try:
            return self._from_url(uri, scope)
        except (httpx2.HTTPError, httpx2.InvalidURL, CallError) as error:
            reason = self._mask(str(error).rstrip(".") or type(error).__name__)
            raise _kind_of(scope)(
                f"{uri} could not be fetched ({reason}): see that it is served, or name a file."
            ) from error

    def _from_file(self, uri: str) -> bytes:
        path = path_of(uri)
        if urlsplit(self._home).scheme != "file":
            raise DocumentUnusable(f"a document behind a URL may not lead to the file {path}.")
        try:
            if path.is_dir():
                raise DocumentUnusable(f"{path} is a folder: name the document in it.")
            if path.stat().st_size > LONGEST:
                raise _too_long(str(path))
            return path.read_bytes()
        except (FileNotFoundError, ValueError):  # a name with a zero in it is none
            raise DocumentUnusable(f"there is no file {path}: correct its name.") from None
        except OSError as error:
            raise DocumentUnusable(
                f"{path} cannot be read ({error.strerror}): name a file that can be."
            ) from error

    def _check_origin(self, uri: str) -> None:
        if not self._remote and _origin(uri) != _origin(self._home):
            raise DocumentUnusable(
                f"{uri} is on another host and is not fetched: set contract.remote = true"
                " where it may be, or keep a copy beside the document."
            )

    def _from_url(self, uri: str, scope: Scope) -> bytes:
        url = self._home if uri == public(self._home) else uri
        with (
            self._clients.open(scope) as client,
            client.stream(
                "GET", url, extensions={PURPOSE: "probe"}, follow_redirects=True
            ) as response,
        ):
            if response.status_code != httpx2.codes.OK:
                raise _refused(uri, response.status_code, _kind_of(scope))
            found = bytearray()
            for piece in response.iter_bytes():
                found += piece
                if len(found) > LONGEST:
                    raise _too_long(uri)
        return bytes(found)


def _refused(uri: str, status: int, kind: type[DocumentUnusable]) -> DocumentUnusable:
    remedy = "correct `openapi`, or see why the API does not serve its document"
    if kind is DocumentUnreachable:
        remedy = "run again once it is served, or name a file"
    return kind(f"{uri} was answered with {status}: {remedy}.")


def _kind_of(scope: Scope) -> type[DocumentUnusable]:
    """What it means that the last attempt brought no document: by the retry table's own words."""
    is_kept = bool(scope.attempts) and is_weather(scope.attempts[-1])
    return DocumentUnreachable if is_kept else DocumentUnusable


def shown(uri: str, root: Path) -> str:
    """What people call a document: its path below `root`, else its file's name, or its URL."""
    if urlsplit(uri).scheme != "file":
        return public(uri)
    path = path_of(uri)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def public(uri: str) -> str:
    """The address without what may be secret: user, password, query."""
    parts = urlsplit(uri)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def path_of(uri: str) -> Path:
    """The file that an address means."""
    parts = urlsplit(uri)
    if parts.netloc:  # a file on another machine's share (RFC 8089, appendix E.3.1)
        return Path(f"//{parts.netloc}{unquote(parts.path)}")
    return Path(url2pathname(parts.path))


def _origin(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri)
    return parts.scheme, parts.netloc.rpartition("@")[2].lower()


def _too_long(name: str) -> DocumentUnusable:
    return DocumentUnusable(
        f"{name} is longer than {LONGEST // 2**20} MiB: no OpenAPI document is; correct its name."
    )
