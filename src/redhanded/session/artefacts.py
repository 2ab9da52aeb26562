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
_LONGEST_PART: Final = 64 * 2**20  # bytes that one compressed part may have, or unfold to
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_PACKED = re.compile(rb"H4sI[A-Za-z0-9+/]{40,}={0,2}")  # gzip in base64, as our page holds it
_DIGITS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


_BROKEN = (zlib.error, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError)


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
    _is_cut: bool = False  # whether some of the file at hand was left out

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
        self._is_cut = False
        try:
            with path.open("rb") as stream:
                for offset, name in self._finds(iter(lambda: stream.read(_CHUNK), b"")):
                    if name not in names:  # the first place tells where to look
                        names.add(name)
                        self.leaks.append(Leak(path, offset, name))
        except OSError as error:
            self.unread.append(f"{path} was not searched for secrets ({error.strerror or error})")
        except _BROKEN:
            self.unread.append(f"{path} was not searched for secrets: it cannot be unpacked")
        if self._is_cut:
            self.unread.append(f"{path} was searched for secrets only in part: it is too long")

    def _finds(self, chunks: Iterator[bytes]) -> Iterator[tuple[int, str]]:
        held, start, is_first = b"", 0, True
        for chunk in chunks:
            self.size -= len(chunk)
            data = held + chunk
            if is_first and data.startswith((_GZIP, _ZIP)):
                yield from self._part(data + self._taken(chunks), 0, _DEPTH)
                return
            is_first = False
            end = _safe_end(data) if len(chunk) == _CHUNK else len(data)
            if not end:
                data += self._taken(chunks, lambda more: not more.strip(_DIGITS))
                end = len(data)
            yield from self._part(data[:end], start, _DEPTH)
            kept = max(0, end - _OVERLAP)
            held, start = data[kept:], start + kept
            if self._is_spent:
                self._is_cut = True
                return

    def _taken(self, chunks: Iterator[bytes], is_more: Callable[[bytes], bool] = bool) -> bytes:
        """The rest of a packed part: chunks up to the first that ends it, or has no room."""
        taken, length = list[bytes](), 0
        for chunk in chunks:
            self.size -= len(chunk)
            taken.append(chunk)
            length += len(chunk)
            if not is_more(chunk):
                break
            if length >= _LONGEST_PART or self._is_spent:
                self._is_cut = True
                break
        return b"".join(taken)

    def _part(self, data: bytes, start: int, depth: int) -> Iterator[tuple[int, str]]:
        """The finds in data that stand at `start`, packed or not."""
        if depth and data.startswith((_GZIP, _ZIP)):
            for content in _unzipped(data) if data.startswith(_GZIP) else _members(data):
                if self._is_spent:
                    self._is_cut = True
                    return
                self._is_cut |= len(content) >= _LONGEST_PART
                self.size -= len(content)
                for _, name in self._part(content, 0, depth - 1):
                    yield start, name
        else:
            yield from self._text(data, start, depth)

    def _text(self, data: bytes, start: int, depth: int) -> Iterator[tuple[int, str]]:
        shown = 0
        for packed in _PACKED.finditer(data) if depth else ():
            yield from self._plain(data[shown : packed.start()], start + shown)
            for _, name in self._part(_decoded(packed[0]), 0, depth - 1):
                yield start + packed.start(), name
            shown = packed.end()
        yield from self._plain(data[shown:], start + shown)

    def _plain(self, data: bytes, start: int) -> Iterator[tuple[int, str]]:
        for at in range(0, len(data), _CHUNK):
            if at and self._is_spent:
                self._is_cut = True
                return
            for offset, name in self.search.find(data[max(0, at - _OVERLAP) : at + _CHUNK]):
                yield start + max(0, at - _OVERLAP) + offset, name


def _safe_end(data: bytes) -> int:
    """Where the data may be cut: not in a packed part, whose rest is to come."""
    tail = data.find(b"H4sI", len(data.rstrip(_DIGITS)))
    return len(data) if tail < 0 else tail


def _decoded(packed: bytes) -> bytes:
    """What the base64 holds; the text itself where it is no gzip after all."""
    try:
        unpacked = base64.b64decode(packed, validate=True)
        next(_unzipped(unpacked), b"")
    except (binascii.Error, zlib.error):
        return packed
    return unpacked


def _unzipped(data: bytes) -> Iterator[bytes]:
    """The contents of gzip, which may be several in a row; each up to the longest part.

    One that was cut gives what is there of it.
    """
    while data.startswith(_GZIP):
        member = zlib.decompressobj(wbits=31)
        yield member.decompress(data, _LONGEST_PART)
        data = member.unused_data


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
