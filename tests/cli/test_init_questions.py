"""What `redhanded init` asks on a terminal, and what a document answers for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.conftest import Run
from tests.cli.starting import LEAN, SUITE, files, settings

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
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
