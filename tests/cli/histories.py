"""Histories that the tests of the command line read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from redhanded.history.records import (
    Evidence,
    Latency,
    Operation,
    Outcome,
    Record,
    Run,
    State,
)
from redhanded.history.sql import SqlStore
from tests.cli.conftest import Run as CommandLine

PROJECT = '[project]\nname = "shop"\n\n[tool.redhanded]\nbase_url = "http://localhost:8000"\n'
PLACE = "staging, https://staging.test, linux-x86_64, 4 workers"
DAY = 86_400.0
START = 1_790_000_000.0  # 2026-09-21 14:13:20 UTC
TEST = "tests/test_orders.py::test_total"
OPERATION = "GET /orders/{id}"


def run(number: int, **changes: object) -> Run:
    """The run of that day: it took 100 s, and one second more each day."""
    began = START + number * DAY
    seconds = 100.0 + number
    made = Run(
        run_id=f"{number:08x}",
        project="shop",
        environment=PLACE,
        started_at=began,
        state=State.FINISHED,
        ended_at=began + seconds,
        seconds=seconds,
        exit_code=0,
        seed=7,
        target="https://staging.test",
        host="ci-7",
        builds=("9f2c1",),
        versions={"redhanded": "0.1"},
        canary=0.004,
        canaries=12,
        counts={"pass": 3},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def outcome(verdict: str = "pass", cause: str = "", **changes: object) -> Outcome:
    """What became of the one test."""
    made = Outcome(
        test=TEST, node_id=TEST, verdict=verdict, at=START, seconds=0.2, cause=cause, build="9f2c1"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def latency(median: float) -> Latency:
    """How long the server took for the one operation in the one test."""
    return Latency(test=TEST, operation=OPERATION, size=3, samples=5, median=median)


def operation(samples: int = 30, errors: int = 0) -> Operation:
    """How the one operation did."""
    return Operation(
        operation=OPERATION,
        samples=samples,
        errors=errors,
        median=0.1,
        p95=0.3,
        p99=0.5,
        longest=0.7,
    )


def evidence(bad: int, gain: float, decision: str = "open", **changes: object) -> Evidence:
    """What a run adds to the evidence against the one objective."""
    made = Evidence(
        operation=OPERATION,
        measure="p95",
        limit=0.2,
        build="9f2c1",
        samples=30,
        bad=bad,
        gain=gain,
        decision=decision,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def records(runs: Iterable[Run], outcomes: Sequence[Outcome] = ()) -> list[Record]:
    """Runs with the same outcomes, each at the time of its run."""
    return [
        Record(run=one, outcomes=[replace(made, at=one.started_at) for made in outcomes])
        for one in runs
    ]


def database(folder: Path) -> Path:
    """Where a project without settings keeps its history."""
    return folder / ".redhanded" / "history" / "history.sqlite"


def remember(folder: Path, made: Iterable[Record]) -> None:
    """Make the folder a project, with these runs in its history."""
    (folder / "pyproject.toml").write_text(PROJECT, "utf-8")
    with closing(SqlStore.open(f"sqlite:///{database(folder).as_posix()}")) as store:
        for record in made:
            store.write(record)


def told(run: CommandLine, command: str, *arguments: str) -> dict[str, Any]:
    """What a program reads."""
    result = run(command, *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    values: dict[str, Any] = json.loads(result.stdout)
    assert values.pop("v") == 1
    return values


def rows(run: CommandLine, command: str, *arguments: str) -> list[str]:
    """The lines that a person reads in a pipe."""
    result = run(command, *arguments, TZ="UTC")
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()
