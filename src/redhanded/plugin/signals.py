"""Signals that end a process: what its tests made is removed first, as after Ctrl-C.

The system's own answer to SIGTERM ends a process on the spot, and no fixture is torn down. Here
the first one stops the run as Ctrl-C does; more of them are ignored for a while, because whoever
cancels a job sends several, to a process and to its group.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import weakref
from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

GRACE = 10.0  # seconds from the first signal on in which others are ignored
NAMES = ("SIGTERM", "SIGHUP", "SIGBREAK")  # none of Windows and POSIX has all of them
_CODE = 128  # what shells add to the number of the signal that ended a process


def die(number: int) -> None:
    """End this process as if nobody handled the signal, so that its parent sees why."""
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


class Signals:
    """Stops the run of one process where a signal asks for that.

    A signal that somebody else handles, or that the process was started to ignore, is left alone.
    `close` ends the process's part in the run, where that is not going to come to its end.
    """

    def __init__(
        self,
        *,
        is_worker: bool,
        now: Callable[[], float],
        close: Callable[[], None],
        die: Callable[[int], None] = die,
    ) -> None:
        self._is_worker = is_worker
        self._now = now
        self._close = close
        self._die = die
        self._taken: list[signal.Signals] = []
        self._session: pytest.Session | None = None
        self._came: signal.Signals | None = None
        self._until = 0.0
        self._is_cleaning = self._is_ending = False

    @property
    def stopped(self) -> str:
        """The signal that stopped the run, such as `SIGTERM`; empty where none did."""
        return self._came.name if self._came is not None else ""

    @property
    def exit_code(self) -> int:
        """The run's exit code, where a signal stopped it: 143 for SIGTERM, 129 for SIGHUP."""
        return _CODE + self._came if self._came is not None else 0

    def begin(self, session: pytest.Session | None = None) -> None:
        """Take the signals that nobody handles; `session` is known where tests run already."""
        self._session = session
        if threading.current_thread() is not threading.main_thread():
            return  # only there can a signal be handled
        known = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
        self._taken = [one for one in known if signal.getsignal(one) is signal.SIG_DFL]
        for one in self._taken:
            signal.signal(one, self._stop)
        if self._taken and sys.platform != "win32":  # which has no fork
            _mind_forks(self)

    def end(self) -> None:
        """Give the signals back; one that somebody took meanwhile is theirs."""
        for one in self._taken:
            if signal.getsignal(one) == self._stop:
                signal.signal(one, signal.SIG_DFL)
        self._taken = []

    def hold(self) -> None:
        """Let the signals wait: Python would forget one that comes in the midst of a fork."""
        signal.pthread_sigmask(signal.SIG_BLOCK, self._taken)

    def go_on(self) -> None:
        """Let the signals come that waited."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self._taken)

    def forget(self) -> None:
        """Let a fork die of a signal as ever: it has nothing to clean up."""
        taken = self._taken
        self.end()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, taken)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self._came is None:
            self._begin_to_stop(signal.Signals(number), frame)
        elif self._now() >= self._until:
            self._die(number)

    def _begin_to_stop(self, came: signal.Signals, frame: FrameType | None) -> None:
        self._came, self._until = came, self._now() + GRACE
        if self._is_ending:
            return
        # Where the test swallows the interrupt, pytest stops after it all the same.
        if self._session is not None:
            self._session.shouldstop = f"stopped by {came.name}"
        if not self._is_cleaning:
            _interrupt(came, frame)

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Know whom to ask to stop."""
        self._session = session

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        """Let a test that is removing what it made come to its end; then pytest stops."""
        self._is_cleaning = True
        try:
            return (yield)
        finally:
            self._is_cleaning = False

    def pytest_keyboard_interrupt(self) -> None:
        """Whatever stopped the run: from now on nothing is cut short, for a while."""
        self._is_ending = True

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """Let everything be torn down; a worker then ends as the signal demands.

        Its controller sees that it died, and lets others go on with the tests that are left.
        """
        self._is_ending = True
        done = yield
        if self._is_worker and self._came is not None:
            self._close()
            self._die(self._came)
        return done


def _interrupt(came: signal.Signals, frame: FrameType | None) -> None:
    """Stop what runs as Ctrl-C would: an event loop's own handler knows how to end its tasks."""
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler) and handler is not signal.default_int_handler:
        handler(signal.SIGINT, frame)
    else:
        raise pytest.Session.Interrupted(f"stopped by {came.name}")


def _mind_forks(signals: Signals) -> None:
    known = weakref.ref(signals)  # nobody can take such functions back

    def tell(act: Callable[[Signals], None]) -> None:
        found = known()
        if found is not None:
            act(found)

    os.register_at_fork(
        before=partial(tell, Signals.hold),
        after_in_parent=partial(tell, Signals.go_on),
        after_in_child=partial(tell, Signals.forget),
    )
