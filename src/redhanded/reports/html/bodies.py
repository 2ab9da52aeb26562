"""Bodies of the page: each once, none too long, and beyond a size of all in files beside it."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from redhanded.reports.files import write_text
from redhanded.reports.html import details

if TYPE_CHECKING:
    from pathlib import Path

    from redhanded.core.exchange import Body

LONGEST: Final = 65_536
"""Characters of a body that stand in the page."""
TAIL: Final = 8_192
"""Of these, how many are its end."""
FOLDER: Final = "evidence"
_SUFFIXES: Final = {"json": ".json"}


class Storage:
    """Where bodies of one report lie: in the page, or from some moment on in files beside it.

    `moved` counts those that have a file.
    """

    def __init__(self, folder: Path) -> None:
        self.is_full: bool = False
        self._folder = folder
        self._written: set[str] = set()

    @property
    def moved(self) -> int:
        """How many bodies have a file."""
        return len(self._written)

    def body(self, body: Body) -> details.Body:
        """The body as the page has it."""
        made = details.Body(kind=body.kind, size=body.size)
        if self.is_full and body.text:
            made["file"] = self._filed(body)
        elif body.text:
            _shorten(made, body.text)
        if body.truncated:
            made["is_cut"] = True
        return made

    def _filed(self, body: Body) -> str:
        """The file of a body, seen from the page's folder; equal bodies share it."""
        # A digest comes from a spool, which may hold anything: no name is made of it as it stands.
        told = f"{body.digest} {body.size} {len(body.text)}".encode("utf-8", "backslashreplace")
        name = f"{blake2b(told, digest_size=12).hexdigest()}{_SUFFIXES.get(body.kind, '.txt')}"
        if name not in self._written:
            write_text(self._folder / FOLDER / name, body.text)
            self._written.add(name)
        return f"{FOLDER}/{name}"


def _shorten(made: details.Body, text: str) -> None:
    made["text"] = text if len(text) <= LONGEST else text[: LONGEST - TAIL]
    if len(text) > LONGEST:
        made["tail"] = text[-TAIL:]
        made["is_cut"] = True


class Bodies:
    """The bodies of one test, by what tells them apart."""

    def __init__(self, storage: Storage) -> None:
        self.kept: dict[str, details.Body] = {}
        self._storage = storage

    def key(self, body: Body | None) -> str:
        """The key of a body, which is kept from now on; empty where there is nothing to show."""
        if body is None or not body.size:
            return ""
        # One body may be cut at two places: what a request sent is not what an answer returned.
        key = f"{body.digest[:16]}{'' if body.text else '-'}"
        if key not in self.kept:
            self.kept[key] = self._storage.body(body)
        return key
