"""What became of each thing that a test made: told as it happens, beside the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from redhanded.cleanup.pending import Created, Undo
from redhanded.core.events import Tracked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.cleanup.pending import Leftover
    from redhanded.core.attempt import Attempt
    from redhanded.core.settings import Resource
    from redhanded.session.session import Session

State: TypeAlias = Literal["made", "removed", "gone", "failed", "left"]


class _Sent(NamedTuple):
    """The last thing that was sent to remove an object."""

    attempt_id: str
    status: int | None


_NOTHING = _Sent("", None)


class Fates:
    """The journal's log, with an event for each object; `owner` is in whose name they are told.

    What was removed although nothing was sent for it, the test itself has removed.
    """

    def __init__(self, session: Session, owner: str) -> None:
        self._session = session
        self._owner = owner
        self._sent: dict[Created, _Sent] = {}
        self._given_up: set[tuple[str, str]] = set()

    def declare(self, kind: str, resource: Resource) -> None:
        """Objects of the kind are going to be written down."""
        self._session.tracking.declare(kind, resource)

    def created(self, kind: str, which: str, *, parent: str = "") -> None:
        """The object is there."""
        self._session.tracking.created(kind, which, parent=parent)
        self._tell("made", kind, which)

    def made(self, created: Created, attempt_id: str) -> None:
        """The object is there, by this attempt; the journal knows it already."""
        self._tell("made", created.kind, created.id, attempt_id)

    def sent(self, created: Created, attempts: Sequence[Attempt]) -> None:
        """These attempts were made to remove the object."""
        if attempts:
            self._sent[created] = _Sent(attempts[-1].id, attempts[-1].status)

    def deleted(self, kind: str, which: str, *, parent: str = "") -> None:
        """The object is gone."""
        self._session.tracking.deleted(kind, which, parent=parent)
        sent = self._sent.pop(Created(kind, which, parent), _NOTHING)
        was_gone = sent.status is not None and sent.status >= 400
        self._tell("gone" if was_gone else "removed", kind, which, sent.attempt_id)

    def gave_up(self, kind: str, which: str, reason: str, *, parent: str = "") -> None:
        """The object may still be there."""
        self._session.tracking.gave_up(kind, which, reason, parent=parent)
        sent = self._sent.pop(Created(kind, which, parent), _NOTHING)
        self._given_up.add((kind, which))
        self._tell("failed", kind, which, sent.attempt_id)

    def over(self, undone: Sequence[Undo], left: Sequence[Leftover]) -> None:
        """Everything was tried: functions were called, and what stays may be removed later."""
        stays = {(one.kind, one.id) for one in left}
        for undo in undone:
            which = undo.subject
            failed = (undo.name, which) in stays
            self._given_up.add((undo.name, which))
            self._tell("failed" if failed else "removed", undo.name, which)
        sent = {(one.kind, one.id): made.attempt_id for one, made in self._sent.items()}
        for kind, which in [one for one in dict.fromkeys(stays) if one not in self._given_up]:
            self._tell("left", kind, which, sent.get((kind, which), ""))

    def _tell(self, state: State, kind: str, which: str, attempt_id: str = "") -> None:
        session = self._session
        session.emit(
            Tracked(
                test_id=self._owner,
                kind=kind,
                id=session.redactor.text(which),
                state=state,
                at=session.surroundings.clock.wall(),
                attempt_id=attempt_id,
            )
        )
