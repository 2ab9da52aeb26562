"""Processes that make things and die, each at a moment of its own."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from bench.cleanup.api import CHILD, PHASES, Moment
from bench.fleet import members

SUITE = Path(__file__).with_name("suite")
REQUESTS = 7  # that one child sends when nothing happens to it and nothing is lost
LONGEST = 60.0
Way: TypeAlias = Literal["SIGKILL", "SIGTERM", "SIGTERM, then SIGKILL", "_exit"]
WAYS: tuple[Way, ...] = ("SIGKILL", "SIGTERM", "SIGTERM, then SIGKILL", "_exit")


class Death(NamedTuple):
    """How and when a child is to die; `delay` in seconds after the moment."""

    way: Way
    moment: Moment
    delay: float


def name_of(number: int) -> str:
    """Under which name a child calls the API; no number, for a header is a text."""
    return f"child-{number}"


def drawn(seed: int, number: int) -> Death:
    """The death of the child of this number."""
    chance = random.Random(f"{seed}/{number}")
    moment = Moment(chance.randint(1, REQUESTS), chance.choice(PHASES))
    delay = chance.choice((0.0, 0.0, chance.random() * 0.03))
    return Death(chance.choice(WAYS), moment, delay)


@dataclass(slots=True)
class Victim:
    """A child under way, and the death that waits for it."""

    death: Death
    process: Any
    line: Connection
    was_struck: threading.Event = field(default_factory=threading.Event)
    _is_over: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reach(self, moment: Moment) -> None:
        """Strike, if this is the moment."""
        if moment == self.death.moment and not self.was_struck.is_set():
            self.was_struck.set()
            time.sleep(self.death.delay)
            self._strike()

    def _strike(self) -> None:
        match self.death.way:
            case "SIGKILL":
                self._signal(signal.SIGKILL)
            case "SIGTERM":
                self._signal(signal.SIGTERM)
            case "SIGTERM, then SIGKILL":
                self._signal(signal.SIGTERM)
                threading.Timer(self.death.delay + 0.01, self._signal, [signal.SIGKILL]).start()
            case "_exit":
                with suppress(OSError):  # it has ended by itself
                    self.line.send(b"now")

    def _signal(self, which: signal.Signals) -> None:
        with self._lock:
            if not self._is_over and self.process.exitcode is None:
                os.kill(self.process.pid, which)

    def bury(self) -> None:
        """Wait for its end; nobody strikes it any more."""
        self.process.join(LONGEST)
        with self._lock:
            self._is_over = True
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        self.process.close()
        self.line.close()


class Victims:
    """All children under way, by the name under which they call the API."""

    def __init__(self) -> None:
        self._known: dict[str, Victim] = {}

    def reach(self, child: str, moment: Moment) -> None:
        """Pass a moment on to the child whose it is."""
        victim = self._known.get(child)
        if victim is not None:
            victim.reach(moment)

    @contextmanager
    def started(self, number: int, death: Death, *, url: str, folder: Path) -> Iterator[Victim]:
        """A child that runs the suite, waited for when the block is left."""
        made = members.context()
        heard, line = made.Pipe(duplex=False)
        process = made.Process(target=run_suite, args=(number, url, folder, heard), daemon=True)
        victim = Victim(death, process, line)
        self._known[name_of(number)] = victim
        process.start()
        heard.close()
        try:
            yield victim
        finally:
            victim.bury()
            del self._known[name_of(number)]


def run_suite(number: int, url: str, folder: Path, heard: Connection) -> None:
    """Run the suite as `pytest` does; end at once when that is said on the line."""
    import pytest

    threading.Thread(target=_obey, args=(heard,), daemon=True).start()
    silence = os.open(os.devnull, os.O_WRONLY)
    for said in (1, 2):
        os.dup2(silence, said)
    os.chdir(SUITE)
    os.environ |= {"REDHANDED_BASE_URL": url, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    options = (f"--rh-folder={folder}", f"--rh-set=headers.{CHILD}={name_of(number)}")
    pytest.main(["-q", "-p", "no:cacheprovider", "-p", "redhanded.plugin", *options])


def _obey(heard: Connection) -> None:
    try:
        heard.recv()
    except EOFError:  # nobody is going to say it
        return
    os._exit(9)
