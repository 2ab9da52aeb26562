"""Which store the process of a run has, and whether it shares the API's circuit and pace by it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from redhanded.core.errors import UsageError
from redhanded.fleet.file import FileStore
from redhanded.fleet.memory import MemoryStore
from redhanded.fleet.redis_address import redis_address
from redhanded.fleet.store import GateLimits, Member
from redhanded.pipeline.assembly import breaker_limits
from redhanded.pipeline.load import load_of
from redhanded.pipeline.shared_gate import Sharing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from redhanded.core.settings import Settings
    from redhanded.fleet.redis_store import RedisStore
    from redhanded.fleet.store import Store
    from redhanded.pipeline.surroundings import Surroundings

FOLDER = "fleet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A process's part in a run: its name, and how many workers of its machine run the tests.

    `workers` is 0 where this process runs them itself. `seat` is its place among them; None says
    that its name tells it.
    """

    run_id: str
    worker: str
    workers: int = 0
    seat: int | None = None

    @property
    def place(self) -> int:
        """Its place among the workers: 3 for `gw3`; 0 for the controller."""
        if self.seat is not None:
            return self.seat
        return int("".join(filter(str.isdigit, self.worker)) or 0)

    @property
    def member(self) -> Member:
        """The process as its fleet knows it; no other one of the machine has its name."""
        return Member(platform.node(), f"{self.run_id}/{self.worker}/{os.getpid()}")


def store_of(
    settings: Settings,
    part: Part,
    folder: Path,
    *,
    surroundings: Surroundings,
    tell: Callable[[str], None],
) -> Store:
    """What the process shares with others: through Redis, through files of the run, or nothing.

    `tell` is given what the run should know. Raises UsageError where Redis is asked for and cannot
    be spoken to at all.
    """
    limits, member = _limits(settings), part.member
    now, random = surroundings.clock.monotonic, surroundings.random
    if settings.fleet.enabled and settings.redis_url is not None:
        store = _redis_store()(
            redis_address(settings), limits=limits, member=member, tell=tell, now=now, random=random
        )
        store.start()
        return store
    if settings.fleet.enabled and part.workers:
        return FileStore(folder / FOLDER, limits, member, now=now, random=random)
    return MemoryStore(limits, member, now, random)


def _redis_store() -> type[RedisStore]:
    try:
        from redhanded.fleet.redis_store import RedisStore
    except ImportError:
        message = "redis_url needs an extra: pip install 'redhanded[redis]'"
        raise UsageError(message) from None
    return RedisStore


def sharing_of(
    settings: Settings, part: Part, store: Store, live: Callable[[], int]
) -> Sharing | None:
    """How circuits and pace are shared; None where nobody is there to share them with.

    `live` tells of how many processes of the run was heard, on whichever machine.
    """
    if not settings.fleet.enabled or (settings.redis_url is None and part.workers < 2):
        return None
    return Sharing(store.gate, lambda: max(part.workers, live()))


def _limits(settings: Settings) -> GateLimits:
    return GateLimits(
        breaker_limits(settings),
        quorum=settings.fleet.quorum,
        pace=partial(load_of, settings),
    )


def trouble_of(store: Store) -> list[str]:
    """What a run should know of a store in files; that in Redis tells by itself."""
    trouble: str = getattr(store, "trouble", "")
    alone = "each kept its own circuit and a share of the pace"
    return [f"the workers could not share for a while ({trouble}): {alone}"] * bool(trouble)
