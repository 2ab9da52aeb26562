"""Registered secrets in bytes that were written: a quick look at much, a close one at little.

The quick look samples eight bytes at every fourth place, in the text as it is and with the escapes
of JSON taken off, and asks one set whether any of them belongs to a secret. Chance answers no for
gigabytes. Only where the answer is yes does the search of the gate itself say what stands where.
"""

from __future__ import annotations

import json
import re
from math import ceil
from struct import unpack_from
from typing import TYPE_CHECKING, NamedTuple

from redhanded.core.decoding import decoded
from redhanded.core.encodings import fold
from redhanded.core.masks import MASK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from redhanded.core.masks import Hit

_GRAM, _STRIDE = 8, 4
_RUN = _GRAM + _STRIDE - 1  # any eleven bytes hold a whole sample
_ESCAPES = ((b"\\\\", b"\\"), (b'\\"', b'"'), (b"\\/", b"/"), (b"\\n", b"\n"))
_DEPTH, _LAYERS = 3, 5
# Escapes that JSON alone does not make: of URLs, HTML, terminals, bytes and wide characters.
_STRANGE = re.compile(rb"%[0-9A-Fa-f]{2}|&[#A-Za-z]|\x1b\[|\x00|\\[uUx0-3]")
_LONG_LINE = 200  # bytes: text for people has shorter lines, and may be wrapped
_WRAP = re.compile(rb"[ \t'\"=]*\r?\n[ \t]*(?:[E>|+-][ \t]+)?[bBrRuUfF]?['\"]?")


class Find(NamedTuple):
    """Where a secret stands, in bytes from the start, and its name."""

    offset: int
    name: str


class LeakSearch:
    """Looks for what the gate would have masked; `texts` are the secrets in all their spellings."""

    def __init__(self, texts: Iterable[str], hits: Callable[[str], list[Hit]]) -> None:
        self._hits = hits
        self._seeds: set[int] = set()
        self._short: set[bytes] = set()
        for text in texts:
            for needle in {_bytes(text), json.dumps(text)[1:-1].encode().lower()}:
                self._take(needle)

    def _take(self, needle: bytes) -> None:
        if len(needle) < _RUN:
            self._short.add(needle)
            return
        step = max(_RUN, ceil(len(needle) / 2)) - _RUN + 1
        for start in range(0, len(needle) - _RUN + 1, step):
            self._seeds.update(
                *(unpack_from("Q", needle, start + shift) for shift in range(_STRIDE))
            )

    def find(self, data: bytes) -> list[Find]:
        """What stands in the data, in order."""
        if not any(map(self._may_hold, _views(data))):
            return []
        text = data.decode("utf-8", "surrogateescape")
        return sorted({Find(_size(text[: hit.start]), _name(hit)) for hit in self._hits(text)})

    def _may_hold(self, view: bytes) -> bool:
        low = view.lower()
        samples = (_samples(low, start) for start in range(0, _GRAM, _STRIDE))
        return not all(map(self._seeds.isdisjoint, samples)) or any(
            needle in low for needle in self._short
        )


def _samples(data: bytes, start: int) -> tuple[int, ...]:
    count = (len(data) - start) // _GRAM
    return unpack_from(f"{count}Q", data, start) if count > 0 else ()


def _views(data: bytes) -> Iterator[bytes]:
    """The data; what JSON has escaped in it, once and again; and the rest of its escapes undone."""
    yield data
    view = data
    for _ in range(_DEPTH):
        view = b"\n".join([line for line in view.split(b"\n") if b"\\" in line])
        if not view:
            break
        for escape, plain in _ESCAPES:
            view = view.replace(escape, plain)
        yield view
    if _STRANGE.search(data):
        yield from _undone(b"\n".join(filter(_STRANGE.search, data.split(b"\n"))))
    if data.count(b"\n") * _LONG_LINE > len(data):
        yield from _undone(data)
        yield _WRAP.sub(b"", data)


def _undone(data: bytes) -> Iterator[bytes]:
    """The data with layer after layer of escapes taken off, as the gate does it."""
    text = data.decode("utf-8", "surrogateescape")
    for _ in range(_LAYERS):
        layer = decoded(text)
        if layer is None:
            return
        text = layer.text
        yield fold(text).encode("utf-8", "surrogatepass")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass").lower()


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _name(hit: Hit) -> str:
    known = MASK.fullmatch(hit.mask)
    return known["name"] if known else "secret"
