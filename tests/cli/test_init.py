"""`redhanded init`: what it asks, writes, leaves alone and says."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from redhanded.cli import group, init_questions, init_words
from redhanded.scaffold.answers import Installer
from tests.cli.conftest import Run
from tests.scaffold.suites import DEMO, OWN

LEAN = ("--ci", "none", "--no-containers")
SUITE = {
    *("README.md", "pyproject.toml", ".gitignore", ".env", ".env.example"),
    *("hotel/__init__.py", "hotel/models.py", "hotel/client.py", "tests/conftest.py"),
    *(f"tests/test_{kind}.py" for kind in ("canary", "functional", "contract", "negative")),
}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")


@pytest.fixture
def hotel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder that has a good name, on a machine without uv."""
    made = folder / "hotel"
    made.mkdir()
    monkeypatch.chdir(made)
    monkeypatch.setattr("shutil.which", lambda _: None)
    return made


@pytest.fixture
def ask(hotel: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Calls init as on a terminal, with these lines typed."""
    monkeypatch.setattr(init_questions, "is_terminal", lambda: True)

    def call(typed: str, *arguments: str) -> Result:
        runner = CliRunner(catch_exceptions=False)
        return runner.invoke(group, ["init", *arguments], input=typed, prog_name="redhanded")

    return call


def files(folder: Path) -> set[str]:
    """Every file below the folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def settings(folder: Path) -> dict[str, object]:
    """What the written [tool.redhanded] says."""
    table = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    found: dict[str, object] = table["tool"]["redhanded"]
    return found


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


def test_questions_are_asked_for_what_no_option_says(
    ask: Callable[..., Result], hotel: Path
) -> None:
    """Each on one line, with what is suggested; a wrong answer is asked for again."""
    typed = "class\ninn\nftp://x\nhttps://inn.example\nok\n/ok\nmagic\nbasic\njenkins\n"

    result = ask(typed + "gitlab\nmaybe\nn\n")

    assert result.exit_code == 0
    assert "Name of the project [hotel]: class\nError: 'class' cannot be the name" in result.output
    assert 'Where does the API answer? ("demo": the demo API) [demo]: ftp://x\n' in result.output
    assert "Error: answer one of github, gitlab, both, none." in result.output
    assert "Error: answer y or n." in result.output
    assert settings(hotel)["auth"] == {
        "kind": "basic",
        "username": "env:API_USER",
        "password": "env:API_PASSWORD",
    }
    assert {"inn/client.py", ".gitlab-ci.yml"} < files(hotel)
    assert "Dockerfile" not in files(hotel)


def test_the_demo_leaves_fewer_questions(ask: Callable[..., Result], hotel: Path) -> None:
    """Its health and its password are known."""
    result = ask("\n\n\ny\n")

    assert result.exit_code == 0
    assert "tells whether it is well" not in result.output
    assert "prove who they are" not in result.output
    assert files(hotel) > SUITE


def test_yes_asks_nothing(ask: Callable[..., Result], hotel: Path) -> None:
    """Nor does an option that says what a question would ask."""
    assert ask("", "--yes", *LEAN).exit_code == 0
    assert files(hotel) == SUITE


@pytest.mark.parametrize("answer, is_written", [("y\n", True), ("n\n", False), ("\n", False)])
def test_a_file_that_differs_is_asked_about(
    ask: Callable[..., Result], hotel: Path, answer: str, *, is_written: bool
) -> None:
    """With its diff above the question; no answer means no."""
    ask("", "--yes", *LEAN)
    mine = hotel / "tests" / "test_canary.py"
    mine.write_text("# mine\n")

    result = ask(answer, "--name", "hotel", "--base-url", "demo", *LEAN)

    assert "-# mine\n" in result.output
    assert "Write over tests/test_canary.py? [y/N]" in result.output
    assert (mine.read_text("utf-8") != "# mine\n") == is_written
    assert result.exit_code == (0 if is_written else 1)


@pytest.mark.parametrize("typed", ["", "inn\n"], ids=["at-once", "later"])
def test_the_end_of_input_writes_nothing(
    ask: Callable[..., Result], hotel: Path, typed: str
) -> None:
    """As Ctrl-C does."""
    result = ask(typed)

    assert result.exit_code == 130
    assert files(hotel) == set()


@POSIX
def test_a_terminal_is_asked_for_real(hotel: Path) -> None:
    """Questions go to the terminal, and what was written to standard output."""
    import pty

    leader, terminal = pty.openpty()
    try:
        os.write(leader, b"inn\n\nnone\nn\n")
        done = subprocess.run(
            [sys.executable, "-m", "redhanded.cli", "init"],
            cwd=hotel,
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=terminal,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        asked = os.read(leader, 10_000).decode()
    finally:
        os.close(leader)
        os.close(terminal)

    assert done.returncode == 0
    assert "Name of the project [hotel]:" in asked
    assert done.stdout.startswith("Written to this folder:\n")
    assert (hotel / "inn" / "client.py").is_file()


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


DOCUMENT = """
openapi: 3.1.0
info: { title: Inn, version: "1" }
servers: [{ url: "https://inn.example/v1" }]
paths:
  /rooms:
    get:
      operationId: listRooms
      responses:
        "200":
          description: The rooms.
          content: { application/json: { schema: { type: array, items: { type: string } } } }
"""


def test_a_document_answers_what_it_knows(run: Run, hotel: Path) -> None:
    """Where the API is comes from it, unless an option says so; a second time all is there."""
    (hotel / "inn.yaml").write_text(DOCUMENT, "utf-8")

    first = run("init", "suite", "--from", "inn.yaml", "--name", "inn", *LEAN)
    second = run("init", "suite")
    other = run("init", "other", "--from", "inn.yaml", "--base-url", "http://127.0.0.1:9", *LEAN)

    assert [first.exit_code, second.exit_code, other.exit_code] == [0, 0, 0]
    assert settings(hotel / "suite")["base_url"] == "https://inn.example/v1"
    assert settings(hotel / "suite")["openapi"] == "openapi.yaml"
    assert settings(hotel / "other")["base_url"] == "http://127.0.0.1:9"
    assert {"inn/models.py", "inn/client.py", "openapi.yaml"} < files(hotel / "suite")
    assert "Nothing new to write: suite has every file." in second.output


def test_a_document_leaves_fewer_questions(ask: Callable[..., Result], hotel: Path) -> None:
    """What it says is not asked for."""
    (hotel / "inn.yaml").write_text(DOCUMENT, "utf-8")

    result = ask("inn\nnone\nn\n", "--from", "inn.yaml")

    assert result.exit_code == 0
    assert result.output.count("]: ") == 3
    assert "Where does the API answer?" not in result.output


def test_a_document_that_leaves_its_host_open_is_asked_about(
    ask: Callable[..., Result], hotel: Path
) -> None:
    """A server may be a path only."""
    (hotel / "inn.yaml").write_text(DOCUMENT.replace("https://inn.example", ""), "utf-8")

    result = ask("inn\nhttps://inn.example/v1\nnone\nn\n", "--from", "inn.yaml")

    assert result.exit_code == 0
    assert settings(hotel)["base_url"] == "https://inn.example/v1"


@pytest.mark.parametrize(
    "text, sentence",
    [
        pytest.param(None, "does not exist", id="missing"),
        pytest.param("{", "inn.yaml", id="broken"),
        pytest.param("[]", "inn.yaml", id="a-list"),
        pytest.param("swagger: '2.0'\npaths: {}\n", "inn.yaml", id="swagger"),
    ],
)
def test_a_document_that_cannot_be_used_is_told(
    run: Run, hotel: Path, text: str | None, sentence: str
) -> None:
    """In one sentence, with nothing written."""
    if text is not None:
        (hotel / "inn.yaml").write_text(text, "utf-8")

    result = run("init", "suite", "--from", "inn.yaml")

    assert result.exit_code == 2
    assert sentence in result.output
    assert result.output.count("\n") == 1
    assert not (hotel / "suite").exists()
