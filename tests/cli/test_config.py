"""`redhanded config`, and the project that it speaks of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from redhanded.cli import project
from redhanded.session.reference import schema
from tests.cli.conftest import Run

PROJECT = """
[tool.redhanded]
base_url = "http://localhost:8000"
auth = { kind = "oauth2", token_url = "/token", client_id = "env:WHO", client_secret = "env:KEY" }
headers = { Authorization = "env:KEY", X-Pin = "env:PIN" }

[tool.redhanded.ceilings]
"GET /booking/{id}" = 0.5

[tool.redhanded.env.ci]
base_url = "https://ci.example.test"
"""
SECRETS = {"WHO": "robot-7", "KEY": "a-long-secret", "PIN": "ab"}


@pytest.fixture
def configured(folder: Path) -> Path:
    """A project with settings."""
    (folder / "pyproject.toml").write_text(PROJECT, "utf-8")
    return folder


def shown(run: Run, *options: str, **environ: str) -> dict[str, Any]:
    """The settings as a program reads them."""
    result = run("config", "show", "--json", *options, **SECRETS, **environ)
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told.pop("v") == 1
    settings: dict[str, Any] = told["settings"]
    return settings


def test_each_setting_is_told_with_its_origin(run: Run, configured: Path) -> None:
    """The reader sees what is in force, and which source decided it."""
    settings = shown(run, REDHANDED_TIMEOUTS__READ="7")

    table = "pyproject.toml [tool.redhanded]"
    assert settings["base_url"] == {"value": "http://localhost:8000", "origin": table}
    assert settings["timeouts.read"] == {
        "value": 7.0,
        "origin": "environment REDHANDED_TIMEOUTS__READ",
    }
    assert settings["timeouts.connect"] == {"value": 5.0, "origin": "default"}
    assert settings["ceilings.GET /booking/{id}"] == {"value": 0.5, "origin": table}
    assert settings["retry.keys"]["value"] == []
    assert settings["proxy"]["value"] is None


def test_a_profile_can_be_asked_for(run: Run, configured: Path) -> None:
    """`--env` shows what a run in that profile would use."""
    settings = shown(run, "--env", "ci")

    assert settings["base_url"]["value"] == "https://ci.example.test"
    assert settings["base_url"]["origin"] == "pyproject.toml [tool.redhanded.env.ci]"


@pytest.mark.parametrize("options", [["--json"], ["--origin"], []], ids=["json", "origin", "plain"])
def test_secrets_are_masked(run: Run, configured: Path, options: list[str]) -> None:
    """INVARIANT: what a reference stands for is never shown, however short it is."""
    result = run("config", "show", *options, **SECRETS)

    assert "a-long-secret" not in result.output
    assert '"ab"' not in result.output
    assert "masked_KEY_13chars" in result.stdout
    assert "masked_PIN_2chars" in result.stdout


def test_people_read_a_line_a_setting(run: Run, configured: Path) -> None:
    """Key and value; where it comes from only when asked."""
    plain = run("config", "show", **SECRETS).stdout.splitlines()
    with_origin = run("config", "show", "--origin", **SECRETS).stdout.splitlines()

    assert plain[0].split() == ["base_url", '"http://localhost:8000"']
    assert with_origin[0].endswith("pyproject.toml [tool.redhanded]")
    assert len(plain) == len(with_origin)


def test_refused_settings_are_told_sentence_by_sentence(run: Run, folder: Path) -> None:
    """Every problem is named at once, and nothing is shown as if it were in force."""
    (folder / "pyproject.toml").write_text(
        '[tool.redhanded]\nbase_url = "nowhere"\ncolour = 1\n', "utf-8"
    )

    result = run("config", "show")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("redhanded: pyproject.toml [tool.redhanded]: ")
    assert "base_url" in result.stderr
    assert "colour" in result.stderr


def test_the_schema_is_printed(run: Run) -> None:
    """An editor gets the schema of the whole table."""
    result = run("config", "schema")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == schema()


@pytest.mark.parametrize("name", ["pyproject.toml", "redhanded.local.toml"])
def test_the_project_is_found_from_below(folder: Path, name: str) -> None:
    """A command works in any folder of the project."""
    (folder / name).touch()
    below = folder / "tests" / "api"
    below.mkdir(parents=True)

    assert project.root(below) == folder


def test_the_nearest_project_counts(folder: Path) -> None:
    """In a repository of many projects each has its own settings."""
    inner = folder / "service"
    inner.mkdir()
    (folder / "pyproject.toml").touch()
    (inner / "pyproject.toml").touch()

    assert project.root(inner) == inner


def test_without_a_project_the_working_folder_is_it(folder: Path) -> None:
    """Settings from the environment need no file."""
    alone = Path(folder.anchor) / "no-such-folder" / "of-a-project"

    assert project.root(alone) == alone
