"""A dossier is read of the spools of a run, whatever became of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.core.events import Concluded, Described, Reported
from redhanded.core.verdicts import Finding, Verdict
from redhanded.reports.dossier.reading import read
from tests.reports.dossier.made import NOON, dossier_of, making

A, B = "test_a.py::test_one", "test_a.py::test_two"
REFUSED = Finding(Verdict.INCONCLUSIVE, "net.refused", "nobody listens")


def test_each_test_has_a_row_and_a_case(tmp_path: Path) -> None:
    """Rows in the order in which tests began, and of each all that was kept."""
    dossier = dossier_of(
        tmp_path, (A, Verdict.PASS, ""), (B, Verdict.DEFECT, "status"), exit_code=1
    )

    first, second = dossier.rows
    assert [row.test_id for row in dossier.rows] == [A, B]
    assert (first.outcome, first.kind, first.is_quiet) == ("passed", "pass", True)
    assert (second.outcome, second.kind, second.code) == ("failure", "defect", "status")
    assert dossier.head.counts == {"defect": 1, "pass": 1}
    assert dossier.head.missing == ()
    one, two = dossier.cases()
    assert (one.row, two.row) == (first, second)
    assert two.last is not None
    assert two.last.sent[0].response is not None
    assert two.last.sent[0].response.text == '{"id":7}'
    assert two.last.findings[0].code == "status"
    assert [case.row for case in dossier.of([second])] == [second]


def test_a_run_that_was_killed_is_told_as_far_as_it_came(tmp_path: Path) -> None:
    """What began and never ended is inconclusive, and the head says that the end is lacking."""
    with making(tmp_path) as run:
        run.test(B, Verdict.DEFECT, "status")
        run.start(A, at=1)
        run.send(A)

    dossier = read([tmp_path])

    _, row = dossier.rows
    assert (row.outcome, row.kind, row.code) == ("error", "inconclusive", "run.interrupted")
    assert row.attempts == 1
    assert dossier.head.exit_code is None
    assert "spool/main.ndjson has no end" in dossier.head.missing[0]
    assert dossier.head.sentences[0].startswith("This run was killed before its end")
    assert dossier.head.sentences[1].startswith("Red: 1 defect")


@pytest.mark.parametrize(
    "verdict, outcome, kind",
    [
        pytest.param(Verdict.DRIFT, "failure", "drift", id="drift"),
        pytest.param(Verdict.TEST_BUG, "error", "test_bug", id="test-bug"),
        pytest.param(Verdict.RECOVERED, "passed", "recovered", id="recovered"),
        pytest.param(None, "skipped", "pytest.skip", id="none"),
    ],
)
def test_a_test_of_which_nobody_else_told_is_known_by_its_own_end(
    tmp_path: Path, verdict: Verdict | None, outcome: str, kind: str
) -> None:
    """The process that sees all was killed before it could tell."""
    with making(tmp_path) as run:
        run.start(A)
        findings = [Finding(verdict, "some.code", "what")] if verdict else []
        run.end(A, verdict, findings=findings)

    (row,) = read([tmp_path]).rows

    assert (row.outcome, row.kind) == (outcome, kind)
    assert row.headline.endswith("some.code: what" if verdict else "")


def test_rounds_of_a_requeue_are_one_case(tmp_path: Path) -> None:
    """In the order in which they ran, attempts counted through; what counts is the last."""
    with making(tmp_path) as run:
        run.start(A)
        run.send(A)
        run.end(A, Verdict.INCONCLUSIVE, findings=[REFUSED])
        run.report(A, Verdict.INCONCLUSIVE, is_parked=True, headline="parked")
        run.test(B, at=1)
        run.start(A, at=2, round_=1)
        run.send(A)
        run.end(A)
        run.report(A, round=1)
        run.over()

    dossier = read([tmp_path])

    row, _ = dossier.rows
    case, _ = dossier.cases()
    assert (row.test_id, row.kind, row.rounds, row.attempts, row.calls) == (A, "pass", 2, 2, 2)
    assert [each.number for each in case.rounds] == [0, 1]
    assert [sent.index for each in case.rounds for sent in each.sent] == [0, 1]
    assert case.rounds[0].findings == (REFUSED,)


def test_a_test_that_stayed_parked_is_inconclusive(tmp_path: Path) -> None:
    """INVARIANT: no verdict is never a pass; why it was parked is all that is known."""
    with making(tmp_path) as run:
        run.start(A)
        run.end(A, Verdict.INCONCLUSIVE, findings=[REFUSED])
        run.report(A, Verdict.INCONCLUSIVE, is_parked=True, headline="why", code="net.refused")

    (row,) = read([tmp_path]).rows

    assert (row.kind, row.headline, row.code) == ("inconclusive", "why", "net.refused")


def test_a_test_whose_worker_died_is_one_row_with_one_round(tmp_path: Path) -> None:
    """What it had sent stands in the worker's spool, and how it ended in that of the controller."""
    crashed = Finding(Verdict.INCONCLUSIVE, "run.worker_crashed", "the worker died")
    with making(tmp_path) as run:
        run.begin("gw0")
        run.start(A, "gw0")
        run.send(A, "gw0")
        run.start(A, at=2)
        run.end(A, Verdict.INCONCLUSIVE, findings=[crashed])
        run.report(A, Verdict.INCONCLUSIVE, "gw0", code="run.worker_crashed")
        run.over()

    dossier = read([tmp_path])

    (row,), (case,) = dossier.rows, dossier.cases()
    assert (row.worker, row.rounds, row.attempts) == ("gw0", 1, 1)
    (only,) = case.rounds
    assert (only.worker, only.findings, len(only.sent)) == ("gw0", (crashed,), 1)
    assert "gw0.ndjson has no end" in dossier.head.missing[0]


def test_rounds_in_two_workers_are_one_row(tmp_path: Path) -> None:
    """A worker that takes over runs what the first one had begun."""
    with making(tmp_path) as run:
        for at, worker in enumerate(("gw0", "gw1")):
            run.begin(worker)
            run.start(A, worker, at=at)
            run.send(A, worker)
        run.end(A, worker="gw1")
        run.report(A, worker="gw1")
        run.over()

    dossier = read([tmp_path])

    (row,), (case,) = dossier.rows, dossier.cases()
    assert (row.kind, row.worker, row.rounds) == ("pass", "gw1", 2)
    assert [(each.worker, each.is_over) for each in case.rounds] == [("gw0", False), ("gw1", True)]


def test_what_each_of_two_workers_reported_is_two_rows(tmp_path: Path) -> None:
    """As under `--dist each`; each has its own attempts and an id of its own."""
    with making(tmp_path) as run:
        run.test(A, worker="gw0")
        run.test(A, Verdict.DEFECT, "status", worker="gw1", at=1)
        run.over()

    dossier = read([tmp_path])

    assert [(row.worker, row.kind) for row in dossier.rows] == [("gw0", "pass"), ("gw1", "defect")]
    assert len({row.id for row in dossier.rows}) == 2
    assert [len(case.rounds) for case in dossier.cases()] == [1, 1]


def test_shards_are_parts_of_one_run(tmp_path: Path) -> None:
    """Rows of all in one order; a part that is not there is named."""
    for number in (1, 3):
        name = f"nightly-{number}of3"
        with making(tmp_path / name, shard=f"{number}/3", name=name) as run:
            run.test(A, at=number)
            run.over(exit_code=number // 3)

    dossier = read([tmp_path / "nightly-3of3", tmp_path / "nightly-1of3"])

    assert [row.shard for row in dossier.rows] == ["1/3", "3/3"]
    assert len({row.id for row in dossier.rows}) == 2
    assert dossier.head.exit_code == 1
    assert dossier.head.missing == ("Of 3 shards these are not there: 2.",)


def test_the_ids_of_rows_are_short_and_those_of_the_next_run(tmp_path: Path) -> None:
    """INVARIANT: an id in one report is an id in each; it depends on test and shard alone."""
    one = dossier_of(tmp_path / "1", (A, Verdict.PASS, ""), (B, Verdict.PASS, ""))
    two = dossier_of(tmp_path / "2", (B, Verdict.DEFECT, "status"), (A, Verdict.PASS, ""))

    assert {row.test_id: row.id for row in one.rows} == {row.test_id: row.id for row in two.rows}
    assert all(len(row.id) == 8 for row in one.rows)


def test_equal_failures_have_equal_signatures(tmp_path: Path) -> None:
    """As the terminal groups them; a test that held has none."""
    dossier = dossier_of(
        tmp_path,
        ("t1", Verdict.DEFECT, "status"),
        ("t2", Verdict.PASS, ""),
        ("t3", Verdict.DEFECT, "status"),
        ("t4", Verdict.DRIFT, "contract.type"),
    )

    one, two, three, four = (row.signature for row in dossier.rows)
    assert one == three != four
    assert one
    assert two == ""


def test_what_is_no_test_has_no_row(tmp_path: Path) -> None:
    """A sweep sends requests as well, and so does a canary between two rounds."""
    with making(tmp_path) as run:
        run.send("sweep")
        run.send("")
        run.test(A)
        run.over()

    assert [row.test_id for row in read([tmp_path]).rows] == [A]


def test_findings_on_the_run_are_rows_that_count_for_no_test(tmp_path: Path) -> None:
    """They are told among failures, and not among tests."""
    with making(tmp_path) as run:
        run.test(A)
        run.report("objectives::GET /x", Verdict.SLOW, is_beside=True)

    dossier = read([tmp_path])

    assert [row.is_beside for row in dossier.rows] == [False, True]
    assert dossier.head.counts == {"pass": 1}
    assert "1 finding on the run as a whole" in dossier.head.sentences[1]


def test_builds_are_told_in_the_order_in_which_they_answered(tmp_path: Path) -> None:
    """Two of them in one run are a reason why tests disagree."""
    with making(tmp_path) as run:
        run.start(A)
        for build in ("b1", "b1", "b2"):
            run.send(A, received=(("Server", "x"), ("X-Build", build)))
        run.send(A, received=(("x-version", 'a"b'),), purpose="canary")
        run.end(A)
        run.over()

    assert read([tmp_path]).head.builds == ("b1", "b2")


def test_operations_of_a_test_are_told_once(tmp_path: Path) -> None:
    """Whatever stands in their names, and of the test's own requests alone."""
    with making(tmp_path) as run:
        run.start(A)
        for operation in ("GET /a", 'GET /"ö\\', "GET /a"):
            run.send(A, operation=operation)
        run.send(A, operation="GET /health", purpose="canary")
        run.end(A)
        run.over()

    (row,) = read([tmp_path]).rows

    assert row.operations == ("GET /a", 'GET /"ö\\')
    assert row.attempts == 4


@pytest.mark.parametrize("has_folder", [True, False], ids=["empty", "gone"])
def test_a_folder_without_a_run_is_told(tmp_path: Path, *, has_folder: bool) -> None:
    """Nothing is known, and that is said."""
    dossier = read([tmp_path if has_folder else tmp_path / "gone"])

    assert dossier.rows == []
    assert dossier.head.exit_code is None
    assert "holds no spool of a run" in dossier.head.missing[0]


def test_a_worker_without_a_spool_is_named(tmp_path: Path) -> None:
    """What it had sent is not in the report, so the report says so."""
    with making(tmp_path) as run:
        run.report(A, worker="gw1")
        run.over()

    said = "run1: the spool of gw1 is not there, so what it sent is not told."
    assert read([tmp_path]).head.missing == (said,)


def test_a_spool_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The others are read all the same."""
    with making(tmp_path) as run:
        run.test(A)
        run.over()
    (tmp_path / "spool" / "gw0.ndjson").mkdir()

    dossier = read([tmp_path])

    assert len(dossier.rows) == 1
    assert "spool/gw0.ndjson cannot be read to its end" in dossier.head.missing[0]


def test_a_spool_that_goes_away_leaves_rows_without_evidence(tmp_path: Path) -> None:
    """Somebody cleans up while a report is written."""
    dossier = dossier_of(tmp_path, (A, Verdict.DEFECT, "status"))
    (tmp_path / "spool" / "main.ndjson").unlink()

    (case,) = dossier.cases()

    assert (case.row.kind, case.rounds) == ("defect", ())


HEARD = Reported(
    test_id=B, worker="main", at=NOON + 3, seconds=1.0, outcome="failure", kind="defect", story="s"
)
DESCRIBED = Described(
    run_id="run1",
    name="nightly",
    shard="",
    env="qa",
    command=("pytest",),
    workers=0,
    platform="Linux",
    plugins={},
    settings=(),
    source={},
)


def test_what_the_disk_did_not_take_is_told_from_memory(tmp_path: Path) -> None:
    """INVARIANT: a disk that is full hides no failure; of what was sent there is no more."""
    with making(tmp_path) as run:
        run.test(A)
    concluded = Concluded(at=NOON + 5, exit_code=1, sentences=("Red.",), counts={}, masked=3)
    again = Reported(test_id=A, worker="main", at=NOON, seconds=1, outcome="passed", kind="other")

    dossier = read([tmp_path], heard=[DESCRIBED, again, HEARD, concluded])

    assert [(row.test_id, row.kind) for row in dossier.rows] == [(A, "pass"), (B, "defect")]
    assert [case.story for case in dossier.cases()] == ["", "s"]
    assert (dossier.head.exit_code, dossier.head.sentences) == (1, ("Red.",))
    assert dossier.head.parts[0].env == "staging"
    assert "1 test is not in the spools" in dossier.head.missing[0]


def test_a_run_that_left_nothing_is_told_from_memory(tmp_path: Path) -> None:
    """Where no folder could be written at all."""
    dossier = read([tmp_path / "gone"], heard=[DESCRIBED, HEARD])

    assert [row.test_id for row in dossier.rows] == [B]
    assert dossier.head.parts[0].env == "qa"


def test_names_are_masked_where_they_are_read(tmp_path: Path) -> None:
    """INVARIANT: what authors made up passes the gate again on its way into a report."""
    with making(tmp_path) as run:
        test = "test_a[hunter22]"
        run.test(test, Verdict.DEFECT, "status", story="hunter22", output="hunter22")
        run.over(sentences=("hunter22",), notes=("hunter22",))

    dossier = read([tmp_path], mask=lambda text: text.replace("hunter22", "***"))

    (case,) = dossier.cases()
    assert case.row.test_id == "test_a[***]"
    assert (case.story, case.output) == ("***", "***")
    assert dossier.head.sentences == dossier.head.parts[0].notes == ("***",)
    assert len(case.rounds) == 1


def test_how_far_it_is_can_be_told(tmp_path: Path) -> None:
    """A command that reads for seconds says so."""
    dossier_of(tmp_path, (A, Verdict.PASS, ""))
    told: list[str] = []

    read([tmp_path], tell=told.append)

    assert told == ["reading main.ndjson"]


@pytest.mark.parametrize(
    "codes, expected",
    [
        pytest.param((0, 0), 0, id="green"),
        pytest.param((75, 1, 2), 1, id="red-wins"),
        pytest.param((0, 75), 75, id="unjudged"),
        pytest.param((75, 2), 2, id="stopped"),
        pytest.param((0, None), None, id="killed"),
    ],
)
def test_the_exit_code_of_parts_is_that_of_the_worst(
    tmp_path: Path, codes: tuple[int | None, ...], expected: int | None
) -> None:
    """Red wins; a part that was killed has none, and so have all together."""
    folders = [tmp_path / f"{number}" for number in range(len(codes))]
    for folder, code in zip(folders, codes, strict=True):
        with making(folder, name=folder.name) as run:
            run.test(A)
            if code is not None:
                run.over(exit_code=code, sentences=(f"ended {code}.",))

    head = read(folders).head

    assert head.exit_code == expected
    named = [said for said in head.sentences if said.startswith("Killed before their end: 1.")]
    assert bool(named) is (None in codes)
