"""What every command of history does first: open it, and take in what waits."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from redhanded.history.records import Record, State
from redhanded.history.schema import runs
from redhanded.session.lifeline import Lifeline
from redhanded.session.outbox import Outbox
from tests.cli import histories
from tests.cli.conftest import Run

COMMANDS = [["history"], ["history", "show"], ["history", "export"], ["flakes"], ["slow"]]
NAMES = ["history", "show", "export", "flakes", "slow"]


@pytest.fixture
def remembered(folder: Path) -> Path:
    """A project with one run in its history."""
    histories.remember(folder, histories.records([histories.run(0)], [histories.outcome()]))
    return folder


def listed(run: Run) -> dict[str, str]:
    """The runs that are remembered, with their states."""
    result = run("history", "--json")
    assert result.exit_code == 0, result.stderr
    return {one["run"]: one["state"] for one in json.loads(result.stdout)["runs"]}


def refused(run: Run, command: list[str], **environ: str) -> str:
    """The one sentence with which a command ends."""
    result = run(*command, **environ)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    return result.stderr


def set_history(folder: Path, line: str) -> None:
    """Add a setting of history."""
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"\n[tool.redhanded.history]\n{line}\n")


def test_a_run_that_waits_is_taken_in(run: Run, remembered: Path) -> None:
    """A short run leaves its record in the outbox: whoever looks sees it."""
    outbox = Outbox(remembered / ".redhanded")
    outbox.put(Record(run=histories.run(1)))

    assert set(listed(run)) == {"00000000", "00000001"}

    assert outbox.waiting() == []


def test_runs_that_wait_begin_a_history(run: Run, folder: Path) -> None:
    """Where only short runs have been, there is no database yet."""
    (folder / "pyproject.toml").write_text(histories.PROJECT, "utf-8")
    Outbox(folder / ".redhanded").put(Record(run=histories.run(1)))

    assert set(listed(run)) == {"00000001"}


def test_a_run_under_way_is_left_alone(run: Run, remembered: Path) -> None:
    """INVARIANT: whoever looks never calls a run killed that lives."""
    place = remembered / ".redhanded" / "runs" / "0000000a"
    place.mkdir(parents=True)
    lifeline = Lifeline(place)
    lifeline.hold(histories.run(10, state=State.RUNNING))

    try:
        assert set(listed(run)) == {"00000000"}
    finally:
        lifeline.let_go()


def test_nobody_needs_the_credentials_of_the_api_to_look(run: Run, remembered: Path) -> None:
    """INVARIANT: a record that waits is masked; a killed run's names wait for who can mask them."""
    with (remembered / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[tool.redhanded.auth]\nkind = "bearer"\ntoken = "env:API_TOKEN"\n')
    Outbox(remembered / ".redhanded").put(Record(run=histories.run(1)))
    dead = remembered / ".redhanded" / "runs" / "0000000a"
    dead.mkdir(parents=True)
    lifeline = Lifeline(dead)
    lifeline.hold(histories.run(10, state=State.RUNNING))
    lifeline.let_go()

    assert set(listed(run)) == {"00000000", "00000001"}

    assert (dead / "run.ndjson").exists()
    assert "API_TOKEN is not set" in refused(run, ["config", "show"])


def test_a_history_whose_own_settings_are_wrong_is_a_sentence(run: Run, remembered: Path) -> None:
    """They are not left out for that."""
    set_history(remembered, "days = 0")

    assert "history.days" in refused(run, ["history"])


def test_damage_in_what_waits_is_told_once(run: Run, remembered: Path) -> None:
    """It is set aside with a sentence, and the command goes on."""
    waiting = remembered / ".redhanded" / "history" / "outbox"
    waiting.mkdir()
    (waiting / "odd.ndjson").write_text("{\n", "utf-8")

    first, second = run("history"), run("history")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "is damaged" in first.stderr
    assert second.stderr == ""


def test_a_store_that_takes_nothing_can_be_read(run: Run, remembered: Path) -> None:
    """Who may only read is told that something waits, and sees what there is."""
    path = histories.database(remembered)
    Outbox(remembered / ".redhanded").put(Record(run=histories.run(1)))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            f"CREATE TRIGGER no BEFORE INSERT ON {runs.name} BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        connection.commit()

    result = run("history")

    assert result.exit_code == 0
    assert "What earlier runs left is not taken in." in result.stderr
    assert "00000000" in result.stdout


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_no_history_is_a_sentence(run: Run, folder: Path, command: list[str]) -> None:
    """Nothing is made in a folder where no run has been."""
    assert "There is no history yet" in refused(run, command)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_a_damaged_history_is_a_sentence(run: Run, remembered: Path, command: list[str]) -> None:
    """No traceback, whatever was asked."""
    histories.database(remembered).write_bytes(b"no database at all, " * 100)

    assert "history.sqlite" in refused(run, command)


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_a_server_that_is_away_is_a_sentence(
    run: Run, remembered: Path, closed_port: int, command: list[str]
) -> None:
    """It is named, and the password is not."""
    pytest.importorskip("psycopg")
    set_history(
        remembered,
        f'url = "postgresql://ci@127.0.0.1:{closed_port}/redhanded"\npassword = "env:PASS"',
    )

    sentence = refused(run, command, PASS="a-long-secret")

    assert "redhanded on 127.0.0.1" in sentence
    assert "a-long-secret" not in sentence


def test_an_address_that_is_none_is_a_sentence(run: Run, remembered: Path) -> None:
    """It says what to write."""
    set_history(remembered, 'url = "mysql://host/name"')

    assert "write sqlite:///path/to/history.sqlite" in refused(run, ["history"])


def test_an_sqlite_file_elsewhere_can_be_named(run: Run, remembered: Path) -> None:
    """A relative path begins at the project's folder."""
    histories.database(remembered).rename(remembered / "runs.sqlite")
    set_history(remembered, 'url = "sqlite:///runs.sqlite"')

    assert set(listed(run)) == {"00000000"}


def test_settings_that_are_refused_are_told(run: Run, remembered: Path) -> None:
    """A wrong setting stops a command as it stops a run."""
    set_history(remembered, "dasy = 3")

    assert "days" in refused(run, ["history"])


def test_the_project_is_found_from_a_folder_below(
    run: Run, remembered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Like git, wherever one stands in it."""
    below = remembered / "tests" / "api"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)

    assert set(listed(run)) == {"00000000"}


def test_a_history_that_is_switched_off_says_so(run: Run, folder: Path) -> None:
    """Nobody waits for a run that will not be remembered."""
    histories.remember(folder, [])
    set_history(folder, "enabled = false")

    assert run("history").stdout == ("No run of shop is remembered: history.enabled is false.\n")


@pytest.mark.parametrize("before", [True, False], ids=["before-the-run", "after-it"])
def test_a_profile_may_name_another_history(run: Run, remembered: Path, before: bool) -> None:
    """`--env` means what it means elsewhere, on both sides of a subcommand."""
    histories.database(remembered).rename(remembered / "ci.sqlite")
    with (remembered / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[tool.redhanded.env.ci.history]\nurl = "sqlite:///ci.sqlite"\n')

    asked = ["--env", "ci", "show"] if before else ["show", "--env", "ci"]

    assert "Run 00000000 of shop" in run("history", *asked).stdout


def test_another_name_is_another_project(run: Run, remembered: Path) -> None:
    """What the settings call it decides, and the sentence names what else there is."""
    histories.remember(remembered, [Record(run=replace(histories.run(1), project="desk"))])
    set_history(remembered, 'project = "office"')

    shown = run("history").stdout

    assert shown == (
        "No run of office is remembered yet: the next pytest run will be."
        " This history knows desk, shop: name one with --project.\n"
    )
