"""`redhanded slow`: operations against their objectives, and against what they were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from redhanded.cli import group
from redhanded.cli.operations import RECENT
from redhanded.history.records import Record, State
from tests.cli import histories
from tests.cli.conftest import Run
from tests.cli.test_output import Terminal

SLOWER = [0.1] * 12 + [0.15] * 3


def remember(
    folder: Path, medians: list[float], gain: float = -1.0, decision: str = "held"
) -> None:
    """A project whose one operation took so long in each run."""
    made = [
        Record(
            run=histories.run(number),
            latencies=[histories.latency(median)],
            operations=[histories.operation()],
            evidence=[histories.evidence(2, gain, decision)],
        )
        for number, median in enumerate(medians)
    ]
    histories.remember(folder, made)


@pytest.fixture
def remembered(folder: Path) -> Path:
    """A project with an operation that became slower and misses its objective."""
    remember(folder, SLOWER, gain=2.0, decision="open")
    return folder


def told(run: Run, *arguments: str) -> dict[str, Any]:
    """What a program reads."""
    return histories.told(run, "slow", *arguments)


def rows(run: Run, *arguments: str) -> list[str]:
    """The lines that a person reads in a pipe."""
    return histories.rows(run, "slow", *arguments)


def test_a_missed_objective_and_a_slower_operation_are_told(run: Run, remembered: Path) -> None:
    """Each on its line, with what is promised, what was seen, and how sure that is."""
    shown = [" ".join(line.split()) for line in rows(run)]

    assert shown[:2] == [
        "shop: 15 runs, the newest 0000000e of 2026-10-05 14:13",
        histories.PLACE,
    ]
    assert (
        "missed GET /orders/{id} p95 200 ms 30 of 450 slower (5 % may)"
        " 15 runs; chance: less than 1 in 1,000" in shown
    )
    [row] = [line for line in shown if line.startswith("slower")]
    assert row.startswith("slower GET /orders/{id} 100 ms +50 %, +50 ms")
    assert shown[-1] == (
        "GET /orders/{id}: slower in 3 runs since 0000000c, build 9f2c1, against 12 runs before;"
        f" in {histories.TEST}"
    )


def test_the_smallest_visible_change_stands_beside_each_result(run: Run, folder: Path) -> None:
    """INVARIANT: `steady` is never said without what would have shown."""
    remember(folder, [0.1] * 12)

    [row] = [line for line in rows(run) if line.startswith("steady")]

    detectable = told(run)["operations"][0]["detectable"]
    assert "within noise" in row
    assert f"{detectable * 100:.0f} %" in row


def test_runs_that_are_all_noise_are_called_that(run: Run, folder: Path) -> None:
    """INVARIANT: no number is told that nobody could act on."""
    remember(folder, [*[0.001 * 3**n for n in range(10)] * 2, 0.1])

    [row] = [line for line in rows(run) if line.startswith("steady")]

    assert "too noisy" in row


def test_why_nothing_can_be_said_is_told(run: Run, folder: Path) -> None:
    """Three runs are no baseline."""
    remember(folder, [0.1] * 3)

    assert rows(run)[-1] == ("  GET /orders/{id}: 2 earlier runs with a canary, 10 needed")


def test_a_reason_that_operations_share_is_told_once(run: Run, folder: Path) -> None:
    """Fifty operations without a canary are one sentence."""
    shown = [replace(histories.operation(), operation=f"GET /r{n}") for n in range(5)]
    histories.remember(folder, [Record(run=histories.run(0), operations=shown)])

    assert rows(run)[-1] == ("  GET /r0, GET /r1, GET /r2 and 2 more: no whole answer was timed")


@pytest.mark.parametrize(
    "decision, gain, words",
    [
        pytest.param("missed", 1.0, "1 run; the newest alone shows it", id="alone"),
        pytest.param("open", 3.0, "1 run; chance: 1 in 20, 1 in 1,000 decides", id="open"),
        pytest.param("held", -1.0, "1 run", id="held"),
    ],
)
def test_evidence_is_told_in_words(
    run: Run, folder: Path, decision: str, gain: float, words: str
) -> None:
    """The reader learns how far it is from a decision."""
    remember(folder, [0.1], gain=gain, decision=decision)

    [row] = [line for line in rows(run) if "p95 200 ms" in line]

    assert row.endswith(words)


def test_errors_are_an_objective_too(run: Run, folder: Path) -> None:
    """Their limit is a share."""
    errors = histories.evidence(3, 1.0, measure="errors", limit=0.01)
    histories.remember(folder, [Record(run=histories.run(0), evidence=[errors])])

    [row] = [line for line in rows(run) if "errors" in line]

    assert "errors 1 %  3 of 30 errors (1 % may)" in row


def test_a_declared_objective_that_nobody_called_is_told(run: Run, folder: Path) -> None:
    """It is open until somebody does."""
    remember(folder, [0.1])
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[tool.redhanded.objectives]\n"GET /never" = { p95 = 0.3 }\n')

    [row] = [line for line in rows(run) if "GET /never" in line]

    assert row.split("  ")[-1] == "no sample yet"


@pytest.mark.parametrize(
    "medians, gain, code",
    [
        pytest.param(SLOWER, -1.0, 1, id="slower"),
        pytest.param([0.1] * 12, 1.0, 1, id="missed"),
        pytest.param([0.1] * 12, -1.0, 0, id="well"),
    ],
)
def test_a_job_may_ask_it_to_fail(
    run: Run, folder: Path, medians: list[float], gain: float, code: int
) -> None:
    """The command tells; `--fail` ends with 1 where something must be mended."""
    remember(folder, medians, gain=gain, decision="open")

    assert run("slow", "--fail").exit_code == code
    assert run("slow").exit_code == 0


def test_programs_read_the_same(run: Run, remembered: Path) -> None:
    """Objectives and operations, with their numbers."""
    values = told(run)

    assert (values["environment"], values["runs"], values["newest"]) == (
        histories.PLACE,
        15,
        "0000000e",
    )
    assert values["objectives"][0]["decision"] == "missed"
    assert values["operations"][0]["pace"] == "regressed"
    assert values["operations"][0]["latest"]["median_seconds"] == 0.1


def test_another_environment_can_be_named(run: Run, remembered: Path) -> None:
    """A part of its name is enough where it means one."""
    alone = histories.run(99, environment="my machine, 1 worker")
    histories.remember(remembered, [Record(run=alone)])

    assert told(run)["environment"] == "my machine, 1 worker"
    assert told(run, "--where", "staging")["environment"] == histories.PLACE


@pytest.mark.parametrize(
    "wanted, said",
    [
        ("worker", "names several environments"),
        ("nowhere", "names no environment of a finished run"),
    ],
    ids=["several", "none"],
)
def test_an_environment_that_means_none_is_refused(
    run: Run, remembered: Path, wanted: str, said: str
) -> None:
    """The sentence tells those that there are."""
    alone = histories.run(99, environment="my machine, 1 worker")
    histories.remember(remembered, [Record(run=alone)])

    result = run("slow", "--where", wanted)

    assert result.exit_code == 2
    assert said in result.stderr
    assert histories.PLACE in result.stderr


def test_no_finished_run_is_no_error(run: Run, folder: Path) -> None:
    """There is nothing to compare yet."""
    killed = histories.run(0, state=State.KILLED)
    histories.remember(folder, [Record(run=killed)])

    assert rows(run) == ["No run of shop has finished yet: nothing to compare."]
    assert told(run)["operations"] == []


def test_an_empty_history_is_no_error(run: Run, folder: Path) -> None:
    """A friendly sentence."""
    histories.remember(folder, [])

    assert rows(run)[0].startswith("No run of shop is remembered yet")


def test_runs_without_calls_are_told(run: Run, folder: Path) -> None:
    """Nothing is shown of nothing."""
    histories.remember(folder, [Record(run=histories.run(0))])

    assert rows(run)[-1] == "No operation was called in these runs."


def test_a_terminal_of_eighty_columns_shows_a_line_an_operation(
    run: Run, remembered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: neither the sparkline nor a number is broken in two."""
    monkeypatch.setenv("COLUMNS", "80")
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)

    group.main(["slow"], standalone_mode=False)

    shown = click.unstyle(terminal.getvalue()).splitlines()
    [row] = [line for line in shown if "+50 %, +50 ms" in line]
    assert len(row.split()[-1]) == min(RECENT, len(SLOWER))
    assert max(map(len, shown)) <= 80
