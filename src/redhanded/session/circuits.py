"""Circuits that change their state, as events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from redhanded.core.events import Turned
from redhanded.pipeline.breaker import Change, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redhanded.core.events import Emit
    from redhanded.pipeline.origin import Address

Told: TypeAlias = "Callable[[Address, Change], None]"

_STATES: Final[Mapping[State, Literal["closed", "open", "half_open"]]] = {
    State.CLOSED: "closed",
    State.OPEN: "open",
    State.HALF_OPEN: "half_open",
}


def telling(emit: Emit, *, mask: Callable[[str], str], wall: Callable[[], float]) -> Told:
    """What the circuits of a process call when one of them changes its state."""

    def told(address: Address, change: Change) -> None:
        emit(
            Turned(
                origin=mask(str(address)),
                state=_STATES[change.state],
                epoch=change.epoch,
                at=wall(),
                reason=change.reason,
                is_shared=change.is_shared,
            )
        )

    return told
