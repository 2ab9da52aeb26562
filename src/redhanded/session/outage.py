"""An outage of the API as one process knows of it: by its own circuit, or by those it shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.pipeline.breaker import LOOK_AGAIN
from redhanded.verdict.arms import is_well

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.core.attempt import Attempt
    from redhanded.pipeline.breaker import Breaker
    from redhanded.pipeline.origin import Origin
    from redhanded.pipeline.shared_view import SharedView

_LOOKS = 8  # more than close a circuit


@dataclass(frozen=True, slots=True)
class Outage:
    """Whether a call to the API would be answered; `look` asks a canary, `sleep` lets time pass."""

    home: str
    origin: Origin
    look: Callable[[], Attempt | None]
    sleep: Callable[[float], object]

    def reason(self) -> str:
        """Why a call would not be answered now; empty where it may be. Asks, where that is due."""
        breaker, shared = self.origin.breaker, self.origin.shared
        if self.origin.is_calm:
            return ""
        if shared is None:
            return self._seen_here(breaker)
        # Where others have seen that it is back, our own circuit gets its chance at once.
        was_down = shared.is_down
        return self._seen_by_others(shared) or self._seen_here(breaker, at_once=was_down)

    def _seen_here(self, breaker: Breaker, *, at_once: bool = False) -> str:
        for _ in range(_LOOKS):  # another thread may hold the lease of a probe
            if breaker.is_closed:
                return ""
            due = breaker.seconds_to_probe
            if due > 0 and not at_once:
                return f"{self.home} is known to be down, and is asked again in {due:.1f} s"
            if not self._is_well():
                return f"{self.home} is known to be down, and was not well when asked again"
        return f"{self.home} is known to be down, and others are asking it now"

    def _seen_by_others(self, shared: SharedView) -> str:
        down = f"{self.home} is known to be down, as seen by other workers"
        for _ in range(_LOOKS):
            denied = shared.look()
            if denied is None:
                return ""
            if denied.probe:  # till it is closed: what the test asks for first may fail by itself
                if not self._is_well():
                    return f"{down}, and was not well when asked again"
            elif denied.retry_after > 2 * LOOK_AGAIN:
                return f"{down}, and is asked again in {denied.retry_after:.1f} s"
            else:
                self.sleep(denied.retry_after)  # another one is asking it right now
        return f"{down}, who are asking it now"

    def _is_well(self) -> bool:
        answer = self.look()
        return answer is not None and is_well(answer)


def vouch(origin: Origin, answer: Attempt) -> None:
    """Tell the circuits of a control request that was well and went past them, uncounted."""
    if answer.epoch < 0:
        origin.breaker.vouch()
    if origin.shared is not None and origin.shared.is_down:
        origin.shared.vouch()


def circuit_fact(origin: Origin) -> str:
    """What the circuits say of an origin that is down; empty where they are closed."""
    breaker, shared = origin.breaker, origin.shared
    if not breaker.is_closed:
        down = breaker.seconds_down
        return f"the circuit of {origin.address} is {breaker.state}: down for {down:.1f} s now"
    if shared is not None and shared.is_down:
        return f"the circuit of {origin.address} is open, as seen by other workers"
    return ""
