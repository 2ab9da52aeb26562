"""`redhanded canary`: how pytest is started, and what its end means."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from redhanded.cli.canary import command
from redhanded.cli.checks.canary import canary_checks
from redhanded.cli.checks.check import Check
from redhanded.session.canary_runs import CanaryRun, CanaryRuns
from redhanded.session.sources import load
from tests.cli.conftest import Run

PYTEST = [sys.executable, "-m", "pytest"]
NOW = 1_800_000_000.0
ORIGIN = "https://api.example.com"


@pytest.mark.parametrize(
    "given, env, environ, expected",
    [
        pytest.param((), None, {}, ["-n", "0"], id="plain"),
        pytest.param(
            ("tests/live", "-x"),
            "production",
            {},
            ["--rh-env=production", "tests/live", "-x", "-n", "0"],
            id="with a profile",
        ),
        pytest.param(("-p", "no:xdist"), None, {}, ["-p", "no:xdist"], id="without xdist"),
        pytest.param(
            (), None, {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, [], id="without any plugin"
        ),
    ],
)
def test_pytest_runs_the_canary_tests_alone(
    given: tuple[str, ...], env: str | None, environ: dict[str, str], expected: list[str]
) -> None:
    """In one process, whatever workers the project asks for; the marker comes last, and wins."""
    assert command(given, env, environ=environ) == [*PYTEST, *expected, "-m", "canary"]


def test_where_nothing_is_marked_one_is_told_what_to_write(run: Run, folder: Path) -> None:
    """Pytest's code for a run without tests stays, with what to do about it."""
    (folder / "test_it.py").write_text("def test_it():\n    pass\n", "utf-8")

    ran = run("canary", "test_it.py", "--", "-q", "-p", "no:randomly")

    assert ran.exit_code == 5
    assert "write @pytest.mark.canary above" in ran.stderr


def checks(folder: Path, table: str) -> dict[str, Check]:
    """What the doctor says of the target, by subject."""
    (folder / "pyproject.toml").write_text(f"[tool.redhanded]\n{table}\n", "utf-8")
    loaded = load(folder, environ={})
    return {each.name: each for each in canary_checks(loaded, folder, wall=lambda: NOW)}


@pytest.mark.parametrize(
    "table, load_text, canary_text",
    [
        pytest.param(
            'base_url = "http://localhost:1"',
            "none",
            "the target is not live, so that no test waits for a canary run",
            id="a local one",
        ),
        pytest.param(
            f'base_url = "{ORIGIN}"\nlive = true\nlimit = {{ in_flight = 2 }}',
            "at most 6 requests a second (30 at once) and 2 in flight (load guard)",
            f"{ORIGIN} is live, and no canary run was green there: run `redhanded canary` first.",
            id="a live one",
        ),
    ],
)
def test_the_doctor_tells_of_the_target(
    tmp_path: Path, table: str, load_text: str, canary_text: str
) -> None:
    """What it gets at most, whether it is live, and what is missing before all tests may go."""
    said = checks(tmp_path, table)

    assert [said["load"].text, said["canary"].text] == [load_text, canary_text]


def test_the_doctor_tells_of_the_last_green_canary(tmp_path: Path) -> None:
    """How long ago it was, and which run."""
    runs = CanaryRuns(tmp_path / ".redhanded", store=None, project="", note=print)
    runs.write(CanaryRun(origin=ORIGIN, at=NOW - 60, is_green=True, run_id="3f2a9c1e", tests=1))

    said = checks(tmp_path, f'base_url = "{ORIGIN}"\nlive = true')

    assert said["canary"] == Check(
        "canary", "ok", "live target, canary green 60 s ago (1 test, run 3f2a9c1e)"
    )


def test_the_doctor_has_nothing_to_say_without_a_target(tmp_path: Path) -> None:
    """Where no API is named, neither a limit nor a canary means anything."""
    assert checks(tmp_path, 'evidence = "all"') == {}


def test_a_redis_that_is_away_keeps_the_doctor_from_nothing(tmp_path: Path) -> None:
    """INVARIANT: what is kept here is told, whether other machines can be asked or not."""
    said = checks(
        tmp_path, f'base_url = "{ORIGIN}"\nlive = true\nredis_url = "redis://127.0.0.1:1"'
    )

    assert "no canary run was green there" in said["canary"].text
