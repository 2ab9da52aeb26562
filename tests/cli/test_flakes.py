"""`redhanded flakes`: the tests that come and go."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click
import pytest

from redhanded.cli import group
from redhanded.history.records import Outcome, Record
from tests.cli import histories
from tests.cli.conftest import Run
from tests.cli.test_output import Terminal

RUNS = 20
SOME = range(1, RUNS, 6)


def remember(folder: Path, ago: int = 0, /, **tests: dict[int, Outcome]) -> None:
    """A project whose tests ran daily until so long ago; each passed, but for the runs that say."""
    today = round((time.time() - histories.START) / histories.DAY) - ago
    made = []
    for number in range(RUNS):
        run = histories.run(today - RUNS + number, builds=(f"b{number // 4}",))
        found = [
            _at(each.get(number, histories.outcome()), name, number, run.started_at)
            for name, each in tests.items()
        ]
        made.append(Record(run=run, outcomes=found))
    histories.remember(folder, made)


def _at(outcome: Outcome, name: str, number: int, at: float) -> Outcome:
    node_id = f"tests/test_{name}.py::test_it"
    return Outcome(
        test=name,
        node_id=node_id,
        verdict=outcome.verdict,
        at=at,
        seconds=0.1,
        cause=outcome.cause,
        build=f"b{number // 4}",
        owner=outcome.owner,
        until=outcome.until,
    )


def sometimes(verdict: str, cause: str) -> dict[int, Outcome]:
    """What comes and goes."""
    return dict.fromkeys(SOME, histories.outcome(verdict, cause))


@pytest.fixture
def remembered(folder: Path) -> Path:
    """A project with an intermittent API, a test that weather strikes, and one that is calm."""
    remember(
        folder,
        wrong=sometimes("defect", "body.value"),
        weather=sometimes("recovered", "http.502"),
        calm={},
    )
    return folder


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 80 columns in the place of standard output."""
    monkeypatch.setenv("COLUMNS", "80")
    return Terminal()


def told(run: Run, *arguments: str) -> dict[str, Any]:
    """What a program reads."""
    return histories.told(run, "flakes", *arguments)


def test_the_api_stands_first(run: Run, remembered: Path) -> None:
    """One line a test in a pipe: channel, word, share with its interval, runs, and who it is."""
    result = run("flakes", TZ="UTC")

    listed = [line.split() for line in result.stdout.splitlines() if "::" in line]
    assert [(row[0], row[1], row[-1]) for row in listed] == [
        ("API", "intermittent", "tests/test_wrong.py::test_it"),
        ("environment", "flaky", "tests/test_weather.py::test_it"),
    ]
    assert str(len(SOME)) in listed[0]
    assert ".R.....R.....R.....R" in listed[1]


def test_the_first_line_sums_up(run: Run, remembered: Path) -> None:
    """How many tests there are, and whom those that fail speak of."""
    result = run("flakes")

    assert result.stdout.splitlines()[0] == (
        "shop, 90 days: 3 tests; 1 by the API, 1 by the environment."
    )


def test_calm_tests_are_told_on_demand(run: Run, remembered: Path) -> None:
    """`--all` names them too, with what can be said of them."""
    assert [one["test"] for one in told(run)["tests"]] == ["wrong", "weather"]

    [*_, calm] = told(run, "--all")["tests"]
    assert (calm["test"], calm["word"], calm["label"]) == ("calm", "unknown", "none")
    assert "tests/test_calm.py::test_it" in run("flakes", "--all").stdout


def test_few_runs_are_called_unknown(run: Run, folder: Path) -> None:
    """INVARIANT: one failure is no flaky test; what is not known is not claimed."""
    remember(folder, once={RUNS - 9: histories.outcome("recovered", "http.502")})

    [one] = told(run)["tests"]

    assert (one["word"], one["label"], one["marker"]) == ("unknown", "none", None)
    assert "1 with too few failures to say" in run("flakes").stdout


def test_a_window_without_runs_is_no_error(run: Run, folder: Path) -> None:
    """The sentence says how to look further."""
    histories.remember(folder, histories.records([histories.run(-2000)], [histories.outcome()]))

    result = run("flakes", "--days", "1")

    assert result.exit_code == 0
    assert "--days looks further" in result.stdout


def test_nothing_that_failed_is_a_sentence(run: Run, folder: Path) -> None:
    """A calm project reads one line."""
    remember(folder, calm={})

    assert run("flakes").stdout == "shop, 90 days: 1 test; none failed.\n"


@pytest.mark.parametrize(
    "arguments, code", [([], 0), (["--fail"], 1)], ids=["told", "asked-to-fail"]
)
def test_an_api_at_fault_fails_only_on_demand(
    run: Run, remembered: Path, arguments: list[str], code: int
) -> None:
    """The command tells; a nightly job may ask it to end with 1."""
    assert run("flakes", *arguments).exit_code == code


def test_weather_alone_never_fails(run: Run, folder: Path) -> None:
    """A flaky test is work, no bug of the API."""
    remember(folder, weather=sometimes("recovered", "http.502"))

    assert run("flakes", "--fail").exit_code == 0


def test_an_expired_quarantine_is_marked(run: Run, folder: Path) -> None:
    """Its owner and its last day stand there, and a job may ask to fail for it."""
    last = histories.outcome(owner="ann", until="2001-01-31")
    remember(folder, kept={RUNS - 1: last})

    result = run("flakes", "--fail")

    assert result.exit_code == 1
    assert "1 quarantine expired" in result.stdout
    assert "ann    2001-01-31 (expired)" in result.stdout
    assert told(run)["tests"][0]["quarantine"] == {
        "owner": "ann",
        "until": "2001-01-31",
        "expired": True,
    }


def test_a_terminal_shows_a_few_lines_a_test(
    run: Run, remembered: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is wider than the terminal, and the marker can be copied."""
    monkeypatch.setattr("sys.stdout", terminal)

    group.main(["flakes"], standalone_mode=False)

    shown = click.unstyle(terminal.getvalue())
    assert max(map(len, shown.splitlines())) <= 80
    assert "API intermittent" in shown
    assert '@pytest.mark.quarantine(owner="...", until="' in shown
    assert "latest" in shown


def test_a_terminal_shows_quarantines_and_tests_that_never_failed(
    run: Run, folder: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds a test back and until when; of a calm one, how seldom it may fail at most."""
    kept = histories.outcome(owner="ann", until="2999-12-31")
    remember(folder, kept=dict.fromkeys(range(RUNS), kept))
    monkeypatch.setattr("sys.stdout", terminal)

    group.main(["flakes", "--all"], standalone_mode=False)

    shown = terminal.getvalue()
    assert "quarantined until 2999-12-31, owner ann" in shown
    assert f"never in {RUNS} runs; at most " in shown


def test_a_test_that_no_longer_runs_says_so(
    run: Run, folder: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was removed or renamed: nobody has to look for it."""
    remember(folder, 20, wrong=sometimes("defect", "body.value"))
    remember(folder, calm={})
    assert "::test_it (not since " in run("flakes").stdout
    monkeypatch.setattr("sys.stdout", terminal)

    group.main(["flakes"], standalone_mode=False)

    assert ": removed or renamed" in terminal.getvalue()


def test_causes_cannot_steer_the_terminal(run: Run, folder: Path) -> None:
    """INVARIANT: what comes from outside is shown, never obeyed."""
    remember(folder, wrong=sometimes("defect", "x\x1b]0;title\x07"))

    assert "\x1b" not in run("flakes").stdout


def test_many_tests_are_cut_for_people_only(run: Run, folder: Path) -> None:
    """Twenty are shown, and the number of the others; a program gets all."""
    remember(folder, **{f"t{n:02}": sometimes("test_bug", "assert") for n in range(25)})

    result = run("flakes")

    assert sum("::" in line for line in result.stdout.splitlines()) == 20
    assert "+ 5 more tests: --all." in result.stdout
    assert len(told(run)["tests"]) == 25
