"""The archive keeps a run in the store or in the outbox, and tells what it came to."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.history.ndjson import read
from redhanded.history.records import Evidence, Latency, Record, Run, State
from redhanded.session import archive as archives
from redhanded.session.archive import Ended
from redhanded.session.digest import Told
from redhanded.session.stores import environment_of
from tests.session.archived import ENDED, Stage, Staged, samples
from tests.session.spools import spooling

SLOWER = "slower than in earlier runs: GET /booking/{id} 10 times (900 ms); see `redhanded slow`"


def test_a_long_run_is_in_the_store(staged: Staged) -> None:
    """With its end, its exit code and the counts that the terminal told; nothing waits."""
    stage = staged()
    stage.clock.now = archives.LONG

    assert stage.archive.conclude({}) == []
    stage.archive.record(Ended(75, {"inconclusive": 1}))

    (record,) = stage.kept()
    run = record.run
    assert (run.run_id, run.state, run.exit_code, run.seconds) == ("run1", State.FINISHED, 75, 10.0)
    assert (run.started_at, run.ended_at) == (stage.clock.noon, stage.clock.wall())
    assert (run.project, run.target) == (
        stage.session.settings.folder.parent.name,
        "http://shop.test",
    )
    assert run.environment == environment_of(stage.session.settings, 1)
    assert run.counts == {"inconclusive": 1}
    assert [one.test for one in record.outcomes] == ["a"]
    assert (len(stage.opened), stage.store.closed, stage.session.notes) == (1, 1, [])
    assert not (stage.session.settings.folder / "history").exists()


def test_a_short_run_waits_in_the_outbox(staged: Staged) -> None:
    """To open a database would take longer than the run itself."""
    stage = staged()

    stage.archive.conclude({})
    stage.archive.record(ENDED)

    (path,) = stage.outbox
    (record,) = read(path.read_text("utf-8").splitlines(), pytest.fail)
    assert (record.run.run_id, record.run.state) == ("run1", State.FINISHED)
    assert (stage.opened, stage.session.notes) == ([], [])


@pytest.mark.parametrize(
    "more",
    [
        pytest.param('history = { regressions = "fail" }\n', id="regressions"),
        pytest.param('history = { url = "postgresql://ann@db/runs" }\n', id="server"),
    ],
)
def test_what_a_team_asks_for_opens_the_store_of_a_short_run(staged: Staged, more: str) -> None:
    """A verdict must not depend on how long the run took; a server is there for others to see."""
    stage = staged(more)

    stage.archive.conclude({})
    stage.archive.record(ENDED)

    assert [record.run.run_id for record in stage.kept()] == ["run1"]


def test_a_run_that_called_nobody_leaves_no_record(staged: Staged) -> None:
    """Its tests are not about the API; neither is it a run that was killed."""
    stage = staged(is_called=False)
    stage.clock.now = archives.LONG

    stage.archive.conclude({})
    stage.archive.record(ENDED)

    assert (stage.kept(), stage.opened) == ([], [])
    assert sorted(path.name for path in stage.session.folder.iterdir()) == ["logs", "spool"]


def test_history_that_is_off_does_nothing(staged: Staged) -> None:
    """Not a file, not a question."""
    stage = staged("history = { enabled = false }\n")
    stage.clock.now = archives.LONG

    stage.archive.announce()
    stage.archive.conclude({})
    stage.archive.record(ENDED)

    assert stage.opened == []
    assert not (stage.session.settings.folder / "history").exists()
    assert sorted(path.name for path in stage.session.folder.iterdir()) == ["logs", "spool"]


@pytest.mark.parametrize("on", ["true", "false"])
def test_objectives_are_judged_with_and_without_a_history(staged: Staged, on: str) -> None:
    """What one run shows by itself needs no other."""
    stage = staged(f"history = {{ enabled = {on} }}\n")
    with spooling(stage.session.folder, "gw0") as spool:
        samples(spool, 5)

    (conclusion,) = stage.archive.conclude({})

    assert conclusion.name == "objectives::GET /x p95"
    assert conclusion.finding.verdict is Verdict.SLOW


def test_evidence_is_carried_from_run_to_run(staged: Staged) -> None:
    """One slow answer a run says nothing; after some runs of the build it does."""
    found = []
    for number in range(8):
        stage = staged(run_id=f"run{number}")
        with spooling(stage.session.folder, "gw0") as spool:
            samples(spool, 1)
        found.append(len(stage.archive.conclude({})))
        stage.archive.record(ENDED)

    assert found[:4] == [0] * 4
    assert found[-1] == 1
    assert [len(record.evidence) for record in stage.kept()] == [1] * 8


def test_a_run_that_was_interrupted_is_kept_as_such(staged: Staged) -> None:
    """It came to no conclusion, and what was spooled after it was asked counts."""
    stage = staged()
    stage.archive.conclude({})
    with spooling(stage.session.folder, "gw0") as spool:
        spool.whole("b", Verdict.INCONCLUSIVE, "run.interrupted")

    stage.archive.record(Ended(2, {"pass": 1, "inconclusive": 1}, is_interrupted=True))

    (record,) = read(stage.outbox[0].read_text("utf-8").splitlines(), pytest.fail)
    assert record.run.state is State.INTERRUPTED
    assert sorted(one.test for one in record.outcomes) == ["a", "b"]


def test_what_the_reports_said_is_what_is_kept(staged: Staged) -> None:
    """And skipped tests, of which the terminal's verdicts say nothing, are counted too."""
    stage = staged()
    with spooling(stage.session.folder, "gw0") as spool:
        spool.whole("b", None)
    stage.archive.conclude({"a": Told("recovered", "net.refused")})

    stage.archive.record(Ended(0, {"recovered": 1}))

    (record,) = read(stage.outbox[0].read_text("utf-8").splitlines(), pytest.fail)
    assert {one.test: one.verdict for one in record.outcomes} == {"a": "recovered", "b": "skipped"}
    assert record.run.counts == {"recovered": 1, "skipped": 1}


def test_a_server_is_told_once_that_a_run_is_under_way(staged: Staged) -> None:
    """Other machines see it; its end takes the place of its beginning."""
    stage = staged('history = { url = "postgresql://ann@db/runs" }\n')

    stage.archive.announce()
    stage.archive.announce()
    under_way = [record.run.state for record in stage.kept()]
    stage.archive.record(ENDED)

    assert under_way == [State.RUNNING]
    assert [record.run.state for record in stage.kept()] == [State.FINISHED]
    assert len(stage.opened) == 1


def test_a_file_is_not_told_that_a_run_is_under_way(staged: Staged) -> None:
    """The run's folder says so, for nothing."""
    stage = staged()

    stage.archive.announce()

    assert stage.opened == []
    assert (stage.session.folder / "alive.lock").exists()


def test_old_runs_are_forgotten(staged: Staged) -> None:
    """By age and by number, as the settings say."""
    stage = staged("history = { days = 30, runs = 2 }\n")
    project = stage.session.settings.folder.parent.name
    for days, name in ((31, "old"), (20, "third"), (10, "second")):
        before = stage.clock.noon - days * 86_400
        stage.store.write(
            Record(run=Run(run_id=name, project=project, environment="", started_at=before))
        )
    stage.clock.now = archives.LONG

    stage.archive.conclude({})
    stage.archive.record(ENDED)

    assert [record.run.run_id for record in stage.kept()] == ["second", "run1"]


def test_a_clock_that_goes_backwards_harms_nothing(staged: Staged) -> None:
    """The run took as long as it took, whatever the wall says."""
    stage = staged()
    stage.clock.now = archives.LONG
    stage.clock.noon -= 5_000

    stage.archive.conclude({})
    stage.archive.record(ENDED)

    (record,) = stage.kept()
    assert record.run.seconds == archives.LONG
    assert record.run.ended_at is not None
    assert record.run.ended_at < record.run.started_at


def slower(stage: Stage, runs: int) -> None:
    """Runs before: forty that took 100 ms, and then some that took a second; the canary 10 ms."""
    settings = stage.session.settings
    project, environment = settings.folder.parent.name, environment_of(settings, 1)
    for number in range(40 + runs):
        seconds = 0.1 if number < 40 else 1.0
        latency = Latency(
            test="a", operation="GET /booking/{id}", size=1, samples=1, median=seconds
        )
        run = Run(
            run_id=f"before{number}",
            project=project,
            environment=environment,
            started_at=stage.clock.noon - 1_000 + number,
            state=State.FINISHED,
            builds=(f"b{number}",),
            canary=0.01,
            canaries=1,
        )
        stage.store.write(Record(run=run, latencies=[latency]))


@pytest.mark.parametrize("earlier, told", [(1, False), (2, True)], ids=["two", "three"])
@pytest.mark.parametrize("is_red", [False, True], ids=["told", "red"])
def test_what_became_slower_is_told_after_three_runs(
    staged: Staged, earlier: int, told: bool, is_red: bool
) -> None:
    """It is red only where the team asks for that."""
    stage = staged('history = { regressions = "fail" }\n' if is_red else "", is_called=False)
    slower(stage, earlier)
    with spooling(stage.session.folder) as spool:
        spool.start("a")
        spool.answer("a", 1.0)
        spool.answer("", 0.01, purpose="canary")
        spool.end("a")
    stage.clock.now = archives.LONG

    concluded = stage.archive.conclude({})

    assert stage.session.notes == [SLOWER] * (told and not is_red)
    assert [one.name for one in concluded] == ["regressions::GET /booking/{id}"] * (told and is_red)
    for one in concluded:
        assert one.finding.code == "history.regression"
        assert "since run before40, on build b40" in one.finding.evidence[0]


def test_evidence_of_a_run_is_not_carried_to_itself(staged: Staged) -> None:
    """A run that is judged again must not convict itself."""
    stage = staged()
    with spooling(stage.session.folder, "gw0") as spool:
        samples(spool, 1)
    project = stage.session.settings.folder.parent.name
    evidence = Evidence(
        operation="GET /x",
        measure="p95",
        limit=0.3,
        build="b1",
        samples=9,
        bad=9,
        gain=99.0,
        decision="missed",
    )
    run = Run(
        run_id="run1",
        project=project,
        environment=environment_of(stage.session.settings, 1),
        started_at=stage.clock.noon,
        state=State.FINISHED,
    )
    stage.store.write(Record(run=run, evidence=[evidence]))

    assert stage.archive.conclude({}) == []


def test_a_spool_that_is_gone_holds_no_samples(staged: Staged, tmp_path: Path) -> None:
    """Without history the spools are only looked through for them."""
    stage = staged("history = { enabled = false }\n")
    (stage.session.folder / "spool" / "gw0.ndjson").mkdir()

    assert stage.archive.conclude({}) == []


def test_what_history_takes_is_no_part_of_the_run(staged: Staged) -> None:
    """The trend of wall times is that of the tests."""
    stage = staged()
    stage.clock.now = 3.0
    stage.archive.conclude({})
    stage.clock.now = 60.0

    stage.archive.record(ENDED)

    (record,) = stage.kept()
    assert (record.run.seconds, record.run.ended_at) == (3.0, stage.clock.noon + 3.0)
