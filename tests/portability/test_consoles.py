"""Consoles that know few letters: what a command prints gets there, or is told in others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from redhanded.lab.process import running
from tests.lean import LEAN
from tests.portability.children import python

TEST = """
import pytest


@pytest.mark.parametrize("name", ["Zoë", "日本", "🦊"], ids=["zoe", "日本", "🦊"])
def test_ünïcode(api, name):
    assert api.get("/booking", params={"lastname": name}).json() == [name + " ✓"]
"""
ENCODINGS = ["cp1252", "ascii", "cp932"]
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def red(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose tests are red, with letters from everywhere in all that is told of them."""
    folder = tmp_path_factory.mktemp("red")
    with running(folder / "demo.sqlite") as api:
        table = f'[tool.pytest]\nminversion = "9.0"\n[tool.redhanded]\nbase_url = "{api.url}"\n'
        (folder / "pyproject.toml").write_text(table + 'health = "/health"\n', "utf-8")
        (folder / "test_red.py").write_text(TEST, "utf-8")
        python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *LEAN)
        yield folder


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_red_run_is_told_in_any_encoding(red: Path, encoding: str) -> None:
    """The run ends with its own code, and what the console lacks is escaped, never an error."""
    plain = [*LEAN, "-p", "no:cacheprovider"]
    done = python(red, "-m", "pytest", *plain, PYTHONIOENCODING=encoding)

    assert done.returncode == 1, done.stdout
    assert "INTERNALERROR" not in done.stdout
    assert "UnicodeEncodeError" not in done.stdout
    assert "Red: 3 of 3" in done.stdout or "3 failed" in done.stdout


@pytest.mark.parametrize("encoding", ENCODINGS[1:])
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["report"], id="report"),
        pytest.param(["doctor"], id="doctor"),
        pytest.param(["history"], id="history"),
        pytest.param(["explain", "contract.drift"], id="explain"),
    ],
)
def test_a_command_prints_in_any_encoding(red: Path, command: list[str], encoding: str) -> None:
    """No command ends in a traceback because a console cannot show a letter."""
    done = python(red, "-m", "redhanded.cli", *command, PYTHONIOENCODING=encoding)

    assert done.returncode in {0, 1, 2}, done.stdout
    assert "Traceback" not in done.stdout
    assert "Error:" not in done.stdout or done.returncode == 2


def test_json_is_whole_on_a_console_that_knows_no_letters(red: Path) -> None:
    """Programs read the same whatever the console is."""
    done = python(red, "-m", "redhanded.cli", "doctor", "--json", PYTHONIOENCODING="ascii")

    assert json.loads(done.stdout)["v"] == 1
