"""Suites that were made of documents, run and read as those who get them do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from redhanded.cli import group
from redhanded.lab import Running, running
from tests.lean import LEAN
from tests.scaffold.suites import Done, run, typed

OURS = Path(__file__).parents[3] / "pyproject.toml"
AS_EXAMPLES = "ANN,D,INP001,I002,S101,S105,S106,TC"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo API."""
    with running(tmp_path_factory.mktemp("lab") / "demo.db") as found:
        yield found


@pytest.fixture(scope="module")
def suite(lab: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The suite that comes of the demo API's own document, fetched from it."""
    folder = tmp_path_factory.mktemp("suite") / "shop"
    folder.mkdir()
    asked = ("--from", f"{lab.url}/openapi.json", "--base-url", lab.url, "--ci", "none", "--yes")
    done = run(folder, "redhanded.cli", "init", *asked, "--no-containers")
    assert done.exit_code == 0, done.text
    return folder


def _tokens(lab: Running) -> dict[str, str]:
    """What the demo API's users prove themselves with: its document cannot tell how to log in."""
    hotel = {"username": "admin", "password": "password123"}
    admin = {"email": "admin@lab.example", "password": "password123"}
    return {
        "API_CLIENT_ID": "lab-trader",
        "API_CLIENT_SECRET": "lab-trader-secret",
        "BOOKING_BEARER_TOKEN": httpx2.post(f"{lab.url}/auth", json=hotel).json()["token"],
        "USER_BEARER_TOKEN": httpx2.post(f"{lab.url}/users/login", json=admin).json()[
            "access_token"
        ],
    }


def test_the_suite_is_green_against_a_server_that_conforms(lab: Running, suite: Path) -> None:
    """And not for want of anything: round trips, lists, shapes and two hundred refusals."""
    done = run(suite, "pytest", *LEAN, "-p", "no:asyncio", **_tokens(lab))

    assert done.exit_code == 0, done.text
    assert int(_found(r"(\d+) passed", done)) >= 200
    assert "skipped" not in done.text


def test_the_suite_is_red_against_a_server_that_does_not(lab: Running, suite: Path) -> None:
    """A booking without a field that it must have is drift, in the very first round trip."""
    lab.switch("D02")
    try:
        chosen = ("-k", "booking_can_be_made", *LEAN, "-p", "no:asyncio")
        done = run(suite, "pytest", *chosen, **_tokens(lab))
    finally:
        lab.switch()

    assert done.exit_code == 1, done.text
    assert "DRIFT" in done.text


@pytest.mark.timeout(180)
def test_the_suite_has_no_lint_and_its_types_hold(
    suite: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """By our own rules for examples, by those that it brings, and by mypy's strictest."""
    ours = run(suite, "ruff", "check", "--config", str(OURS), "--ignore", AS_EXAMPLES, ".")
    own = run(suite, "ruff", "check", ".")
    laid_out = run(suite, "ruff", "format", "--check", ".")
    checked = typed(suite, tmp_path_factory, "--strict")

    assert (ours.exit_code, own.exit_code, laid_out.exit_code) == (0, 0, 0), ours.text + own.text
    assert checked.exit_code == 0, checked.text


def test_init_from_a_document_tells_what_is_wrong_with_it(tmp_path: Path) -> None:
    """One sentence, exit code 2, and nothing is written."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps({"swagger": "2.0"}), encoding="utf-8")

    arguments = ["init", str(tmp_path / "new"), "--from", str(file), "--yes"]
    result = CliRunner().invoke(group, arguments, prog_name="redhanded")

    assert result.exit_code == 2
    assert "is Swagger 2.0 and not OpenAPI 3" in result.stderr
    assert not (tmp_path / "new").exists()


def _found(pattern: str, done: Done) -> str:
    found = re.search(pattern, done.text)
    assert found is not None, done.text
    return found[1]
