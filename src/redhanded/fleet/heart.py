"""The heart: what must be said again and again while a process lives, from one thread."""

from __future__ import annotations

import os
import sys
import threading
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY: Final = 15.0  # seconds between two renewals
LASTS: Final = 60.0  # seconds for which what was renewed is believed


@dataclass(slots=True, eq=False)
class _Beat:
    act: Callable[[], object]
    every: float
    due: float


class Heart:
    """Calls each act at its own interval, from one daemon thread that lives while there are any.

    An act that is let go of is over by then, and not called any more: what it renewed may be given
    back. An act that fails is called again all the same. A forked child keeps nothing at first:
    what was kept is its parent's to renew.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._changed = threading.Condition()
        self._beats: list[_Beat] = []
        self._thread: threading.Thread | None = None
        if sys.platform != "win32":  # which has no fork
            os.register_at_fork(after_in_child=partial(_begin_anew, weakref.ref(self)))

    def begin_anew(self) -> None:
        """Leave everything to the parent process, of which this one is a fork."""
        self._changed = threading.Condition()  # the parent's thread may have held the other one
        self._beats, self._thread = [], None

    def keep(self, act: Callable[[], object], *, every: float = EVERY) -> Callable[[], None]:
        """What lets go of the act again; it is called from now on, at first after `every`."""
        beat = _Beat(act, every, self._now() + every)
        with self._changed:
            self._beats.append(beat)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="redhanded-heart", daemon=True
                )
                self._thread.start()
            self._changed.notify()
        return partial(self._let_go, beat)

    def _let_go(self, beat: _Beat) -> None:
        with self._changed:
            if beat in self._beats:
                self._beats.remove(beat)
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while (pause := self.beat()) is not None:
                self._changed.wait(pause)
            self._thread = None

    def beat(self) -> float | None:
        """Call what is due; in how many seconds the next one is, None where nothing is kept."""
        with self._changed:
            now = self._now()
            for beat in [beat for beat in self._beats if beat.due <= now]:
                beat.due = now + beat.every
                _call(beat.act)
            return min((max(beat.due - now, 0.0) for beat in self._beats), default=None)

    def stop(self) -> None:
        """Let go of everything."""
        with self._changed:
            self._beats.clear()
            self._changed.notify()


def _begin_anew(reference: weakref.ref[Heart]) -> None:
    heart = reference()
    if heart is not None:
        heart.begin_anew()


def _call(act: Callable[[], object]) -> None:
    with suppress(Exception):  # one that fails must not silence the others
        act()
