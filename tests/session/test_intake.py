"""What runs left is taken in by the next one that opens a store: late, killed, or damaged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from redhanded.history.records import Record, Run, State
from redhanded.history.store import HistoryUnavailable
from redhanded.session import archive as archives
from tests.session.archived import ENDED, Stage, Staged
from tests.session.spools import spooling


def test_many_that_wait_are_taken_in_by_a_short_run(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outbox does not grow for ever."""
    monkeypatch.setattr(archives, "MANY", 3)
    for name in ("one", "two", "three", "four"):
        stage = staged(run_id=name)
        stage.archive.conclude({})
        stage.archive.record(ENDED)

    assert sorted(record.run.run_id for record in stage.kept()) == ["four", "one", "three", "two"]
    assert (stage.outbox, len(stage.opened)) == ([], 1)


def killed_run(stage: Stage, name: str) -> Path:
    """The folder of a run that was killed in its second test."""
    folder = stage.session.settings.folder / "runs" / name
    with spooling(folder) as spool:
        spool.whole("a", at=1.0)
        spool.start("b", 2.0)
    lines = (stage.session.folder / "run.ndjson").read_text("utf-8")
    (folder / "run.ndjson").write_text(lines.replace("run1", name), "utf-8")
    (folder / "alive.lock").touch()
    return folder


def test_a_run_that_was_killed_is_seen_by_the_next_one(staged: Staged) -> None:
    """With the tests that it had finished; its folder keeps its evidence."""
    stage = staged()
    folder = killed_run(stage, "dead")
    stage.clock.now = archives.LONG

    stage.archive.conclude({})
    stage.archive.record(ENDED)

    dead = next(record for record in stage.kept() if record.run.run_id == "dead")
    assert (dead.run.state, dead.run.exit_code, dead.run.seconds) == (State.KILLED, None, 2.0)
    assert {one.test: one.verdict for one in dead.outcomes} == {"a": "pass", "b": "unfinished"}
    assert dead.run.counts == {"pass": 1, "unfinished": 1}
    assert [path.name for path in folder.iterdir()] == ["spool"]


def test_a_run_that_is_under_way_is_left_alone(staged: Staged) -> None:
    """Two runs at once in one folder: the lock of the other one is held."""
    other = staged(run_id="other")
    stage = staged(run_id="run2")
    stage.clock.now = archives.LONG

    stage.archive.conclude({})
    stage.archive.record(ENDED)

    assert [record.run.run_id for record in stage.kept()] == ["run2"]
    assert (other.session.folder / "alive.lock").exists()
    other.archive.record(ENDED)
    assert sorted(record.run.run_id for record in other.kept()) == ["other", "run2"]


@pytest.mark.parametrize("text", ["", "{", '{"v": 99, "run": {}}'], ids=["empty", "torn", "newer"])
def test_a_run_that_was_killed_before_it_had_begun_is_no_run(staged: Staged, text: str) -> None:
    """Nobody knows what it was."""
    stage = staged()
    folder = killed_run(stage, "dead")
    (folder / "run.ndjson").write_text(text)
    stage.clock.now = archives.LONG

    stage.archive.conclude({})
    stage.archive.record(ENDED)

    assert [record.run.run_id for record in stage.kept()] == ["run1"]
    assert [path.name for path in folder.iterdir()] == ["spool"]


def test_a_damaged_file_of_the_outbox_is_set_aside(staged: Staged) -> None:
    """It is told once; what is whole in it is taken in, and it is never tried again."""
    stage = staged()
    stage.archive.record(ENDED)
    (path,) = stage.outbox
    path.write_text(path.read_text("utf-8") + "{torn\n", "utf-8")
    later = staged(run_id="run2")
    later.clock.now += archives.LONG

    later.archive.conclude({})
    later.archive.record(ENDED)

    (aside,) = later.outbox
    assert aside.suffix == ".damaged"
    (note,) = later.session.notes
    assert note.startswith(f"history: {aside} is damaged (")
    assert [record.run.run_id for record in later.kept()] == ["run1", "run2"]


def test_a_file_of_a_later_version_is_left_to_it(staged: Staged) -> None:
    """Whoever wrote it can read it."""
    stage = staged()
    stage.archive.record(ENDED)
    (path,) = stage.outbox
    path.write_text(json.dumps({"v": 99, "run": {}}), "utf-8")
    later = staged(run_id="run2")
    later.clock.now += archives.LONG

    later.archive.conclude({})

    assert (later.outbox, later.session.notes) == ([path], [])


def test_what_waits_costs_a_run_no_more_than_some_seconds(staged: Staged) -> None:
    """A long queue is taken in by several runs."""
    for number in range(3):
        stage = staged(run_id=f"run{number}")
        stage.archive.record(ENDED)
    stage.clock.now += archives.LONG
    slow = stage.store.write

    def write(record: Record) -> None:
        stage.clock.now += archives.PATIENCE
        slow(replace(record))

    stage.store.write = write  # type: ignore[method-assign]
    later = staged(run_id="later", is_called=True)
    later.clock.now += archives.LONG

    later.archive.conclude({})

    assert len(later.outbox) == 2


@pytest.mark.parametrize(
    "hours, state", [(23, State.RUNNING), (25, State.KILLED)], ids=["today", "yesterday"]
)
def test_a_run_of_another_machine_that_never_told_its_end_is_given_up(
    staged: Staged, hours: int, state: State
) -> None:
    """A server is all that is left of it."""
    stage = staged('history = { url = "postgresql://ann@db/runs" }\n')
    began = stage.clock.noon - 3_600 * hours
    project = stage.session.settings.folder.parent.name
    stage.store.begin(Run(run_id="lost", project=project, environment="", started_at=began))

    stage.archive.conclude({})
    stage.archive.record(ENDED)

    states = {record.run.run_id: record.run.state for record in stage.kept()}
    assert states == {"lost": state, "run1": State.FINISHED}


def test_a_killed_run_that_the_store_does_not_take_is_for_the_next_one(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: nothing is lost: its lock stays, and nobody holds it."""
    stage = staged()
    folder = killed_run(stage, "dead")
    stage.clock.now = archives.LONG

    def full(_: Record) -> None:
        raise HistoryUnavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(stage.store, "write", full)
        stage.archive.conclude({})
        stage.archive.record(ENDED)
    assert (folder / "alive.lock").exists()
    later = staged(run_id="run2")
    later.clock.now += archives.LONG
    later.archive.conclude({})
    later.archive.record(ENDED)

    assert sorted(record.run.run_id for record in later.kept()) == ["dead", "run1", "run2"]
    assert len(stage.session.notes) == 1


def test_killed_runs_cost_a_run_no_more_than_some_seconds(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What there is no time for is for the next one."""
    stage = staged()
    folder = killed_run(stage, "dead")
    stage.clock.now = archives.LONG
    monkeypatch.setattr(archives, "PATIENCE", 0.0)

    stage.archive.conclude({})
    stage.archive.record(ENDED)

    assert [record.run.run_id for record in stage.kept()] == ["run1"]
    assert (folder / "alive.lock").exists()
