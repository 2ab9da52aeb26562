"""`redhanded history export` and `import`: the way of runs from machine to machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from redhanded.history.records import Record
from tests.cli import histories
from tests.cli.conftest import Run


@pytest.fixture
def remembered(folder: Path) -> Path:
    """A project with three runs."""
    runs = [histories.run(number) for number in range(3)]
    histories.remember(folder, histories.records(runs, [histories.outcome()]))
    return folder


def listed(run: Run, *arguments: str) -> list[str]:
    """The ids of the runs that are remembered, the newest first."""
    told: dict[str, Any] = json.loads(run("history", "--json", *arguments).stdout)
    return [one["run"] for one in told["runs"]]


def forget(folder: Path) -> None:
    """Another machine: nothing is remembered there."""
    for file in histories.database(folder).parent.iterdir():
        file.unlink()


def test_what_is_exported_can_be_taken_in(run: Run, remembered: Path) -> None:
    """INVARIANT: a history that was carried is the history that it was."""
    before = run("history", "show", "00000001", "--json").stdout
    assert run("history", "export", "runs.ndjson").stderr == (
        "3 runs of shop written to runs.ndjson\n"
    )
    forget(remembered)

    result = run("history", "import", "runs.ndjson")

    assert result.stdout == "runs.ndjson: 3 new runs of shop\n"
    assert run("history", "show", "00000001", "--json").stdout == before


def test_an_import_can_be_repeated(run: Run, remembered: Path) -> None:
    """Runs that are known stay one run each."""
    run("history", "export", "runs.ndjson")

    result = run("history", "import", "runs.ndjson", "runs.ndjson")

    assert result.stdout.splitlines() == ["runs.ndjson: 0 new runs of shop, 3 known"] * 2
    assert len(listed(run)) == 3


def test_only_the_latest_runs_can_be_exported(run: Run, remembered: Path) -> None:
    """One job hands over its own run; the oldest of those asked for comes first."""
    result = run("history", "export", "--runs", "2")

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["run"]["run_id"] for line in lines if "run" in line] == ["00000001", "00000002"]


def test_an_export_to_standard_output_is_nothing_else(run: Run, remembered: Path) -> None:
    """What a program reads is not mixed with what a person reads."""
    result = run("history", "export")

    assert all(json.loads(line) for line in result.stdout.splitlines())
    assert result.stderr == "3 runs of shop written\n"


def test_standard_input_can_be_taken_in(folder: Path) -> None:
    """Two machines may be joined by a pipe, whatever the encoding of their terminals."""
    test = "tests/test_zoë.py::test_it"
    made = histories.records([histories.run(0)], [histories.outcome(test=test, node_id=test)])
    histories.remember(folder, made)
    command = [sys.executable, "-m", "redhanded.cli", "history"]
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    exported = subprocess.run([*command, "export"], capture_output=True, check=True, env=environ)
    forget(folder)

    done = subprocess.run(
        [*command, "import", "-"],
        input=exported.stdout,
        capture_output=True,
        check=True,
        env=environ,
    )

    assert done.stdout.startswith(b"standard input: 1 new run of shop")
    shown = subprocess.run(
        [*command, "export"], capture_output=True, check=True, env=environ
    ).stdout
    assert shown == exported.stdout


def test_a_damaged_line_costs_no_other(run: Run, remembered: Path) -> None:
    """The place is told; what is whole is taken in, and a job goes on."""
    run("history", "export", "runs.ndjson")
    file = remembered / "runs.ndjson"
    file.write_bytes(b'{"garbage\xff\n' + file.read_bytes())
    forget(remembered)

    result = run("history", "import", "runs.ndjson")

    assert result.exit_code == 0
    assert result.stdout == "runs.ndjson: 3 new runs of shop, 1 damaged place\n"
    assert result.stderr.startswith("redhanded: runs.ndjson: line 1 is damaged")


def test_many_damaged_lines_are_told_by_a_few(run: Run, remembered: Path) -> None:
    """A file of something else does not fill the screen; a program gets them all."""
    (remembered / "odd.ndjson").write_text("{\n" * 50, "utf-8")

    result = run("history", "import", "odd.ndjson", "--json")

    assert result.stderr.count("\n") == 5
    assert len(json.loads(result.stdout)["files"][0]["damage"]) == 50


def test_a_newer_file_is_refused(run: Run, remembered: Path) -> None:
    """The sentence names the file; nothing is guessed."""
    (remembered / "newer.ndjson").write_text('{"v": 9, "run": {}}\n', "utf-8")

    result = run("history", "import", "newer.ndjson")

    assert result.exit_code == 2
    assert result.stderr.startswith("redhanded: newer.ndjson: Line 1 was written by a newer")


def test_a_file_that_is_not_there_is_refused(run: Run, remembered: Path) -> None:
    """One sentence with its name."""
    result = run("history", "import", "none.ndjson")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "redhanded: none.ndjson: No such file or directory.\n"


def test_only_one_project_can_be_taken_in(run: Run, remembered: Path) -> None:
    """A file may hold several; the others are left alone."""
    desk = Record(run=histories.run(7, project="desk"))
    histories.remember(remembered, [desk])
    run("history", "export", "shop.ndjson")
    run("history", "export", "desk.ndjson", "--project", "desk")
    parts = [(remembered / name).read_bytes() for name in ("shop.ndjson", "desk.ndjson")]
    (remembered / "both.ndjson").write_bytes(b"".join(parts))
    forget(remembered)

    result = run("history", "import", "both.ndjson", "--project", "desk")

    assert result.stdout == "both.ndjson: 1 new run of desk\n"
    assert listed(run, "--project", "desk") == ["00000007"]


def test_an_import_begins_a_history(run: Run, remembered: Path) -> None:
    """A fresh machine has none: it is made."""
    run("history", "export", "runs.ndjson")
    moved = remembered.parent / "fresh"
    moved.mkdir()
    (moved / "pyproject.toml").write_text(histories.PROJECT, "utf-8")
    (remembered / "runs.ndjson").rename(moved / "runs.ndjson")
    os.chdir(moved)

    assert run("history", "import", "runs.ndjson").exit_code == 0

    assert len(listed(run)) == 3


def test_an_export_that_fails_leaves_the_old_file(run: Run, remembered: Path) -> None:
    """INVARIANT: a cache is never replaced by half of one."""
    (remembered / "runs.ndjson").write_text("old", "utf-8")
    histories.database(remembered).write_bytes(b"no database at all, " * 100)

    result = run("history", "export", "runs.ndjson")

    assert result.exit_code == 2
    assert (remembered / "runs.ndjson").read_text("utf-8") == "old"


def test_a_folder_that_is_not_there_is_refused(run: Run, remembered: Path) -> None:
    """One sentence, no traceback, and nothing half written."""
    result = run("history", "export", "nowhere/runs.ndjson")

    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
