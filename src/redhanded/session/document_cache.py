"""Documents that were read before, as JSON in a folder: parsing YAML and looking for flaws rests.

An entry holds while the content of each of its files does. What is wrong with the folder or an
entry costs no more than reading the document once more.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from redhanded.contracts.openapi.document import DocumentUnusable
from redhanded.contracts.openapi.loading import digest_of, read
from redhanded.contracts.openapi.packing import FORM, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from redhanded.contracts.openapi.document import Document

KEPT: Final = 20
"""Entries in the folder: some documents of one project, before and after changes."""

PATIENCE: Final = 60.0
"""Seconds to wait for another process that reads the same document; the largest take ten."""


class DocumentCache:
    """The documents in a folder, which many processes use at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(
        self, content: bytes, name: str, *, uri: str, fetch: Callable[[str], bytes]
    ) -> Document:
        """The document, as `loading.read` has it; read once by all who ask at the same time."""
        key = key_of(content, name, uri)
        with self._turn(key):
            known = self.known(key)
            if known is not None and _is_fresh(known, content, fetch):
                return known
            document = read(content, name, uri=uri, fetch=fetch)
            self._keep(key, document)
        return document

    def known(self, key: str) -> Document | None:
        """The document under a key; None where there is none, or what is there is damaged."""
        try:
            document = unpack(json.loads(self._path(key).read_bytes()))
        except (OSError, ValueError, RecursionError):
            return None
        with suppress(OSError):
            os.utime(self._path(key))  # what was used last is kept
        return document

    @contextmanager
    def _turn(self, key: str) -> Iterator[None]:
        """One process's turn; a folder that cannot be used, or a wait too long, hinders nobody."""
        lock = FileLock(self._folder / f"{key}.lock", mode=0o600)
        with suppress(OSError, Timeout):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire(timeout=PATIENCE)
        try:
            yield
        finally:
            lock.release()

    def _keep(self, key: str, document: Document) -> None:
        # A reader may come without a turn: it never sees half a file.
        draft = self._folder / f"{key}.{os.getpid()}.draft"
        with suppress(OSError, RecursionError):
            try:
                with open(draft, "w", encoding="ascii", opener=_private) as file:
                    file.write(json.dumps(pack(document), separators=(",", ":")))
                draft.replace(self._path(key))
            finally:
                draft.unlink(missing_ok=True)
            self._prune()

    def _prune(self) -> None:
        entries = sorted(self._folder.glob("*.json"), key=_used_at, reverse=True)
        for entry in entries[KEPT:]:
            for file in (entry, entry.with_suffix(".lock")):
                with suppress(OSError):  # on Windows, what somebody reads cannot be removed
                    file.unlink()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"


def key_of(content: bytes, name: str, uri: str) -> str:
    """The name of the entry for a document with that content, so called and from there."""
    told = json.dumps([FORM, name, uri]).encode()
    return hashlib.sha256(told + content).hexdigest()


def _is_fresh(document: Document, content: bytes, fetch: Callable[[str], bytes]) -> bool:
    """Whether all files of the document are what they were, and no missing one is there now."""
    _own, *others = document.files
    try:
        contents = [content, *map(fetch, others)]
    except DocumentUnusable:
        return False
    return digest_of(contents) == document.digest and not any(
        _is_there(uri, fetch) for uri in document.missing
    )


def _is_there(uri: str, fetch: Callable[[str], bytes]) -> bool:
    try:
        fetch(uri)
    except DocumentUnusable:
        return False
    return True


def _used_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
