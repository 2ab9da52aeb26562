"""A process's membership in its run: what it shares with the others, over their one store."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from redhanded.client.logins import Logins
from redhanded.core.errors import UsageError
from redhanded.fleet.canary import SharedCanary
from redhanded.fleet.heart import Heart
from redhanded.fleet.leader import StoreShelf
from redhanded.fleet.leases import Leases, Surrounding, portion
from redhanded.fleet.memory import MemoryStore
from redhanded.fleet.presence import Owner, Presence
from redhanded.fleet.registry import Registry
from redhanded.fleet.store import FleetUnavailable
from redhanded.session.berth import RUNS, part_of, taken_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from redhanded.core.settings import Settings
    from redhanded.fleet.shelf import Shelf
    from redhanded.fleet.store import Store
    from redhanded.pipeline.surroundings import Surroundings
    from redhanded.session.berth import Berth
    from redhanded.session.fleet import Part

_ENDED = 6 * 3600.0  # seconds for which a machine that was done is remembered
_WAIT = 60.0  # seconds for another machine that does what is done once


class Membership:
    """One process among those of its run, on this machine and others; alone it costs nothing.

    Everything here is lazy: a process is heard of once it needs something of the others.
    """

    def __init__(
        self,
        settings: Settings,
        part: Part,
        berth: Berth,
        store: Store,
        *,
        surroundings: Surroundings,
        note: Callable[[str], None],
        project: str = "",
    ) -> None:
        self.store = store
        self.is_shared: bool = not isinstance(store, MemoryStore)
        self._settings = settings
        self._part = part
        self._berth = berth
        self._around = surroundings
        self._note = note
        self._project = project
        self._heart = Heart()
        token = surroundings.entropy(4).hex()
        owner = Owner(part.worker, part.member.host, berth.name, token)
        self._presence = Presence(settings.folder / RUNS, owner)
        self._registry = Registry(
            store=store,
            presence=self._presence,
            heart=self._heart,
            run=berth.run_id,
            part=(project, settings.shard or ""),
        )
        self._is_in = False

    @property
    def owner(self) -> str:
        """This process, as it stands in the store."""
        return str(self._presence.owner)

    def live(self) -> int:
        """How many processes of the run live, as far as was heard."""
        return self._registry.live

    def enter(self) -> None:
        """Be heard of by the others from now on, where there are any."""
        if self.is_shared:
            self._appear()
            self._registry.enter()

    def _appear(self) -> None:
        """Let the processes of this machine know that this one lives."""
        if not self._is_in:
            self._is_in = True
            self._presence.hold()

    def control(self) -> None:
        """Be the one controller of this part of the run; raises UsageError where another one is.

        Only machines need to ask: on one, the lock of the run's name has told.
        """
        if not self._has_machines or self._settings.run_id is None:
            return
        self._appear()  # and no more: it calls no API, so that it takes no share of the pace
        other = self._registry.control()
        if other is not None:
            name = part_of(self._settings.run_id, self._settings.shard)
            raise UsageError(taken_by(name, f"a run that is under way on {other.host}"))
        if self._settings.shard is None:  # what a killed run of this id has left
            self._discard()

    @property
    def _has_machines(self) -> bool:
        """Whether others than those of this machine are asked."""
        return self.is_shared and self._settings.redis_url is not None

    @cached_property
    def leases(self) -> Leases:
        """What tests of this process take of the pools that the settings name."""
        pools: Mapping[str, Sequence[str]] = self._settings.leases
        if not self._has_machines:
            workers = () if self.is_shared else (self._workers,)
            pools = {pool: portion(names, self._shard, *workers) for pool, names in pools.items()}
        around = self._around
        self.enter()
        return Leases(
            pools,
            Surrounding(
                store=self.store,
                presence=self._presence,
                heart=self._heart,
                clock=around.clock,
                sleep=around.sleep,
                random=around.random,
                note=self._note,
                scope=self._settings.base_url or "",
                place=self._part.place,
                share=self._share,
            ),
        )

    def _share(self, names: Sequence[str]) -> Sequence[str]:
        """The names that are this process's own while it cannot ask the others."""
        parts = (self._shard, self._workers) if self._has_machines else (self._workers,)
        return portion(names, *parts)

    @property
    def _shard(self) -> tuple[int, int]:
        place, _, places = (self._settings.shard or "1/1").partition("/")
        return int(place) - 1, int(places)

    @property
    def _workers(self) -> tuple[int, int]:
        workers = max(self._part.workers, 1)
        return self._part.place % workers, workers

    def logins(self) -> Logins | None:
        """The logins that processes share; None where there is one process only."""
        if not self.is_shared:
            return None
        return Logins(
            store=self.store, scope=self._scope, owner=self.owner, clock=self._around.clock
        )

    def shelf(self) -> Shelf | None:
        """Where machines share what is done once for the run; None where there is one only."""
        if not self._has_machines:
            return None
        return StoreShelf(
            store=self.store,
            run=self._scope,
            presence=self._presence,
            heart=self._heart,
            clock=self._around.clock,
            sleep=self._around.sleep,
            seconds=_WAIT,
        )

    def canary(self) -> SharedCanary | None:
        """How processes ask whether the API is well; None where there is one process only.

        The word of another run, or of another machine, counts for nothing: its way to the API may
        be bad where ours is not.
        """
        if not self.is_shared:
            return None
        target = f"{self._settings.base_url or ''}{self._settings.health}"
        scope = f"{self._scope}/{self._part.member.host}/{target}"
        return SharedCanary(self.store, scope, self.owner)

    @property
    def _scope(self) -> str:
        return f"{self._project}/{self._berth.run_id}"

    def end(self) -> None:
        """Remove what the run has in the store, where this controller ends the whole of it."""
        if self.is_shared and self._is_last():
            self._discard()

    def _discard(self) -> None:
        """Remove what is done once for the run, and its tokens, from the store."""
        shelf, logins = self.shelf(), self.logins()
        if shelf is not None:
            shelf.discard()
        if logins is not None:
            logins.discard()

    def _is_last(self) -> bool:
        """Whether no other part of the run is still to come."""
        place, places = self._shard
        parts = [f"ended:{self._scope}:{part}/{places}" for part in range(places)]
        try:
            self.store.put(parts[place], self.owner, _ENDED)
            return all(self.store.get(part) for part in parts)
        except FleetUnavailable:
            return False

    def leave(self) -> None:
        """Be heard of no more."""
        if self._is_in:
            self._registry.leave()
            self._presence.let_go()
        self._heart.stop()
