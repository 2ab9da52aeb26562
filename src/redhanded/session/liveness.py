"""Which runs are under way, as far as a machine that is in none of them can know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.fleet.registry import is_alive
from redhanded.fleet.store import FleetUnavailable
from redhanded.session.fleet import Part, store_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from redhanded.core.settings import Settings
    from redhanded.fleet.store import Store
    from redhanded.pipeline.surroundings import Surroundings

_PATIENCE: Final = 2.0  # seconds for a Redis that is asked for the first time
_EVERY: Final = 0.05
_AWAY: Final = (
    "the fleet's Redis is away, and nobody else knows which runs of other machines are under way:"
    " none of them counts as dead"
)


class Liveness:
    """Says of a run whether it may still be under way, on whichever machine.

    `here` are the runs of this machine that are. Where a Redis is shared it knows of the others,
    and a run counts as alive as long as it cannot be asked; without one only their age is known.
    """

    def __init__(
        self,
        settings: Settings,
        here: Collection[str],
        *,
        surroundings: Surroundings,
        tell: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._here = here
        self._around = surroundings
        self._tell = tell
        self._store: Store | None = None
        self._is_away = False

    def __call__(self, run: str) -> bool:
        """Whether the run may be under way."""
        if run in self._here:
            return True
        if not self._settings.fleet.enabled or self._settings.redis_url is None:
            return False
        return self._is_away or self._asked(run)

    def _asked(self, run: str) -> bool:
        until = self._around.clock.monotonic() + _PATIENCE
        store = self._opened()
        while True:
            try:
                return is_alive(store, run)
            except FleetUnavailable:
                if self._around.clock.monotonic() >= until:
                    break
                self._around.sleep(_EVERY)
        self._is_away = True
        self._tell(_AWAY)
        return True

    def _opened(self) -> Store:
        if self._store is None:
            part = Part(run_id="sweep", worker="sweep")
            self._store = store_of(
                self._settings,
                part,
                self._settings.folder,
                surroundings=self._around,
                tell=lambda _: None,
            )
        return self._store

    def close(self) -> None:
        """Let go of the connection, if there is one."""
        if self._store is not None:
            self._store.close()
