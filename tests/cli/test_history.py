"""`redhanded history`: the runs that are remembered, and one of them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from redhanded.history.records import Record, State
from tests.cli import histories
from tests.cli.conftest import Run


@pytest.fixture
def remembered(folder: Path) -> Path:
    """A project with three runs: green, red and killed."""
    red = histories.run(
        1, exit_code=1, counts={"pass": 1, "defect": 1, "recovered": 1}, builds=("9f2c1", "9f2c2")
    )
    wrong = histories.outcome("defect", "body.value", rounds=2)
    killed = histories.run(
        2, state=State.KILLED, ended_at=None, seconds=0.0, exit_code=None, counts={"unfinished": 1}
    )
    histories.remember(
        folder,
        [
            Record(run=histories.run(0), outcomes=[histories.outcome()]),
            Record(
                run=red,
                outcomes=[wrong, histories.outcome("pass", test="other", node_id="other")],
                operations=[histories.operation()],
                evidence=[histories.evidence(bad=2, gain=0.5, decision="held")],
            ),
            Record(run=killed, outcomes=[histories.outcome("unfinished")]),
        ],
    )
    return folder


def told(run: Run, *arguments: str) -> dict[str, Any]:
    """What a program reads."""
    return histories.told(run, "history", *arguments)


def rows(run: Run, *arguments: str) -> list[str]:
    """The lines that a person reads in a pipe."""
    return histories.rows(run, "history", *arguments)


def test_runs_are_listed_the_newest_first(run: Run, remembered: Path) -> None:
    """Each is one line: how it ended, what did not pass, how long it took, and which build."""
    listed = [line.split()[2:] for line in rows(run) if line.startswith("2026-")]

    assert listed == [
        ["00000002", "killed", "1", "1?", "9f2c1"],
        ["00000001", "exit", "1", "3", "1D", "1R", "1m41s", "9f2c1", "+1"],
        ["00000000", "exit", "0", "3", "1m40s", "9f2c1"],
    ]


def test_the_letters_are_explained(run: Run, remembered: Path) -> None:
    """Only those that stand there."""
    assert "D defect, R recovered, ? its process was killed" in rows(run)


def test_where_all_runs_ran_stands_above_them(run: Run, remembered: Path) -> None:
    """What is the same for all is said once."""
    assert rows(run)[1] == histories.PLACE


def test_runs_of_several_places_are_told_apart(run: Run, folder: Path) -> None:
    """A letter stands in the row, and its meaning below."""
    runs = [histories.run(0), histories.run(1, environment="on my machine")]
    histories.remember(folder, histories.records(runs))

    listed = rows(run)

    assert [line.split()[-1] for line in listed if line.startswith("2026-")] == ["a", "b"]
    assert listed[-2:] == ["a: on my machine", f"b: {histories.PLACE}"]


def test_a_run_that_met_no_build_has_none(run: Run, folder: Path) -> None:
    """Where no answer names a build, nothing stands there."""
    histories.remember(folder, [Record(run=histories.run(0, builds=()))])

    [row] = [line for line in rows(run) if line.startswith("2026-")]

    assert row.split()[-1] == "1m40s"


def test_only_the_latest_runs_are_listed(run: Run, remembered: Path) -> None:
    """As many as were asked for."""
    assert [one["run"] for one in told(run, "--runs", "2")["runs"]] == ["00000002", "00000001"]


def test_programs_read_the_same_runs(run: Run, remembered: Path) -> None:
    """Times are UTC, durations seconds, and tests are counted by verdict."""
    values = told(run)

    assert values["project"] == "shop"
    assert values["runs"][1] == {
        "run": "00000001",
        "state": "finished",
        "began": "2026-09-22T14:13:20.000Z",
        "ended": "2026-09-22T14:15:01.000Z",
        "seconds": 101.0,
        "exit_code": 1,
        "tests": 3,
        "verdicts": {"pass": 1, "defect": 1, "recovered": 1},
        "environment": histories.PLACE,
        "target": "https://staging.test",
        "host": "ci-7",
        "builds": ["9f2c1", "9f2c2"],
        "seed": 7,
        "canary_seconds": 0.004,
        "canaries": 12,
    }


@pytest.mark.parametrize("asked", [["00000001"], ["show", "00000001"]], ids=["as-it-is", "by-show"])
def test_one_run_is_shown(run: Run, remembered: Path, asked: list[str]) -> None:
    """Its facts, the tests that did not simply hold with their cause, objectives, operations."""
    shown = "\n".join(rows(run, *asked))

    assert "Red: 1 defect; 2 of 3 tests held, 1 of them recovered from weather." in shown
    assert "began        2026-09-22 14:13, took 1m41s" in shown
    assert f"D  body.value  {histories.TEST} (2 rounds)" in shown
    assert "held  GET /orders/{id} p95 200 ms  2 of 30 samples bad" in shown
    assert "GET /orders/{id}  30     100 ms  300 ms       700 ms" in shown
    assert "other" not in shown


def test_a_beginning_of_an_id_is_enough(run: Run, folder: Path) -> None:
    """Nobody types eight digits where two mean one run."""
    runs = [histories.run(0, run_id="a1b2"), histories.run(1, run_id="a7c8")]
    histories.remember(folder, histories.records(runs))

    assert told(run, "a1")["run"] == "a1b2"


def test_a_beginning_of_several_ids_is_refused(run: Run, folder: Path) -> None:
    """The ids are told, so that the next attempt is right."""
    runs = [histories.run(0, run_id="a1b2"), histories.run(1, run_id="a7c8")]
    histories.remember(folder, histories.records(runs))

    result = run("history", "a")

    assert result.exit_code == 2
    assert "'a' begins several runs: a7c8, a1b2." in result.stderr


def test_a_whole_id_is_never_ambiguous(run: Run, folder: Path) -> None:
    """An id that begins another one means itself."""
    runs = [histories.run(0, run_id="a1"), histories.run(1, run_id="a1b2")]
    histories.remember(folder, histories.records(runs))

    assert told(run, "a1")["run"] == "a1"


def test_without_an_id_the_latest_run_is_shown(run: Run, remembered: Path) -> None:
    """What one asks for first after a run."""
    assert told(run, "show")["run"] == "00000002"


def test_a_killed_run_says_so(run: Run, remembered: Path) -> None:
    """Its tests are those that its spools know; the one at work stands there as well."""
    shown = rows(run, "show")

    assert "It was killed: what it had written by then is all that is known." in shown
    assert f"  ?  unfinished  {histories.TEST}" in shown


@pytest.mark.parametrize(
    "changes, said",
    [
        pytest.param({"exit_code": 0}, "Green: all 3 tests held.", id="finished"),
        pytest.param({"exit_code": 1}, "3 tests held, and the run ended with 1: ", id="refused"),
        pytest.param(
            {"state": State.INTERRUPTED, "exit_code": 2}, "Until then 3 tests held.", id="stopped"
        ),
        pytest.param(
            {"state": State.RUNNING, "ended_at": None}, "Until then 3 tests held.", id="running"
        ),
        pytest.param(
            {"state": State.KILLED, "counts": {"defect": 1}},
            "Red: 1 defect; 0 of 1 test held.",
            id="red-and-killed",
        ),
    ],
)
def test_only_a_run_that_is_green_is_called_so(
    run: Run, folder: Path, changes: dict[str, Any], said: str
) -> None:
    """INVARIANT: tests that held by then make no green run, nor does an exit code of 1."""
    histories.remember(folder, [Record(run=histories.run(0, **changes))])

    assert any(line.startswith(said) for line in rows(run, "show"))


def test_a_missed_objective_makes_a_run_red(run: Run, folder: Path) -> None:
    """No test is to blame for it, and the run is red all the same."""
    missed = histories.evidence(9, 8.0, "missed")
    histories.remember(folder, [Record(run=histories.run(0, exit_code=1), evidence=[missed])])

    assert rows(run, "show")[1] == ("Red: 1 finding on the run as a whole; all 3 tests held.")


def test_programs_read_one_run_whole(run: Run, remembered: Path) -> None:
    """What is shown, and the attempts of each test that did not hold."""
    values = told(run, "00000001")

    assert values["versions"] == {"redhanded": "0.1"}
    assert [one["cause"] for one in values["not_held"]] == ["body.value"]
    assert values["objectives"][0]["decision"] == "held"
    assert values["operations"][0]["p95_seconds"] == 0.3


def test_the_evidence_is_named_while_it_is_there(run: Run, remembered: Path) -> None:
    """Spools are removed one day; what is no longer there is not named."""
    (remembered / ".redhanded" / "runs" / "00000001").mkdir(parents=True)

    assert any(line.startswith("  evidence") for line in rows(run, "00000001"))
    assert not any(line.startswith("  evidence") for line in rows(run, "00000000"))


def test_percentiles_of_few_samples_are_not_told(run: Run, folder: Path) -> None:
    """Of ten samples the 95th percentile is the longest by another name."""
    few = Record(run=histories.run(0), operations=[histories.operation(samples=10, errors=2)])
    histories.remember(folder, [few])

    [row] = [line for line in rows(run, "show") if histories.OPERATION in line]

    assert row.split()[2:] == ["10", "100", "ms", "700", "ms", "2"]


def test_an_unknown_run_is_refused(run: Run, remembered: Path) -> None:
    """The sentence names the latest, and says what lists the others."""
    result = run("history", "nothing")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no run 'nothing' of shop; the latest is 00000002." in result.stderr


def test_a_count_before_a_run_is_refused(run: Run, remembered: Path) -> None:
    """It would mean nothing there, and nothing that is asked for is ignored."""
    result = run("history", "--runs", "3", "show")

    assert result.exit_code == 2
    assert result.stderr.startswith("redhanded: --runs before a subcommand means nothing")


def test_options_may_stand_before_the_run(run: Run, remembered: Path) -> None:
    """`--json` and `--project` mean the same on both sides."""
    result = run("history", "--json", "--project", "shop", "00000000")

    assert json.loads(result.stdout)["run"] == "00000000"


def test_another_project_of_the_database_can_be_named(run: Run, remembered: Path) -> None:
    """Two projects in one database never mix."""
    other = replace(histories.run(9), project="desk")
    histories.remember(remembered, [Record(run=other)])

    assert [one["run"] for one in told(run, "--project", "desk")["runs"]] == ["00000009"]
    assert len(told(run)["runs"]) == 3


def test_a_project_that_is_not_there_is_refused(run: Run, remembered: Path) -> None:
    """A mistyped name is no empty history."""
    result = run("history", "--project", "shpo")

    assert result.exit_code == 2
    assert result.stderr == (
        "redhanded: There is no project 'shpo' in this history: it knows shop.\n"
    )


def test_names_from_outside_cannot_steer_the_terminal(run: Run, folder: Path) -> None:
    """INVARIANT: ids, causes, builds and places are shown, never obeyed."""
    evil = "x\x1b]0;title\x07"
    record = Record(
        run=histories.run(0, run_id=evil, environment=evil, builds=(evil,), host=evil),
        outcomes=[histories.outcome("defect", evil, node_id=evil)],
    )
    histories.remember(folder, [record])

    for asked in ([], ["show"]):
        assert "\x1b" not in "\n".join(rows(run, *asked))


def test_no_history_is_no_empty_file(run: Run, folder: Path) -> None:
    """Who looks in the wrong folder is told, and leaves nothing there."""
    result = run("history")

    assert result.exit_code == 2
    assert result.stderr.startswith("redhanded: There is no history yet: ")
    assert list(folder.iterdir()) == []


def test_an_empty_history_is_no_error(run: Run, folder: Path) -> None:
    """A friendly sentence; nothing is wrong."""
    histories.remember(folder, [])

    result = run("history")

    assert result.exit_code == 0
    assert result.stdout.startswith("No run of shop is remembered yet")


def test_an_empty_project_names_the_others(run: Run, folder: Path) -> None:
    """It may be there under another name."""
    histories.remember(folder, [Record(run=replace(histories.run(0), project="desk"))])

    result = run("history")

    assert "desk" in result.stdout


def test_no_run_to_show_is_refused(run: Run, folder: Path) -> None:
    """What is asked for is not there."""
    histories.remember(folder, [])

    assert run("history", "show").exit_code == 2


def test_a_damaged_history_is_one_sentence(run: Run, remembered: Path) -> None:
    """No traceback, and the file is left as it is."""
    file = histories.database(remembered)
    file.write_bytes(b"no database at all, " * 100)

    result = run("history")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert file.read_bytes().startswith(b"no database")


def test_a_newer_history_is_one_sentence(run: Run, remembered: Path) -> None:
    """A newer redhanded made it: nothing is guessed."""
    with closing(sqlite3.connect(histories.database(remembered))) as connection:
        [[table]] = connection.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE '%version%' AND type = 'table'"
        ).fetchall()
        connection.execute(f"UPDATE {table} SET version_num = '9999'")  # noqa: S608  its own name
        connection.commit()

    result = run("history")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
