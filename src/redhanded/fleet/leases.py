"""Leases: things of which each may be used by one test at a time, over all workers and machines."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from redhanded.core.errors import RedhandedError, UsageError
from redhanded.fleet.heart import LASTS
from redhanded.fleet.presence import Owner
from redhanded.fleet.store import FleetUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from redhanded.core.clock import Clock
    from redhanded.fleet.heart import Heart
    from redhanded.fleet.presence import Presence
    from redhanded.fleet.store import Store

PATIENCE: Final = 30.0  # seconds
SHORTEST, LONGEST = 0.05, 1.0  # seconds between two looks at a pool of which nothing is free
_EACH: Final = 0.03  # seconds for each of its names: a large pool is looked at less often


class LeaseUnavailable(RedhandedError):
    """Nothing of a pool came free in time; `facts` names who holds what, in sentences."""

    def __init__(self, message: str, *, pool: str, facts: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.pool = pool
        self.facts: tuple[str, ...] = tuple(facts)


class Taken(NamedTuple):
    """One name of a pool, held by a test of this process."""

    pool: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surrounding:
    """What leases take from the process they are in.

    `scope` tells one API from another: the same name means another user there. `place` is where
    this process begins to look, lest all ask for the same name first. `share` gives the names that
    are this process's own while nobody can be asked; `note` is told what a reader must know.
    """

    store: Store
    presence: Presence
    heart: Heart
    clock: Clock
    sleep: Callable[[float], object]
    random: Callable[[], float]
    note: Callable[[str], None]
    scope: str = ""
    place: int = 0
    share: Callable[[Sequence[str]], Sequence[str]] = field(default=lambda names: names)


class Leases:
    """The names of the pools that tests of this process hold, each renewed until it is given back.

    A holder that dies lets go after a minute; on this machine, at once.
    """

    def __init__(self, pools: Mapping[str, Sequence[str]], around: Surrounding) -> None:
        self._pools = pools
        self._around = around
        self._lock = Lock()
        self._held: dict[Taken, Callable[[], None]] = {}

    def take(self, pool: str, *, patience: float = PATIENCE) -> Taken:
        """A name of the pool that nobody else holds, from now on ours; waits for it so long.

        Raises LeaseUnavailable where none came free, and UsageError where none ever can.
        """
        names, around = self._names(pool), self._around
        until = around.clock.monotonic() + patience
        pause, longest = SHORTEST, min(LONGEST, max(4 * SHORTEST, _EACH * len(names)))
        while True:
            taken, holders = self._look(pool, names)
            if taken is not None:
                return taken
            left = until - around.clock.monotonic()
            if left <= 0:
                raise _none_free(pool, names, holders, patience)
            around.sleep(min(pause * (0.5 + around.random()), left))
            pause = min(2 * pause, longest)

    def give_back(self, taken: Taken) -> None:
        """Let go of a name; whoever waits for it has it at the next look."""
        with self._lock:
            stop = self._held.pop(taken, None)
        if stop is None:
            return
        stop()
        try:
            self._around.store.release(key_of(self._around.scope, taken), self._owner)
        except FleetUnavailable:
            return  # it runs out by itself

    @property
    def _owner(self) -> str:
        return str(self._around.presence.owner)

    def _names(self, pool: str) -> Sequence[str]:
        if pool not in self._pools:
            raise UsageError(_unknown(pool, self._pools))
        names = tuple(dict.fromkeys(self._pools[pool]))
        with self._lock:
            held = [name for name in names if Taken(pool, name) in self._held]
        if len(held) == len(names):
            raise UsageError(
                f'lease("{pool}") is asked for more names than the pool has, which is {len(names)}:'
                f" add names to [tool.redhanded.leases] {pool}, or take fewer in one test."
            )
        start = self._around.place % len(names)
        return [*names[start:], *names[:start]]

    def _look(self, pool: str, names: Sequence[str]) -> tuple[Taken | None, dict[str, str]]:
        """A name that was free, else who holds each of them."""
        holders: dict[str, str] = {}
        for name in names:
            taken = Taken(pool, name)
            if not self._reserve(taken):
                continue
            holder = ""
            try:
                holder = self._holder(taken)
            finally:
                if holder != self._owner:
                    del self._held[taken]
            if holder == self._owner:
                self._held[taken] = self._around.heart.keep(partial(self._renew, taken))
                return taken, {}
            holders[name] = holder
        return None, holders

    def _reserve(self, taken: Taken) -> bool:
        """Whether no test of this process holds the name; no other thread asks for it then."""
        with self._lock:
            is_free = taken not in self._held
            if is_free:
                self._held[taken] = _nothing
            return is_free

    def _holder(self, taken: Taken) -> str:
        """Who holds the name now that it was claimed; nobody knows it while the store is away."""
        around, key = self._around, key_of(self._around.scope, taken)
        try:
            holder = around.store.claim(key, self._owner, LASTS)
            if holder != self._owner and around.presence.is_gone(Owner.read(holder)):
                around.store.release(key, holder)
                holder = around.store.claim(key, self._owner, LASTS)
        except FleetUnavailable as error:
            around.note(
                f"test users: {str(error).rstrip('.')}; meanwhile each process takes its own share"
                " of the names"
            )
            names = self._pools[taken.pool]
            return self._owner if taken.name in around.share(names) else ""
        return holder

    def _renew(self, taken: Taken) -> None:
        holder = self._around.store.claim(key_of(self._around.scope, taken), self._owner, LASTS)
        if holder != self._owner:
            self._around.note(
                f"the lease of {taken.name} ({taken.pool}) ran out while a test used it, and"
                f" {Owner.read(holder).told()} took it: see why this process was not heard of"
            )


def key_of(scope: str, taken: Taken) -> str:
    """Where a name of a pool stands in the store; neither can be read from it."""
    text = "\0".join((scope, *taken))
    return f"lease:{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _nothing() -> None:
    """What there is to let go of before a claim was made."""


def _unknown(pool: str, pools: Mapping[str, Sequence[str]]) -> str:
    close = difflib.get_close_matches(pool, pools, n=1)
    hint = f'did you mean "{close[0]}"? Else declare' if close else "declare"
    return (
        f'lease() knows no pool "{pool}"; {hint} it in pyproject.toml: '
        f'[tool.redhanded.leases] {pool} = ["...", "..."].'
    )


def _none_free(
    pool: str, names: Sequence[str], holders: Mapping[str, str], patience: float
) -> LeaseUnavailable:
    facts = [
        f"{name} is held by {Owner.read(holder).told()}"
        if holder
        else f"{name} is another process's while the fleet's store is away"
        for name, holder in sorted(holders.items())
    ]
    told = "; ".join([*facts[:5], *(["..."] if len(facts) > 5 else [])])
    count = f"{len(names)} name{'' if len(names) == 1 else 's'}"
    return LeaseUnavailable(
        f'lease("{pool}") waited {patience:g} s and nothing of its {count} came free ({told}):'
        f" add names to [tool.redhanded.leases] {pool}, or run fewer workers.",
        pool=pool,
        facts=facts,
    )


def portion(names: Sequence[str], *parts: tuple[int, int]) -> Sequence[str]:
    """The names that belong to one of many, such as `(1, 4)` for the second of four.

    A part of a part is given as a further pair: each has names of its own, or none.
    """
    for place, count in parts:
        names = names[place::count]
    return names
