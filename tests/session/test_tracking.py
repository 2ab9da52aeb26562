"""Tracking: what is written into the journal of kinds and objects, and what is told of marks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from redhanded.cleanup.contents import read
from redhanded.cleanup.entries import Declared
from redhanded.cleanup.journal import Journal
from redhanded.cleanup.owner import this_process
from redhanded.cleanup.remnants import Remnants
from redhanded.core.settings import Resource
from redhanded.session.tracking import Tracking

BARE = Resource(delete="DELETE /rooms/{id}")
WHOLE = Resource(
    create="POST /rooms",
    delete="DELETE /rooms/{id}",
    tag="$.note",
    list_by_tag="GET /rooms?note={tag}",
)


class Kept:
    """A tracking with its journal in a folder, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.told: list[str] = []
        self.journal = Journal(
            folder,
            lambda: this_process(run="r1", worker="main", base_url="http://api.test"),
            complain=self.told.append,
        )
        self.tracking = Tracking(self.journal, self.told.append)

    def declared(self) -> dict[str, Declared]:
        """The declarations as a sweep would read them."""
        assert self.journal.path is not None
        return dict(read(self.journal.path).declared)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """A tracking that knows no kind yet."""
    return Kept(tmp_path / "journal")


@pytest.mark.parametrize(
    "resource, reason",
    [
        pytest.param(WHOLE, "", id="tracked"),
        pytest.param(
            WHOLE.model_copy(update={"list_by_tag": None}),
            "nothing lists it by its mark",
            id="no-list",
        ),
        pytest.param(BARE, "it carries no mark", id="no-mark"),
    ],
)
def test_a_kind_is_declared_with_what_a_sweep_needs(
    kept: Kept, resource: Resource, reason: str
) -> None:
    """The journal alone says how an object is removed, and why one may not be found."""
    kept.tracking.declare("room", resource)
    kept.tracking.intend("room", "rh-1")

    assert kept.declared() == {"room": Declared.of("room", resource, untracked=reason)}


@pytest.mark.parametrize(
    "first, second", [(WHOLE, BARE), (BARE, WHOLE)], ids=["fixture-first", "settings-first"]
)
def test_what_a_fixture_adds_stays(kept: Kept, first: Resource, second: Resource) -> None:
    """INVARIANT: the bare words of the settings take nothing back, in whatever order they come."""
    kept.tracking.declare("room", first)
    kept.tracking.declare("room", second)
    kept.tracking.created("room", "7")

    assert kept.declared()["room"].list_by_tag == WHOLE.list_by_tag


def test_a_kind_is_checked_once(kept: Kept) -> None:
    """One look tells whether the API keeps the marks of a kind."""
    kept.tracking.declare("room", WHOLE)

    assert [kept.tracking.must_check("room") for _ in range(3)] == [True, False, False]


def test_another_declaration_is_checked_anew(kept: Kept) -> None:
    """The mark may stand in another place now."""
    kept.tracking.declare("room", WHOLE)
    kept.tracking.must_check("room")

    kept.tracking.declare("room", WHOLE.model_copy(update={"tag": "$.label"}))

    assert kept.tracking.must_check("room")


@pytest.mark.parametrize(
    "resource", [BARE, WHOLE.model_copy(update={"list_by_tag": None})], ids=["no-mark", "no-list"]
)
def test_what_nothing_lists_need_not_be_checked(kept: Kept, resource: Resource) -> None:
    """Nobody will ask for its marks."""
    kept.tracking.declare("room", resource)

    assert not kept.tracking.must_check("room")


def test_a_mark_that_is_lost_is_told_and_written_down(kept: Kept) -> None:
    """The reader knows what a kill would leave, and a sweep does not look in vain."""
    kept.tracking.declare("room", WHOLE)
    kept.tracking.lose("room", "the API cuts it to 20 characters")
    kept.tracking.created("room", "7", tag="rh-1")

    assert kept.declared()["room"].untracked == "the API cuts it to 20 characters"
    (told,) = kept.told
    assert told.startswith('no "room" can be found by its mark, for the API cuts it to 20 char')


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(lambda one: one.deleted("room", "7"), id="deleted"),
        pytest.param(lambda one: one.not_applied("room", "rh-2"), id="not-applied"),
    ],
)
def test_nothing_is_left_of_a_journal_once_all_is_gone(
    kept: Kept, ends: Callable[[Tracking], None]
) -> None:
    """Two things were under way, and the last of them ends."""
    kept.tracking.declare("room", WHOLE)
    kept.tracking.intend("room", "rh-2")
    kept.tracking.created("room", "7")
    path = kept.journal.path
    assert path is not None
    ends(kept.tracking)
    kept.tracking.deleted("room", "7")
    kept.tracking.not_applied("room", "rh-2")

    kept.tracking.close()

    assert not path.exists()


def test_what_could_not_be_removed_keeps_the_journal(kept: Kept) -> None:
    """A later run, or a person, is told of it."""
    kept.tracking.declare("room", BARE)
    kept.tracking.created("room", "7", parent="3")
    kept.tracking.gave_up("room", "7", "DELETE /rooms/7 answered 403", parent="3")
    path = kept.journal.path

    kept.tracking.close()

    assert path is not None
    (left,) = Remnants(read(path).entries).all()
    assert (left.id, left.parent, left.reason) == ("7", "3", "DELETE /rooms/7 answered 403")
