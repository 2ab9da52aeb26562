"""What a process writes down of what its tests make, and which kinds are found by their mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.cleanup.appender import to_disk, to_system
from redhanded.cleanup.entries import Declared
from redhanded.cleanup.journal import FOLDER, Journal
from redhanded.cleanup.owner import Owner, this_process

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.core.settings import Resource
    from redhanded.session.session import Session


def tracking_of(session: Session) -> Tracking:
    """The tracking of a session, whose journal stands beside the folders of all runs."""
    settings = session.settings

    def owner() -> Owner:
        return this_process(
            run=session.run_id,
            worker=session.worker,
            base_url=settings.base_url or "",
            profile=settings.env or "",
        )

    journal = Journal(
        settings.folder / FOLDER,
        owner,
        complain=session.note,
        mask=session.redactor.text,
        sync=to_disk if settings.cleanup.journal == "strict" else to_system,
    )
    return Tracking(journal, session.note)


class Tracking:
    """The journal of one process, as its registries and makers use it.

    A kind is declared with its first object. Of two declarations the one that says how an object
    is made stands: a fixture's adds to what the settings say.
    """

    def __init__(self, journal: Journal, note: Callable[[str], None]) -> None:
        self._journal = journal
        self._note = note
        self._declared: dict[str, Resource] = {}
        self._checked: set[str] = set()

    def declare(self, kind: str, resource: Resource) -> None:
        """Objects of the kind are going to be written down."""
        known = self._declared.get(kind)
        if known == resource or (known is not None and resource.create is None):
            return
        self._declared[kind] = resource
        self._checked.discard(kind)
        self._journal.declare(Declared.of(kind, resource, untracked=_untraceable(resource)))

    def intend(self, kind: str, tag: str, *, parent: str = "") -> None:
        """An object is about to be made; on the disk when this returns."""
        self._journal.intend(kind, tag, parent=parent)

    def not_applied(self, kind: str, tag: str) -> None:
        """Nothing came of an intent."""
        self._journal.not_applied(kind, tag)

    def created(self, kind: str, which: str, *, tag: str = "", parent: str = "") -> None:
        """The object is there; it ends the intent of this tag."""
        self._journal.created(kind, which, tag=tag, parent=parent)

    def deleted(self, kind: str, which: str, *, parent: str = "") -> None:
        """The object is gone."""
        self._journal.deleted(kind, which, parent=parent)

    def gave_up(self, kind: str, which: str, reason: str, *, parent: str = "") -> None:
        """The object may still be there."""
        self._journal.gave_up(kind, which, reason, parent=parent)

    def close(self) -> None:
        """End the journal; what is left behind stands in it."""
        self._journal.close()

    def must_check(self, kind: str) -> bool:
        """Whether it is to be seen yet that the API keeps the marks of this kind; asked once."""
        if kind in self._checked or _untraceable(self._declared[kind]):
            return False
        self._checked.add(kind)
        return True

    def lose(self, kind: str, reason: str) -> None:
        """Marks of this kind find nothing, for a reason in a clause; told once."""
        resource = self._declared[kind]
        self._journal.declare(Declared.of(kind, resource, untracked=reason))
        self._note(
            f'no "{kind}" can be found by its mark, for {reason}: a run that is killed while it'
            " makes one may leave it behind"
        )


def _untraceable(resource: Resource) -> str:
    """Why the declaration alone leads to no object without its id; empty where it does."""
    if resource.tag is None:
        return "it carries no mark"
    return "" if resource.list_by_tag is not None else "nothing lists it by its mark"
