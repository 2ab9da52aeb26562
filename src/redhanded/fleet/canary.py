"""The canary of many processes: while an API is out, one of them asks at a time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from redhanded.fleet.store import FleetUnavailable

if TYPE_CHECKING:
    from redhanded.fleet.store import Store

_LOOKS: Final = 30.0  # seconds that a look may take; one that died while looking is waited for


@dataclass(frozen=True, slots=True)
class SharedCanary:
    """What the processes of a run tell each other of an API that was not well.

    That it is not is believed while it is fresh; that it is, each sees for itself.
    """

    store: Store
    scope: str
    owner: str

    def may_look(self) -> bool:
        """Whether this process is to ask the API now; if not, it is not well, or is being asked."""
        try:
            told = self.store.get(self._word)
            if told and told != self.owner:
                return False
            return self.store.claim(self._turn, self.owner, _LOOKS) == self.owner
        except FleetUnavailable:
            return True

    def tell(self, *, is_well: bool, seconds: float) -> None:
        """Say what a look has shown; that it is not well is believed for so long."""
        with suppress(FleetUnavailable):  # the others look for themselves
            if not is_well:
                self.store.put(self._word, self.owner, seconds)
            self.store.release(self._turn, self.owner)

    @property
    def _word(self) -> str:
        return f"canary:{self.scope}"

    @property
    def _turn(self) -> str:
        return f"looking:{self.scope}"
