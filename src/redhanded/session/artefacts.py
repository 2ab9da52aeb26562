"""The last look at what a run has written: whether a secret stands in any of its files.

Archives and compressed parts are opened, to a depth and within limits; whatever was not read is
said. Nothing is changed.
"""

from __future__ import annotations

import base64
import binascii
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from redhanded.core.leak_search import LeakSearch

_CHUNK: Final = 65536
_OVERLAP: Final = 4096
_DEPTH: Final = 4
_LONGEST_PART: Final = 64 * 2**20  # bytes that one compressed part may unfold to
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_PACKED = re.compile(rb"H4sI[A-Za-z0-9+/]{40,}={0,2}")  # gzip in base64, as our page holds it


class Leak(NamedTuple):
    """A secret in a file, by name. In a compressed part, `offset` is where that part begins."""

    path: Path
    offset: int
    name: str


@dataclass(slots=True)
class Scan:
    """A look at files that ends with its time or its bytes; `unread` says what was left out."""

    search: LeakSearch
    now: Callable[[], float]
    seconds: float = 10.0
    size: int = 2**30
    leaks: list[Leak] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    _until: float = 0.0

    def over(self, paths: Iterable[Path]) -> Scan:
        """The same look, after these files."""
        self._until = self.now() + self.seconds
        files = sorted({*paths})
        for count, path in enumerate(files):
            if self._is_spent:
                left = f"{len(files) - count} of {len(files)} files"
                self.unread.append(f"{left} were not searched for secrets: there is too much")
                break
            self._look(path)
        return self

    @property
    def _is_spent(self) -> bool:
        return self.size <= 0 or self.now() > self._until

    def _look(self, path: Path) -> None:
        names: set[str] = set()
        try:
            with path.open("rb") as stream:
                for offset, name in self._finds(path, iter(lambda: stream.read(_CHUNK), b"")):
                    if name not in names:  # the first place tells where to look
                        names.add(name)
                        self.leaks.append(Leak(path, offset, name))
        except OSError as error:
            self.unread.append(f"{path} was not searched for secrets ({error.strerror or error})")

    def _finds(self, path: Path, chunks: Iterator[bytes]) -> Iterator[tuple[int, str]]:
        held, start, is_first = b"", 0, True
        for chunk in chunks:
            self.size -= len(chunk)
            data = held + chunk
            if is_first and data.startswith((_GZIP, _ZIP)):
                yield from self._whole(path, data + b"".join(chunks))
                return
            is_first = False
            end = _safe_end(data) if len(chunk) == _CHUNK else len(data)
            if not end and len(data) < _LONGEST_PART:
                held = data
                continue
            end = end or len(data)
            yield from self._part(data[:end], start, _DEPTH)
            kept = max(0, end - _OVERLAP)
            held, start = data[kept:], start + kept
            if self._is_spent:
                self.unread.append(f"{path} was searched for secrets only in part: it is too long")
                return

    def _whole(self, path: Path, data: bytes) -> Iterator[tuple[int, str]]:
        try:
            yield from self._part(data, 0, _DEPTH)
        except (zlib.error, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
            self.unread.append(f"{path} was not searched for secrets: it cannot be unpacked")

    def _part(self, data: bytes, start: int, depth: int) -> Iterator[tuple[int, str]]:
        """The finds in data that stand at `start`, packed or not."""
        if depth and data.startswith(_GZIP):
            for _, name in self._part(_unzipped(data), 0, depth - 1):
                yield start, name
        elif depth and data.startswith(_ZIP):
            for content in _members(data):
                for _, name in self._part(content, 0, depth - 1):
                    yield start, name
        else:
            yield from self._text(data, start, depth)

    def _text(self, data: bytes, start: int, depth: int) -> Iterator[tuple[int, str]]:
        shown = 0
        for packed in _PACKED.finditer(data) if depth else ():
            yield from self._plain(data[shown : packed.start()], start + shown)
            content = _decoded(packed[0])
            self.size -= len(content)
            for _, name in self._part(content, 0, depth - 1):
                yield start + packed.start(), name
            shown = packed.end()
        yield from self._plain(data[shown:], start + shown)

    def _plain(self, data: bytes, start: int) -> Iterator[tuple[int, str]]:
        for at in range(0, len(data), _CHUNK):
            for offset, name in self.search.find(data[max(0, at - _OVERLAP) : at + _CHUNK]):
                yield start + max(0, at - _OVERLAP) + offset, name


def _safe_end(data: bytes) -> int:
    """Where the data may be cut: not in a packed part, whose rest is to come."""
    tail = re.search(rb"H4sI[A-Za-z0-9+/]*\Z", data)
    return tail.start() if tail else len(data)


def _decoded(packed: bytes) -> bytes:
    """What the part holds; the part itself where it is none after all."""
    try:
        return _unzipped(base64.b64decode(packed, validate=True))
    except (binascii.Error, zlib.error):
        return packed


def _unzipped(data: bytes) -> bytes:
    """The content of gzip, also of one that was cut, up to the longest part."""
    return zlib.decompressobj(wbits=31).decompress(data, _LONGEST_PART)


def _members(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            yield name.encode("utf-8", "surrogateescape")
            with archive.open(name) as member:
                yield member.read(_LONGEST_PART)


def files_below(folders: Iterable[Path]) -> Iterator[Path]:
    """The files in these folders; a path that is a file is one, and what is not there is none."""
    for folder in folders:
        if folder.is_dir():
            yield from (path for path in folder.rglob("*") if path.is_file())
        elif folder.is_file():
            yield folder
