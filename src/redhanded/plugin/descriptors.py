"""Standard output and error below Python: what child processes write when pytest captures nothing.

The descriptors lead into pipes, from which a thread hands on what it has masked. Only where
output goes to a file or to another program, as in CI: who sits at a terminal sees his own
secrets, and a child needs the terminal.
"""

from __future__ import annotations

import os
import select
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Final

from redhanded.plugin.streams import MaskedBytes

if TYPE_CHECKING:
    from typing import TextIO

    from redhanded.plugin.streams import Door

_NUMBERS: Final = {"stdout": 1, "stderr": 2}
_CHUNK = 65536
# Code in C may write while it keeps our thread from running: room for more than it has to say.
_ROOM = 2**20


class Descriptors:
    """The pipes in the places of the two descriptors, and the thread that empties them."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._kept: dict[int, int] = {}  # where a descriptor led before, by its number
        self._reading: dict[int, tuple[int, MaskedBytes]] = {}
        self._led: dict[str, tuple[TextIO, TextIO]] = {}
        self._stop, self._stopper = os.pipe()
        self._thread = Thread(target=self._pump, name="redhanded-output", daemon=True)

    def lay(self) -> None:
        """Lay the pipes, and lead Python's own streams past them."""
        for name, number in _NUMBERS.items():
            if os.isatty(number):
                continue
            self._kept[number] = kept = os.dup(number)
            self._reading[_pipe(number)] = kept, MaskedBytes(self._door)
            if self._door.leads_to(name, number):
                past = os.fdopen(os.dup(kept), "w", 1, encoding="utf-8", errors="backslashreplace")
                self._led[name] = past, self._door.lead(name, past)
        self._thread.start()

    def lift(self) -> None:
        """Put the descriptors back, once what was written is handed on."""
        for number, kept in self._kept.items():
            os.dup2(kept, number)
        for name, (past, before) in self._led.items():
            self._door.lead(name, before)
            past.close()
        os.write(self._stopper, b".")
        self._thread.join()
        for reading, (kept, masked) in self._reading.items():
            _write(kept, masked.close())
            os.close(reading)
            os.close(kept)
        for end in (self._stop, self._stopper):
            os.close(end)

    def _pump(self) -> None:
        """Hand on what arrives, until told to stop and nothing is left to read."""
        open_ends = [self._stop, *self._reading]
        is_over = False
        while True:
            ready, _, _ = select.select(open_ends, [], [], 0 if is_over else None)
            for end in ready:
                if end == self._stop:
                    is_over = True
                    open_ends.remove(end)
                elif not self._hand_on(end):
                    open_ends.remove(end)
            if is_over and not ready:
                return

    def _hand_on(self, end: int) -> bool:
        """Whether more may come."""
        kept, masked = self._reading[end]
        data = os.read(end, _CHUNK)
        _write(kept, masked.take(data))
        return bool(data)


def _pipe(number: int) -> int:
    """Where one reads what is written to this descriptor from now on."""
    reading, writing = os.pipe()
    with suppress(ImportError, OSError):  # another system; more than this user may have
        from fcntl import F_SETPIPE_SZ, fcntl

        fcntl(writing, F_SETPIPE_SZ, _ROOM)
    os.dup2(writing, number)
    os.close(writing)
    return reading


def _write(number: int, data: bytes) -> None:
    """Write all of it; where the reader is gone there is nobody to tell."""
    while data:
        try:
            data = data[os.write(number, data) :]
        except OSError:
            return
