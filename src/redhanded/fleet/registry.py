"""The registry: which processes of a run live, and which runs, as their store knows it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from redhanded.fleet.heart import LASTS
from redhanded.fleet.presence import Owner
from redhanded.fleet.store import FleetUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.fleet.heart import Heart
    from redhanded.fleet.presence import Presence
    from redhanded.fleet.store import Store


def is_alive(store: Store, run: str) -> bool:
    """Whether a process of that run was heard of in the last minute, on whichever machine.

    Raises FleetUnavailable where nobody can tell.
    """
    return bool(store.get(_alive(run)))


def _alive(run: str) -> str:
    return f"alive:{run}"


@dataclass(slots=True, kw_only=True)
class Registry:
    """One process's entry among those of its run; nothing here raises, or waits for long.

    `run` is the id that all machines of the run have; `part` tells its controllers from each other:
    the project, and the shard where there are several.
    """

    store: Store
    presence: Presence
    heart: Heart
    run: str
    part: tuple[str, ...] = ()
    _seen: frozenset[str] = frozenset()
    _kept: list[Callable[[], None]] = field(default_factory=list)
    _is_in: bool = False
    _is_controller: bool = False

    @property
    def live(self) -> int:
        """How many processes of the run live, this one included, as far as was heard last."""
        return max(len(self._seen), 1)

    def enter(self) -> None:
        """Be heard of from now on."""
        if not self._is_in:
            self._is_in = True
            self.beat()
            self._kept.append(self.heart.keep(self.beat))

    def beat(self) -> None:
        """Be heard of once more, and hear who else is."""
        with suppress(FleetUnavailable):  # who was heard last is the best that is known
            self._seen = self.store.beat(self._group, self._owner, LASTS)
            self.store.put(_alive(self.run), self._owner, LASTS)

    def control(self) -> Owner | None:
        """Who controls this part of the run, where that is somebody else who lives; else we do."""
        try:
            holder = self._claimed()
            if holder != self._owner and self.presence.is_gone(Owner.read(holder)):
                self.store.release(self._controller, holder)
                holder = self._claimed()
        except FleetUnavailable:
            return None
        if holder != self._owner:
            return Owner.read(holder)
        self._is_controller = True
        self._kept.append(self.heart.keep(self._claimed))
        return None

    def leave(self) -> None:
        """Be heard of no more; a new run may have the name."""
        while self._kept:
            self._kept.pop()()
        with suppress(FleetUnavailable):  # it runs out by itself
            if self._is_in:
                self.store.leave(self._group, self._owner)
            if self._is_controller:
                self.store.release(self._controller, self._owner)
        self._is_in = self._is_controller = False

    def _claimed(self) -> str:
        return self.store.claim(self._controller, self._owner, LASTS)

    @property
    def _owner(self) -> str:
        return str(self.presence.owner)

    @property
    def _group(self) -> str:
        return f"run:{self.run}"

    @property
    def _controller(self) -> str:
        text = "\0".join((self.run, *self.part))
        return f"controller:{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
