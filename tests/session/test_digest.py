"""The digest tells of a run what its spools tell, and what its reports said of its tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.history.records import Outcome, Record
from redhanded.session.digest import Told, digest
from tests.session.spools import NOON, RUN, spooling


def only(record: Record) -> Outcome:
    """The outcome of the run's only test."""
    (outcome,) = record.outcomes
    return outcome


def test_a_test_is_kept_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    """Its key, the build that answered, its attempts by class, its owner."""
    with spooling(tmp_path) as spool:
        spool.run()
        spool.start("a.py::test_it")
        spool.lose("a.py::test_it", "refused")
        spool.answer("a.py::test_it", received=(("X-Build", "7.1"),), status=404)
        known = {"key": "booking", "owner": "ann", "until": "2026-12-31"}
        spool.end("a.py::test_it", Verdict.RECOVERED, "net.refused", at=3.0, **known)

    made = digest(tmp_path, RUN)

    assert only(made.record) == Outcome(
        test="booking",
        node_id="a.py::test_it",
        verdict="recovered",
        at=NOON + 3.0,
        seconds=0.5,
        cause="net.refused",
        build="7.1",
        owner="ann",
        until="2026-12-31",
        classes={"refused": 1, "ok": 1},
    )
    assert made.record.run.builds == ("7.1",)
    assert made.record.run.counts == {"recovered": 1}
    assert made.attempts == 2
    assert made.last == NOON + 3.0


def test_what_the_run_is_stays_what_it_was(tmp_path: Path) -> None:
    """A digest adds; it never takes the run's own facts from a spool."""
    with spooling(tmp_path) as spool:
        spool.whole("a")

    run = digest(tmp_path, RUN).record.run

    assert (run.run_id, run.project, run.environment, run.started_at) == (
        RUN.run_id,
        RUN.project,
        RUN.environment,
        RUN.started_at,
    )


@pytest.mark.parametrize(
    "row, facts, classed",
    [
        pytest.param("", {}, "ok", id="well"),
        pytest.param("client_error", {"status": 422}, "ok", id="refused-by-the-api"),
        pytest.param("redirect", {"status": 302}, "ok", id="sent-elsewhere"),
        pytest.param("server_error", {"status": 500}, "server_error", id="server-error"),
        pytest.param("gateway", {"status": 502}, "gateway", id="gateway"),
        pytest.param("throttled", {"status": 429}, "throttled", id="throttled"),
    ],
)
def test_an_answer_is_of_the_class_that_the_table_gives_it(
    tmp_path: Path, row: str, facts: dict[str, Any], classed: str
) -> None:
    """What the API itself said is `ok`, whatever a test thinks of it."""
    with spooling(tmp_path) as spool:
        spool.start("a")
        spool.answer("a", row=row, **facts)
        spool.end("a")

    assert only(digest(tmp_path, RUN).record).classes == {classed: 1}


def test_only_what_the_test_itself_sent_is_counted(tmp_path: Path) -> None:
    """Logins, canaries, replays and removals are not the test's."""
    with spooling(tmp_path) as spool:
        spool.start("a")
        for purpose in ("auth", "probe", "canary", "cleanup"):
            spool.answer("a", purpose=purpose, received=(("X-Build", "other"),))
        spool.end("a")

    made = digest(tmp_path, RUN)

    assert only(made.record).classes == {}
    assert (made.attempts, made.record.run.builds) == (0, ())
    assert made.record.latencies == []


def test_the_last_round_counts(tmp_path: Path) -> None:
    """A requeued test is what it was at last, with the attempts of all its rounds."""
    with spooling(tmp_path) as spool:
        spool.whole("a", Verdict.INCONCLUSIVE, "net.refused", at=1.0)
        spool.start("a", 2.0, round_=1)
        spool.answer("a")
        spool.end("a", Verdict.RECOVERED, "net.refused", at=3.0)

    outcome = only(digest(tmp_path, RUN).record)

    assert (outcome.verdict, outcome.rounds, outcome.at) == ("recovered", 2, NOON + 3.0)
    assert outcome.classes == {"ok": 2}
    assert outcome.first == ""


def test_what_a_foreign_plugin_ran_green_keeps_what_it_was_at_first(tmp_path: Path) -> None:
    """A defect that did not show again is no weather."""
    with spooling(tmp_path) as spool:
        spool.whole("a", Verdict.DEFECT, "assert", at=1.0)
        spool.whole("a", Verdict.RECOVERED, "run.foreign_rerun", at=2.0)

    outcome = only(digest(tmp_path, RUN).record)

    assert (outcome.verdict, outcome.cause, outcome.first) == (
        "recovered",
        "run.foreign_rerun",
        "defect",
    )


def test_what_the_reports_said_is_right(tmp_path: Path) -> None:
    """A plugin that runs a test again inside of its report leaves a red round in the spool."""
    with spooling(tmp_path) as spool:
        spool.whole("a", Verdict.DEFECT, "assert")
        spool.whole("b", Verdict.SLOW, "latency.ceiling")
    told = {"a": Told("recovered", "run.foreign_rerun"), "b": Told("slow", "latency.ceiling")}

    made = digest(tmp_path, RUN, told)

    rerun, slow = made.record.outcomes
    assert (rerun.verdict, rerun.cause, rerun.first) == ("recovered", "run.foreign_rerun", "defect")
    assert (slow.verdict, slow.cause, slow.first) == ("slow", "latency.ceiling", "")
    assert made.record.run.counts == {"slow": 1, "recovered": 1}


@pytest.mark.parametrize(
    "ended, verdict", [(False, "unfinished"), (True, "skipped")], ids=["killed", "skipped"]
)
def test_a_test_without_a_verdict_is_told_as_such(
    tmp_path: Path, ended: bool, verdict: str
) -> None:
    """Skipped and cut off are two things."""
    with spooling(tmp_path) as spool:
        spool.start("a")
        if ended:
            spool.end("a", None)

    outcome = only(digest(tmp_path, RUN).record)

    assert (outcome.verdict, outcome.cause) == (verdict, "")


@pytest.mark.parametrize("dead", ["gw0", "gw9"])
def test_of_two_processes_that_tell_of_a_test_the_one_with_a_verdict_counts(
    tmp_path: Path, dead: str
) -> None:
    """A worker died in the midst of it; its attempts are kept, whichever is read first."""
    with spooling(tmp_path, dead) as spool:
        spool.start("a")
        spool.answer("a", received=(("X-Build", "7"),))
    with spooling(tmp_path, "gw5") as spool:
        spool.start("a")
        spool.end("a", Verdict.INCONCLUSIVE, "run.worker_crashed")

    outcome = only(digest(tmp_path, RUN).record)

    assert (outcome.verdict, outcome.cause) == ("inconclusive", "run.worker_crashed")
    assert (outcome.classes, outcome.build) == ({"ok": 1}, "7")


@pytest.mark.parametrize(
    "is_told, verdict", [(False, "unfinished"), (True, "inconclusive")], ids=["killed", "crashed"]
)
def test_a_test_that_never_ended_is_known_by_its_stable_id(
    tmp_path: Path, is_told: bool, verdict: str
) -> None:
    """The process that died had said it; the one that tells of the crash does not know it."""
    with spooling(tmp_path, "gw9") as spool:
        spool.start("a", key="stable")
    with spooling(tmp_path) as spool:
        if is_told:
            spool.start("a")
            spool.end("a", Verdict.INCONCLUSIVE, "run.worker_crashed")

    outcome = only(digest(tmp_path, RUN).record)

    assert (outcome.test, outcome.node_id, outcome.verdict) == ("stable", "a", verdict)


def test_of_two_verdicts_the_worst_counts(tmp_path: Path) -> None:
    """Every worker ran every test."""
    for worker, verdict in (("gw0", Verdict.PASS), ("gw1", Verdict.DRIFT), ("gw2", Verdict.PASS)):
        with spooling(tmp_path, worker) as spool:
            spool.whole("a", verdict, "body.schema" if verdict is Verdict.DRIFT else "")

    assert only(digest(tmp_path, RUN).record).verdict == "drift"


def test_the_worst_finding_is_the_cause(tmp_path: Path) -> None:
    """Findings come in no order."""
    with spooling(tmp_path) as spool:
        spool.whole("a", Verdict.DEFECT, "assert")
    path = tmp_path / "spool" / "main.ndjson"
    *others, last = map(json.loads, path.read_text("utf-8").splitlines())
    found = last["findings"][0]
    last["findings"] = [{**found, "verdict": "recovered", "code": "net.refused"}, found]
    path.write_text("".join(f"{json.dumps(event)}\n" for event in (*others, last)), "utf-8")

    assert only(digest(tmp_path, RUN).record).cause == "assert"


def test_weather_that_struck_many_at_once_is_one_spell(tmp_path: Path) -> None:
    """Ends within half a minute of one another chain; another cause is another spell."""
    with spooling(tmp_path) as spool:
        for test, at in (("a", 0.0), ("b", 29.0), ("c", 58.0), ("late", 89.0)):
            spool.whole(test, Verdict.RECOVERED, "net.refused", at=at)
        spool.whole("other", Verdict.INCONCLUSIVE, "http.throttled", at=30.0)
        spool.whole("red", Verdict.DEFECT, "net.refused", at=31.0)
        for test in ("cut", "cut too"):
            spool.whole(test, Verdict.INCONCLUSIVE, "run.interrupted", at=32.0)

    outcomes = digest(tmp_path, RUN).record.outcomes

    assert {one.test: one.spell for one in outcomes} == {
        "a": 3,
        "b": 3,
        "c": 3,
        "late": 1,
        "other": 1,
        "red": 1,
        "cut": 1,
        "cut too": 1,
    }


def test_the_builds_of_a_run_are_named_once_each(tmp_path: Path) -> None:
    """In the order in which they answered; the first of the known headers names one."""
    with spooling(tmp_path) as spool:
        spool.start("a")
        spool.answer("a", received=(("x-app-version", "9"), ("X-Build", "2")))
        spool.answer("a", received=(("X-Version", "3"), ("X-Other", "4")))
        spool.answer("a", received=(("X-Build", "2"),))
        spool.answer("a", received=(("X-Other", "5"),))
        spool.end("a")

    made = digest(tmp_path, RUN).record

    assert made.run.builds == ("2", "3")
    assert only(made).build == "2"


def test_samples_of_objectives_are_handed_on(tmp_path: Path) -> None:
    """Those of all processes."""
    for worker in ("gw0", "gw1"):
        with spooling(tmp_path, worker) as spool:
            spool.sample(0.5, is_bad=True, at=2.0)

    samples = digest(tmp_path, RUN).samples

    assert [(one.operation, one.seconds, one.is_bad, one.at) for one in samples] == [
        ("GET /x", 0.5, True, NOON + 2.0)
    ] * 2


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("5", id="a-number"),
        pytest.param("{}", id="nothing"),
        pytest.param('{"event":"test_ended","test_id":"b"}', id="half-an-event"),
        pytest.param('{"event":"attempt_ended","test_id":"b","exchange":{}}', id="no-exchange"),
        pytest.param('{"event":"sampled","test_id":"b"}', id="half-a-sample"),
        pytest.param('{"event":"something_new","at":1}', id="of-a-later-version"),
        pytest.param('{"event":"test_sta', id="torn"),
    ],
)
def test_what_makes_no_sense_is_left_out(tmp_path: Path, line: str) -> None:
    """A spool that something has damaged tells the rest all the same."""
    with spooling(tmp_path) as spool:
        spool.whole("a")
    path = tmp_path / "spool" / "main.ndjson"
    path.write_text(f"{line}\n{path.read_text('utf-8')}{line}\n", "utf-8")

    made = digest(tmp_path, RUN)

    assert [one.test for one in made.record.outcomes if one.verdict == "pass"] == ["a"]
    assert made.attempts == 1


def test_a_run_without_spools_is_an_empty_record(tmp_path: Path) -> None:
    """There was no disk for them."""
    made = digest(tmp_path / "nowhere", RUN)

    assert made.record == Record(run=RUN, outcomes=[], latencies=[], operations=[])
    assert (made.attempts, made.last) == (0, NOON)


def test_names_are_masked(tmp_path: Path) -> None:
    """A parameter or a path may be a secret: what history keeps goes through the gate as well."""
    with spooling(tmp_path) as spool:
        spool.start("a[hunter2]")
        spool.answer("a[hunter2]", operation="GET /of/hunter2")
        spool.end("a[hunter2]", key="b[hunter2]")
        spool.sample(0.5)

    made = digest(tmp_path, RUN, mask=lambda text: text.replace("hunter2", "***"))

    outcome, (latency,) = only(made.record), made.record.latencies
    assert (outcome.test, outcome.node_id) == ("b[***]", "a[***]")
    assert (latency.test, latency.operation) == ("b[***]", "GET /of/***")
    assert made.record.operations[0].operation == "GET /of/***"
    assert made.samples[0].operation == "GET /x"
