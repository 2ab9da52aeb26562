"""The installed wheel at work; run by the `wheel` session, where no sources can be seen."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from importlib.metadata import entry_points, metadata
from importlib.resources import files
from pathlib import Path

import pytest

import redhanded
from redhanded.history.database import Database, Patience
from redhanded.history.sql import SqlStore
from redhanded.history.upgrade import migrate
from redhanded.lab import running

SUITE = """
from redhanded import expect

def test_the_demo_is_well(api):
    expect(api.get("/health"), 200)
"""


def test_the_wheel_is_what_is_tried() -> None:
    """INVARIANT: these tests judge the wheel, never the checkout."""
    assert Path(redhanded.__file__).is_relative_to(sysconfig.get_path("purelib"))


def test_the_metadata_names_this_version() -> None:
    """What the index shows is what the package says of itself."""
    assert metadata("redhanded")["Version"] == redhanded.__version__


@pytest.mark.parametrize(
    "name",
    [
        "py.typed",
        "pipeline/retries.toml",
        "fleet/redis_gate.lua",
        "lab/schema.sql",
        "history/migrations/env.py",
        "history/migrations/versions/r0001_runs.py",
    ],
    ids=["types", "table", "script", "store", "alembic", "migration"],
)
def test_files_that_are_not_code_are_shipped(name: str) -> None:
    """A file that is read at run time is in the wheel."""
    assert files("redhanded").joinpath(name).is_file()


def test_init_has_its_templates(tmp_path: Path) -> None:
    """They are data of the package: a starter suite is written from the wheel alone."""
    command = [sys.executable, "-I", "-m", "redhanded.cli", "init", "hotel", "--yes"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "hotel" / "hotel" / "client.py").is_file()
    assert (tmp_path / "hotel" / "Dockerfile").is_file()


def test_pytest_finds_the_plugin() -> None:
    """Installing the wheel is all that a suite needs."""
    plugins = {entry.name: entry.value for entry in entry_points(group="pytest11")}

    assert plugins["redhanded"] == "redhanded.plugin"


def test_an_old_history_is_migrated(tmp_path: Path) -> None:
    """A database that an earlier version made is brought to the newest schema and can be read."""
    url = f"sqlite:///{(tmp_path / 'history.sqlite').as_posix()}"
    database = Database(url, password=None, patience=Patience())
    with database.writing() as connection:
        migrate(connection, "0001")

    assert SqlStore.open(url).projects() == []


def test_a_suite_of_one_call_runs_against_the_demo(tmp_path: Path) -> None:
    """The plugin's client reaches the demo, and the run is green."""
    (tmp_path / "test_health.py").write_text(SUITE, encoding="utf-8")

    with running(tmp_path / "data") as demo:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "pytest", "--rootdir", str(tmp_path), str(tmp_path)],
            check=False,
            cwd=tmp_path,
            env={**os.environ, "REDHANDED_BASE_URL": demo.url},
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
