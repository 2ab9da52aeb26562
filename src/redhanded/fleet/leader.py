"""The leader: the one process of all machines that does what is done once for a run."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from redhanded.fleet.presence import Owner
from redhanded.fleet.shelf import ShelfUnusable, TurnLate
from redhanded.fleet.store import FleetUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redhanded.core.clock import Clock
    from redhanded.fleet.heart import Heart
    from redhanded.fleet.presence import Presence
    from redhanded.fleet.store import Store

LASTS: Final = 15.0  # seconds; a leader that dies lets the next one in after that
EVERY: Final = 5.0
LONGEST: Final = 600.0  # seconds for which one leader is waited for, were it to hang
KEPT: Final = 6 * 3600.0  # seconds; a part of the run may begin when others are over
PAUSE: Final = 0.05
_GONE: Final = 0.001  # seconds: as good as not kept at all


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreShelf:
    """A shelf in the store of a fleet, for all machines of one run.

    `run` tells this run from every other one that uses the store; `seconds` is how long a turn is
    waited for.
    """

    store: Store
    run: str
    presence: Presence
    heart: Heart
    clock: Clock
    sleep: Callable[[float], object]
    seconds: float

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """The right to make the result, renewed while it is being made."""
        key, since = f"turn:{self.run}:{name}", self.clock.monotonic()
        self._await(key, name)

        def renew() -> None:
            if self.clock.monotonic() - since < LONGEST:
                self.store.claim(key, self._owner, LASTS)

        stop = self.heart.keep(renew, every=EVERY)
        try:
            yield
        finally:
            stop()
            with suppress(FleetUnavailable):  # it runs out by itself
                self.store.release(key, self._owner)

    @property
    def _owner(self) -> str:
        return str(self.presence.owner)

    def _await(self, key: str, name: str) -> None:
        """Wait for the turn, or for the result that makes it needless."""
        until = self.clock.monotonic() + self.seconds
        while not self._is_ours(key) and self.read(name) is None:
            if self.clock.monotonic() >= until:
                raise TurnLate
            self.sleep(PAUSE)

    def _is_ours(self, key: str) -> bool:
        try:
            holder = self.store.claim(key, self._owner, LASTS)
            if holder != self._owner and self.presence.is_gone(Owner.read(holder)):
                self.store.release(key, holder)
                holder = self.store.claim(key, self._owner, LASTS)
        except FleetUnavailable as error:
            raise ShelfUnusable(str(error)) from error
        return holder == self._owner

    def read(self, name: str) -> str | None:
        """The result of that name, from whichever machine made it."""
        try:
            return self.store.get(self._place(name)) or None
        except FleetUnavailable as error:
            raise ShelfUnusable(str(error)) from error

    def write(self, name: str, record: str) -> None:
        """Put a result there for some hours, and its name into the run's list."""
        try:
            self.store.beat(self._list, name, KEPT)
            self.store.put(self._place(name), record, KEPT)
        except FleetUnavailable as error:
            raise ShelfUnusable(str(error)) from error

    def discard(self) -> None:
        """Remove what all machines of the run have put there."""
        with suppress(FleetUnavailable):  # it is forgotten by itself
            for name in self.store.beat(self._list, "", _GONE) - {""}:
                self.store.put(self._place(name), "", _GONE)
                self.store.leave(self._list, name)

    @property
    def _list(self) -> str:
        return f"once:{self.run}"

    def _place(self, name: str) -> str:
        return f"once:{self.run}:{name}"
