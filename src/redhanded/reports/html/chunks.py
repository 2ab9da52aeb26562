"""Chunks: the details of tests, some to a chunk, packed as they come."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, Self

from redhanded.core.masks import MASK
from redhanded.reports.html.bodies import Storage
from redhanded.reports.html.detail import detail
from redhanded.reports.html.packing import Packer, encode
from redhanded.reports.html.payload import CHUNK
from redhanded.reports.html.units import Words

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from redhanded.reports.dossier.case import Case
    from redhanded.reports.html.payload import Place

ROOM: Final = 12 * 1024 * 1024
"""Bytes of packed chunks with which bodies begin to move into files.

The page stays below 16 MiB then: of what is still to come nothing is large but bodies.
"""
LARGE: Final = 512 * 1024
"""Bytes of JSON with which a chunk is closed, however few its tests."""


class Chunks:
    """Takes the tests of a run one by one; used as a context, at whose end all are packed.

    `starts` has the first row of each chunk, `masks` counts by name those that it shows.
    """

    def __init__(self, folder: Path, began: float, *, room: int = ROOM) -> None:
        self.packed: list[bytes] = []
        self.starts: list[Place] = []
        self.storage: Storage = Storage(folder)
        self.masks: Counter[str] = Counter()
        self._began = began
        self._room = room
        self._packer = Packer(self.packed.append)
        self._next = 0
        self._begin()

    def _begin(self) -> None:
        self._words = Words()
        self._details: list[bytes] = []
        self._size = 0

    def add(self, case: Case) -> None:
        """Take in the next test."""
        self.storage.is_full = self._packer.size > self._room
        made = encode(detail(case, self._words, self.storage, began=self._began))
        if not case.row.is_quiet:  # of what passed no text is shown
            self.masks.update(found["name"] for found in MASK.finditer(made.decode()))
        self._details.append(made)
        self._size += len(made)
        if len(self._details) >= CHUNK or self._size >= LARGE:
            self._end()

    def _end(self) -> None:
        words = encode(self._words.table())
        self._packer.add(b'{"words":%s,"details":[%s]}' % (words, b",".join(self._details)))
        self.starts.append(self._next)
        self._next += len(self._details)
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._details and error is None:
            self._end()
        self._packer.close()
