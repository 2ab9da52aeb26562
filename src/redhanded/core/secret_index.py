"""Where registered secrets stand in a text, in whatever spelling, and in pieces of half a secret.

The text is sampled at every fourth character, and each sample of four is looked up in one
dictionary, so that the cost hardly depends on how many secrets there are: with fifty of them, a
regular expression with a branch for each spelling takes a hundred times as long, and ten times as
long when the branches are factored into a tree.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, insort
from itertools import compress, count
from math import ceil
from struct import unpack_from
from typing import TYPE_CHECKING, NamedTuple

from redhanded.core.decoding import Layer, decoded, is_layered, joints, unwrapped
from redhanded.core.encodings import fold, spellings
from redhanded.core.masked_lines import BEFORE_A_FLUSH
from redhanded.core.masks import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GRAM = 4
_RUN = 2 * _GRAM - 1  # any seven characters hold a whole sample
_SHORTEST_PIECE = 8
_SHORTEST_PROSE = 16
_LAYERS = 5
_ELLIPSES = ("...", "\u2026")
# What words, names and addresses are made of; a token has digits, a password other signs.
_PROSE = re.compile(r"(?:[^\W\d]|[ ./:-])*")


class _Needle(NamedTuple):
    text: str
    mask: str
    least: int


class SecretIndex:
    """The registered secrets; one thread adds at a time, any number of them search meanwhile."""

    def __init__(self) -> None:
        self._seeds: dict[int, tuple[tuple[_Needle, int], ...]] = {}
        self._stride = _GRAM
        self._joints: frozenset[str] = frozenset()
        self._sorted: list[str] = []
        self._sorted_short: list[str] = []
        self.longest: int = 0

    def add(self, value: str, mask: str) -> None:
        """Takes a secret in; every search that begins afterwards finds it under this mask."""
        self._joints |= joints(value)
        for spelling in spellings(value):
            needle = _Needle(spelling, mask, _least(len(spelling)))
            self.longest = max(self.longest, len(spelling))
            insort(self._sorted, spelling)
            if len(spelling) < needle.least + BEFORE_A_FLUSH:
                insort(self._sorted_short, spelling)
            if needle.least < _RUN:
                self._stride = _GRAM // 2
            words = _bytes(spelling)
            for offset in _offsets(len(spelling), needle.least):
                gram = int.from_bytes(words[offset : offset + _GRAM], sys.byteorder)
                self._seeds[gram] = (*self._seeds.get(gram, ()), (needle, offset))

    def may_hold(self, text: str) -> bool:
        """Whether a sample of the text is part of a secret, or the text has a layer to take off."""
        return bool(self._seeds) and (is_layered(text) or any(self._met(_bytes(fold(text)))))

    @property
    def texts(self) -> Sequence[str]:
        """The spellings that are looked for."""
        return self._sorted

    def open_end(self, text: str) -> int:
        """How many characters at the text's end may begin a secret whose rest is yet to come.

        The first few of a long one are not counted: the rest is enough to be found.
        """
        low = fold(text[-self.longest :]) if self._seeds else ""
        ends = (len(low) - start for start in range(len(low)))
        return next((length for length in ends if self._begins(low[-length:])), 0)

    def _begins(self, end: str) -> bool:
        known = self._sorted_short if len(end) <= BEFORE_A_FLUSH else self._sorted
        at = bisect_left(known, end)
        return at < len(known) and known[at].startswith(end)

    def hits(self, text: str) -> list[Hit]:
        """Every place of a registered secret, or of half of one, in the text or a layer of it."""
        if not self._seeds:
            return []
        layers: list[Layer] = []
        found = self._below(layers, text)
        while len(layers) < _LAYERS and (layer := decoded(layers[-1].text if layers else text)):
            layers.append(layer)
            found += self._below(layers, layer.text)
        return found

    def _below(self, layers: Sequence[Layer], text: str) -> list[Hit]:
        """The places in the text below these layers, with its lines as they are and joined."""
        found = self._verbatim(text, layers)
        for joint in self._joints:
            if joined := unwrapped(text, joint):
                found += self._verbatim(joined.text, (*layers, joined))
        return found

    def _verbatim(self, text: str, layers: Sequence[Layer]) -> list[Hit]:
        """The places in a text that lies below those layers, as places above them."""
        low, found = fold(text), list[Hit]()
        for at, gram in self._met(_bytes(low)):
            for needle, offset in self._seeds[gram]:
                place = _place(low, at, needle, offset)
                if place is not None:
                    found.append(Hit(*place, needle.mask))
        return _undecoded(found, layers) if found and layers else found

    def _met(self, data: bytes) -> Iterator[tuple[int, int]]:
        """The samples that are part of a secret, each after its place; most texts have few."""
        for start in range(0, _GRAM, self._stride):
            samples = _samples(data, start)
            if not self._seeds.keys().isdisjoint(samples):  # twice as quick, and mostly the end
                for number in compress(count(), map(self._seeds.__contains__, samples)):
                    yield start + number * _GRAM, samples[number]


def _samples(data: bytes, start: int) -> tuple[int, ...]:
    """Every four bytes from there as one number."""
    size = (len(data) - start) // _GRAM
    return unpack_from(f"{size}I", data, start) if size > 0 else ()


def _bytes(text: str) -> bytes:
    """One byte a character: enough to find candidates, which are then compared in full."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-32-le", "surrogatepass")[::4]


def _undecoded(hits: list[Hit], layers: Sequence[Layer]) -> list[Hit]:
    places = [(start, end) for start, end, _ in hits]
    for layer in reversed(layers):
        places = layer.undecoded(places)
    return [Hit(*place, hit.mask) for place, hit in zip(places, hits, strict=True)]


def _least(length: int) -> int:
    """How many characters of a spelling count as the secret: half of them, if they are many."""
    return length if length < _SHORTEST_PIECE else max(_SHORTEST_PIECE, ceil(length / 2))


def _offsets(length: int, least: int) -> Iterator[int]:
    """Offsets of enough grams that every piece of `least` characters is sampled at one of them.

    Four neighbours are met at whatever place the piece starts; such runs stand so close together
    that every piece holds a whole one.
    """
    if length < _RUN:
        return iter(range(length - _GRAM + 1))
    runs = range(0, length - _RUN + 1, least - _RUN + 1)
    return iter(sorted({at for run in runs for at in range(run, run + _GRAM)}))


def _place(low: str, at: int, needle: _Needle, offset: int) -> tuple[int, int] | None:
    """Where the needle, or enough of it, stands around the gram found at `at`."""
    start = at - offset
    if start >= 0 and low.startswith(needle.text, start):
        return start, start + len(needle.text)
    after = at + _GRAM
    is_longer = low[at - 1 : at] == needle.text[offset - 1 : offset] or (
        low[after : after + 1] == needle.text[offset + _GRAM : offset + _GRAM + 1]
    )
    if needle.least == len(needle.text) or not is_longer:
        return None
    start = at - _shared(low[max(0, start) : at][::-1], needle.text[:offset][::-1])
    end = at + _shared(low[at : at - offset + len(needle.text)], needle.text[offset:])
    if _counts(low[start:end], needle):
        return start, end
    return _shortened(low, start, end, needle) if start == at - offset else None


def _shortened(low: str, start: int, end: int, needle: _Needle) -> tuple[int, int] | None:
    """Where both ends of the needle stand around an ellipsis, as pytest shortens a text."""
    mark = next((mark for mark in _ELLIPSES if low.startswith(mark, end)), None)
    if mark is None:
        return None
    after = end + len(mark)
    ends = range(len(needle.text) - (end - start), 0, -1)
    last = next((size for size in ends if low.startswith(needle.text[-size:], after)), 0)
    told = low[start:end] + low[after : after + last]
    return (start, after + last) if _counts(told, needle) else None


def _shared(one: str, two: str) -> int:
    """How many characters the two have in common from their start."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(two)))


def _counts(piece: str, needle: _Needle) -> bool:
    """Whether a piece gives the secret away; a word of a passphrase is also just a word."""
    least = needle.least
    if _PROSE.fullmatch(piece):
        least = max(_SHORTEST_PROSE, ceil(0.6 * len(needle.text)))
    return len(piece) >= least
