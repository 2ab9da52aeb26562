"""Owners: who made what a journal tells of, and whether that process still lives."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from redhanded.cleanup.lock import Lock
from redhanded.cleanup.machine import Machine, runs, started, this_machine
from redhanded.cleanup.mounts import network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PORTS = {"http": 80, "https": 443}


class Standing(Enum):
    """What is known of an owner. Only what a dead one made may be removed by its id."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """One process of a run, and the API that it made things on; the first line of its journal.

    `base_url` is as `address` gives it, `profile` the name of the profile or empty. `start` is when
    the process started, in the kernel's count; `holds` says whether it holds a lock that can be
    relied on. `at` is in seconds since the epoch.
    """

    run: str
    worker: str
    base_url: str
    machine: Machine
    pid: int
    profile: str = ""
    start: str = ""
    holds: bool = True
    at: float = 0.0
    op: Literal["owner"] = "owner"
    v: Literal[1] = 1


def this_process(
    *, run: str, worker: str, base_url: str, profile: str = "", now: Callable[[], float] = time.time
) -> Owner:
    """The owner that we are."""
    pid = os.getpid()
    return Owner(
        run=run,
        worker=worker,
        base_url=address(base_url),
        profile=profile,
        machine=this_machine(),
        pid=pid,
        start=started(pid),
        at=now(),
    )


def address(base_url: str) -> str:
    """A base URL as it is compared: without credentials, query and the scheme's own port."""
    try:
        split = urlsplit(base_url)
        port = split.port
    except ValueError:
        return ""
    host = (split.hostname or "").lower()
    shown = f"[{host}]" if ":" in host else host
    ending = "" if port in {None, _PORTS.get(split.scheme)} else f":{port}"
    return f"{split.scheme}://{shown}{ending}{split.path.rstrip('/')}"


def standing(
    owner: Owner | None,
    journal: Path,
    *,
    here: Machine | None = None,
    of_network: Callable[[Path], str] = network,
) -> Standing:
    """Whether the owner of the journal at that path is alive, proven dead, or neither is known.

    On a file system of this machine the lock beside the journal tells, and nothing else. Where
    there is none, or it may not reach us through a network, the process itself is looked for. A
    journal of another machine proves nothing here. None is an owner whose line is lost.
    """
    machine = here or this_machine()
    may_trust = (owner is None or owner.holds) and Lock(journal).path.exists()
    if not may_trust or of_network(journal.parent):
        return Standing.UNKNOWN if owner is None else _by_process(owner, machine)
    if (
        owner is not None
        and not machine.has_kernel_of(owner.machine)
        and machine.host != owner.machine.host
    ):
        return Standing.UNKNOWN
    return _by_lock(journal)


def _by_lock(journal: Path) -> Standing:
    lock = Lock(journal)
    try:
        if not lock.take():
            return Standing.ALIVE
    except OSError:
        return Standing.UNKNOWN
    lock.let_go()
    return Standing.DEAD


def _by_process(owner: Owner, machine: Machine) -> Standing:
    # A name of a machine alone is no proof: many runners of a build farm bear the same one.
    if not machine.has_processes_of(owner.machine) or machine.host != owner.machine.host:
        return Standing.UNKNOWN
    return Standing.ALIVE if runs(owner.pid, owner.start) else Standing.DEAD
