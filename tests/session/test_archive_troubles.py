"""Whatever is wrong with a store, a run ends as it would have, with one note."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from redhanded.session import archive as archives
from tests.session.archived import AWAY, ENDED, FAULT, Staged


def test_a_store_that_is_away_costs_one_note(staged: Staged) -> None:
    """The record waits, and the next run that reaches the store takes it in."""
    stage = staged()
    stage.clock.now = archives.LONG
    stage.store.fault = AWAY

    stage.archive.conclude({})
    stage.archive.record(ENDED)

    (path,) = stage.outbox
    (note,) = stage.session.notes
    assert note == (
        "history: the database cannot be reached: see that it runs; this run is kept in "
        f"{path} and taken in by the next one"
    )
    assert len(stage.opened) == 1

    stage.store.fault = None
    later = staged(run_id="run2")
    later.clock.now += archives.LONG
    later.archive.conclude({})
    later.archive.record(ENDED)

    assert [record.run.run_id for record in later.kept()] == ["run1", "run2"]
    assert (later.outbox, later.session.notes) == ([], [])


def test_a_store_that_goes_away_in_between_costs_one_note(staged: Staged) -> None:
    """What was read before stands; what is written is kept aside."""
    stage = staged()
    stage.clock.now = archives.LONG
    stage.archive.conclude({})
    stage.store.fault = AWAY

    stage.archive.record(ENDED)

    assert len(stage.outbox) == 1
    assert len(stage.session.notes) == 1


def test_neither_a_store_nor_a_folder_costs_one_note(staged: Staged) -> None:
    """Nothing can be kept, and that is said."""
    stage = staged()
    stage.clock.now = archives.LONG
    stage.store.fault = AWAY
    (stage.session.settings.folder / "history").write_text("a file where a folder should be")

    stage.archive.record(ENDED)

    assert stage.session.notes == [
        "history: the database cannot be reached: see that it runs; this run is not remembered"
    ]


def test_an_outbox_that_cannot_be_written_costs_one_note(staged: Staged) -> None:
    """A short run asks for no store, and has no place either."""
    stage = staged()
    (stage.session.settings.folder / "history").write_text("a file where a folder should be")

    stage.archive.record(ENDED)

    (note,) = stage.session.notes
    assert note.startswith("history: the outbox cannot be written (")
    assert note.endswith("); this run is not remembered")


def test_a_fault_of_ours_costs_one_note(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    """INVARIANT: whatever is wrong with history, the run ends as it would have."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(archives, "judged", broken)
    stage = staged()

    assert stage.archive.conclude({}) == []
    stage.archive.record(ENDED)

    (path,) = stage.outbox
    (note,) = stage.session.notes
    assert note == f"{FAULT}; this run is kept in {path} and taken in by the next one"


def test_a_fault_in_the_very_end_costs_one_note(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where no record can be made."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(archives, "digest", broken)
    stage = staged()

    stage.archive.record(ENDED)

    assert stage.session.notes == [f"{FAULT}; this run is not remembered"]


def test_a_server_that_is_away_is_tried_once(staged: Staged) -> None:
    """INVARIANT: a server that answers nobody costs a run one time limit."""
    stage = staged('history = { url = "postgresql://ann@db/runs" }\n')
    stage.store.fault = AWAY

    stage.archive.announce()
    stage.archive.conclude({})
    stage.archive.record(ENDED)

    assert len(stage.opened) == 1
    assert len(stage.session.notes) == 1


def test_a_disk_that_fills_up_leaves_no_half_of_a_record(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of the outbox has its name once it is whole."""

    def torn(_: object) -> Iterator[str]:
        yield "half"
        raise OSError(28, "No space left on device")

    stage = staged()
    monkeypatch.setattr("redhanded.history.ndjson.written", torn)

    stage.archive.record(ENDED)

    assert stage.outbox == []
    (note,) = stage.session.notes
    assert note.startswith("history: the outbox cannot be written (No space left on device); ")


def test_a_fault_of_ours_in_a_store_costs_one_note(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is reported as ours, and the run waits; closing it may go wrong as well."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    def away() -> None:
        raise AWAY

    stage = staged()
    stage.clock.now = archives.LONG
    monkeypatch.setattr(stage.store, "write", broken)
    monkeypatch.setattr(stage.store, "close", away)

    stage.archive.record(ENDED)

    (path,) = stage.outbox
    (note,) = stage.session.notes
    assert note == f"{FAULT}; this run is kept in {path} and taken in by the next one"
