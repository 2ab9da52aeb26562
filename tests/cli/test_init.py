"""`redhanded init`: what it asks, writes, leaves alone and says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from redhanded.cli import init_words
from redhanded.scaffold.answers import Installer
from tests.cli.conftest import Run
from tests.cli.starting import LEAN, SUITE, files, settings
from tests.scaffold.suites import DEMO, OWN


def test_an_empty_folder_gets_a_suite_and_one_command(run: Run, hotel: Path) -> None:
    """Without a terminal nothing is asked; the last line is what to do next."""
    result = run("init", *LEAN)

    assert result.exit_code == 0
    assert files(hotel) == SUITE
    assert result.output.startswith("Written to this folder:\n  .env\n")
    assert "\n  hotel/\n    __init__.py\n    client.py\n    models.py\n" in result.output
    assert result.output.endswith("\nNext:\n  redhanded demo --tests tests\n")


def test_everything_is_written_unless_it_is_declined(run: Run, hotel: Path) -> None:
    """Pipelines for both platforms, an image and its services."""
    run("init")

    assert files(hotel) > SUITE | {".gitlab-ci.yml", "Dockerfile", "compose.yaml"}
    assert (hotel / ".github" / "workflows").is_dir()


def test_a_second_time_there_is_nothing_to_do(run: Run, hotel: Path) -> None:
    """Whatever was chosen the first time is what the folder says by then."""
    run("init", "--base-url", "https://hotel.example", "--auth", "bearer", *LEAN)
    before = {name: (hotel / name).read_bytes() for name in files(hotel)}

    result = run("init")

    assert result.exit_code == 0
    assert "Nothing new to write: this folder has every file." in result.output
    assert {name: (hotel / name).read_bytes() for name in files(hotel)} == before


def test_what_differs_is_shown_and_left_and_ends_with_1(run: Run, hotel: Path) -> None:
    """What is missing is written all the same."""
    run("init", *LEAN)
    mine = hotel / "tests" / "test_canary.py"
    mine.write_text("# mine\n")
    (hotel / "tests" / "test_contract.py").unlink()

    result = run("init")

    assert result.exit_code == 1
    assert "--- tests/test_canary.py (there)\n+++ tests/test_canary.py (init)\n" in result.output
    assert "\n-# mine\n" in result.output
    assert "Left as it is, though init would write something else: tests/test_canary.py." in (
        result.output
    )
    assert mine.read_text() == "# mine\n"
    assert files(hotel) == SUITE


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--force",), id="force"),
        pytest.param(("--write-changed", "tests/test_canary.py"), id="path"),
        pytest.param(("--write-changed", "tests\\test_canary.py"), id="windows-path"),
    ],
)
def test_what_differs_is_written_over_when_that_is_said(
    run: Run, hotel: Path, arguments: tuple[str, ...]
) -> None:
    """And each file that was is told as such."""
    run("init", *LEAN)
    mine = hotel / "tests" / "test_canary.py"
    mine.write_text("# mine\n")

    result = run("init", *arguments)

    assert result.exit_code == 0
    assert "  tests/\n    test_canary.py  (over another)\n" in result.output
    assert "mark.canary" in mine.read_text("utf-8")


def test_only_the_named_file_is_written_over(run: Run, hotel: Path) -> None:
    """Another that differs is left, and so the command ends with 1."""
    run("init", *LEAN)
    for name in ("tests/test_canary.py", "hotel/client.py"):
        (hotel / name).write_text("# mine\n")

    result = run("init", "--write-changed", "tests/test_canary.py")

    assert result.exit_code == 1
    assert (hotel / "hotel" / "client.py").read_text() == "# mine\n"


def test_a_file_that_init_does_not_write_cannot_be_written_over(run: Run, hotel: Path) -> None:
    """A typo is told before anything is written."""
    result = run("init", "--write-changed", "tests/test_canray.py")

    assert result.exit_code == 2
    assert "--write-changed tests/test_canray.py: init writes no such file here" in result.output
    assert files(hotel) == set()


def test_a_dry_run_tells_all_of_it_and_writes_nothing(run: Run, hotel: Path) -> None:
    """In an empty folder, and where something differs or is added to: then as a diff."""
    fresh = run("init", "--dry-run", *LEAN)
    (hotel / ".gitignore").write_text("*.log\n")
    (hotel / "README.md").write_text("mine\n")
    beside = run("init", "--dry-run", *LEAN)
    over = run("init", "--dry-run", "--force", *LEAN)

    assert fresh.exit_code == over.exit_code == 0
    assert beside.exit_code == 1
    assert fresh.output.startswith("Would be written to this folder:\n")
    assert "Next:" not in fresh.output
    assert "+/.redhanded/\n" in beside.output
    assert "-mine\n" in beside.output
    assert "README.md  (over another)" in over.output
    assert files(hotel) == {".gitignore", "README.md"}


def test_ci_alone_may_be_wanted(run: Run, hotel: Path) -> None:
    """For a suite that somebody wrote by hand."""
    result = run("init", "--ci-only", "--ci", "gitlab", "--no-containers")

    assert result.exit_code == 0
    assert ".gitlab-ci.yml" in files(hotel)
    assert not files(hotel) & SUITE
    assert "Next:" not in result.output


def test_pipelines_may_be_wanted_later(run: Run, hotel: Path) -> None:
    """A suite that was written without them gets them, and nothing else."""
    run("init", "--base-url", "https://hotel.example", *LEAN)
    before = files(hotel)

    result = run("init", "--ci-only")

    assert result.exit_code == 0
    assert {".gitlab-ci.yml", "Dockerfile"} <= files(hotel) - before
    assert not [name for name in files(hotel) - before if name.endswith(".py")]


def test_options_become_settings(run: Run, hotel: Path) -> None:
    """A suite for an API of one's own knows where it is and who it is."""
    result = run(
        *("init", "suite", "--name", "Böse Nächte", "--base-url", "https://hotel.example/v1"),
        *("--health", "/ok", "--auth", "api_key", *LEAN),
    )

    assert settings(hotel / "suite") == {
        "base_url": "https://hotel.example/v1",
        "health": "/ok",
        "auth": {"kind": "api_key", "name": "X-API-Key", "value": "env:API_KEY"},
        "env": {
            "staging": {"base_url": "https://staging.example.com"},
            "production": {"base_url": "https://api.example.com", "live": True},
        },
    }
    assert (hotel / "suite" / "bose_nachte" / "client.py").is_file()
    assert result.output.endswith(
        "Next:\n  cd suite\n  # copy .env.example to .env, and fill it in\n  pytest\n"
    )


def test_a_project_is_added_to(run: Run, hotel: Path) -> None:
    """Its own files stay; what is left to its owner is said before the next command."""
    (hotel / "pyproject.toml").write_bytes(
        b'[project]\r\nname = "shop"\r\n\r\n[tool.pytest.ini_options]\r\naddopts = "-q"\r\n'
    )

    result = run("init", *LEAN)

    assert result.exit_code == 0
    assert "pyproject.toml  (added to)" in result.output
    assert "Add to the dependencies of the project: pytest>=9.0" in result.output
    assert (
        "Write in [tool.pytest.ini_options] of pyproject.toml, so that the tests find the client:"
        ' pythonpath = ["."]' in result.output
    )
    assert b"\r\n[tool.redhanded]\r\n" in (hotel / "pyproject.toml").read_bytes()
    assert (hotel / "tests" / "api" / "README.md").is_file()


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        pytest.param(("--name", "class"), "such as class_api", id="keyword"),
        pytest.param(("--name", "redhanded"), "such as redhanded_api", id="ours"),
        pytest.param(("--name", "1"), "makes no Python name", id="no-name"),
        pytest.param(("--base-url", "hotel.example"), "is not an http or https URL", id="no-url"),
        pytest.param(
            ("--base-url", "https://me:pw@hotel.example"), "holds a user name", id="password"
        ),
        pytest.param(
            ("--base-url", "https://hotel.example", "--health", "ok"), "is not a path", id="path"
        ),
        pytest.param(
            ("--base-url", "https://hotel.example", "--health", "/ok?token=abc"),
            "has no query",
            id="query",
        ),
        pytest.param(("--auth", "magic"), "'magic' is not one of 'none'", id="auth"),
        pytest.param(("--ci", "jenkins"), "'jenkins' is not one of 'github'", id="ci"),
        pytest.param(("--forec",), "No such option", id="typo"),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_sentence(
    run: Run, hotel: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    """It ends with 2, and nothing was written."""
    result = run("init", *arguments)

    assert result.exit_code == 2
    assert sentence in result.output
    assert result.output.startswith("redhanded: ")
    assert result.output.count("\n") == 1
    assert files(hotel) == set()


def test_a_folder_that_is_a_file_is_told(run: Run, hotel: Path) -> None:
    """It is not replaced."""
    (hotel / "suite").write_text("I am a file")

    result = run("init", "suite", *LEAN)

    assert result.exit_code == 2
    assert "suite is a file, where init needs a folder" in result.output


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_folder_that_leads_in_a_circle_is_told(run: Run, hotel: Path) -> None:
    """It is no reason for a traceback."""
    (hotel / "suite").symlink_to("suite")

    result = run("init", "suite", *LEAN)

    assert result.exit_code == 2
    assert "symbolic links" in result.output
    assert result.output.count("\n") == 1


def test_a_folder_that_cannot_be_written_to_is_told(
    run: Run, hotel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs the tests may write anywhere, so that the system's answer is simulated."""
    monkeypatch.setattr(os, "access", lambda path, mode: mode == os.R_OK)

    result = run("init", *LEAN)

    assert result.exit_code == 2
    assert "hotel cannot be written to: Permission denied" in result.output
    assert files(hotel) == set()


def test_the_next_command_names_what_is_missing_for_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Extras that are not installed come before the run; a folder with a space is quoted."""
    monkeypatch.setattr(init_words, "find_spec", lambda name: None if name == "fastapi" else name)

    spaced = folder / "my hotel"
    init_words.lead_on(DEMO, spaced)

    said = capsys.readouterr().out.splitlines()
    assert said[2] == f'  cd "{spaced}"'
    assert said[3:] == [
        '  python -m pip install "redhanded[lab]"',
        "  redhanded demo --tests tests",
    ]


def test_uv_installs_what_is_missing_by_itself(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It reads the project's table before each run."""
    from dataclasses import replace

    init_words.lead_on(replace(OWN, installer=Installer.UV), folder)

    assert capsys.readouterr().out == "\nNext:\n  uv run pytest\n"


def test_init_is_quick_because_it_imports_little(hotel: Path) -> None:
    """Neither the web framework, nor the HTTP client, nor pytest is needed for it."""
    code = (
        "import sys\n"
        "from redhanded.cli import group\n"
        "group(['init', '--yes', '--base-url', 'https://h.example'], standalone_mode=False)\n"
        "heavy = {'fastapi', 'httpx2', 'pytest', 'rich', 'sqlalchemy', 'polyfactory'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=hotel,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "[]"
