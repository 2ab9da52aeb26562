"""Packing: a value as JSON, gzipped, as base64, which an element of the page can hold as text."""

from __future__ import annotations

import base64
import gzip
import json
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

LEVEL: Final = 6  # of gzip: 9 takes three times as long for one part in a hundred
AHEAD: Final = 2  # values that may wait for the thread: it is as quick as what feeds it

# Escapes leave nothing but ASCII: also of a text that is no Unicode, which JSON can still hold.
_escaped = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def pack(text: bytes) -> bytes:
    """The JSON text, packed; the same each time."""
    return base64.b64encode(gzip.compress(text, LEVEL, mtime=0))


def unpack(packed: bytes) -> object:
    """The value that was packed."""
    value: object = json.loads(gzip.decompress(base64.b64decode(packed)))
    return value


def encode(value: Mapping[str, object] | list[str]) -> bytes:
    """The value as JSON text in UTF-8."""
    try:
        return to_json(value)
    except ValueError:  # half of a surrogate pair has no UTF-8
        return _escaped(value).encode("ascii")


class Packer:
    """Packs values in the order in which they come, beside what makes them.

    To compress holds up nobody else: that is half of the time of a long report. `take` gets each
    packed value; `size` counts the bytes of those that it has got.
    """

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self.size: int = 0
        self._take = take
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="redhanded-report")
        self._waiting: deque[Future[bytes]] = deque()

    def add(self, text: bytes) -> None:
        """Pack one more JSON text; those of some texts ago are handed on by now.

        How far that lags is fixed, so that `size` is the same each time.
        """
        self._waiting.append(self._thread.submit(pack, text))
        while len(self._waiting) > AHEAD:
            self._hand_on()

    def close(self) -> None:
        """Hand on all that waits, and end the thread."""
        try:
            while self._waiting:
                self._hand_on()
        finally:
            self._thread.shutdown(cancel_futures=True)

    def _hand_on(self) -> None:
        packed = self._waiting.popleft().result()
        self.size += len(packed)
        self._take(packed)
