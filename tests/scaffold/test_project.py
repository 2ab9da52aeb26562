"""Every combination of answers gives files that their readers can read."""

from __future__ import annotations

import ast
import itertools
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from redhanded.scaffold import project
from redhanded.scaffold.answers import Answers, Auth, Installer, Pipelines
from redhanded.scaffold.starter import planned
from redhanded.session.sources import load
from tests.scaffold.suites import DEMO, OWN, run, typed, written

PLACES = {"demo": DEMO, "own": OWN, "document": replace(OWN, document="shop.yaml")}
COMBINATIONS = [
    replace(
        start,
        auth=DEMO.auth if start.is_demo else auth,
        pipelines=pipelines,
        has_containers=has_containers,
        installer=installer,
        tests=tests,
    )
    for start, auth, pipelines, has_containers, installer, tests in itertools.product(
        PLACES.values(), Auth, Pipelines, (True, False), Installer, ("tests", "tests/api")
    )
]
ROOT = Path(__file__).parents[2]
# A suite that somebody just got is read by our own strict rules, but for those that examples have.
OURS = ("--config", str(ROOT / "pyproject.toml"))
EXAMPLES = "ANN,D,INP001,I002,S101,S105,S106,TC"


def test_every_combination_is_well_formed() -> None:
    """Python compiles, TOML parses, nothing of a template is left, lines end as they should."""
    seen: set[str] = set()
    for answers in COMBINATIONS:
        for file in (*project.files(answers), *project.suite(answers)):
            if file.text in seen:
                continue
            seen.add(file.text)
            assert not re.search(r"<%|%>", file.text), file.path
            assert file.text.endswith("\n"), file.path
            assert not file.text.endswith("\n\n"), file.path
            assert not re.search(r"[ \t]\n|\n\n\n\n", file.text), file.path
            if file.path.endswith(".py"):
                ast.parse(file.text)
            if file.path.endswith(".toml"):
                tomllib.loads(file.text)
    assert len(seen) > 50


@pytest.mark.parametrize("auth", list(Auth))
@pytest.mark.parametrize("start", PLACES.values(), ids=PLACES)
def test_the_settings_are_valid_once_their_secrets_are_there(
    tmp_path: Path, start: Answers, auth: Auth
) -> None:
    """No key is unknown, and nothing is missing that `.env.example` does not name."""
    answers = replace(start, auth=auth, base_url="https://api.hotel.example/v1", health="/ok")
    folder = written(answers, tmp_path)
    (folder / "shop.yaml").write_text("openapi: 3.1.0\n")
    named = [line.rstrip("=") for line in form(folder) if line.endswith("=")]

    for profile in ("default", "staging", "production"):
        environ = {"REDHANDED_ENV": profile} if profile != "default" else {}
        loaded = load(folder, environ=environ | dict.fromkeys(named, "a-secret-of-ours"))

        assert loaded.settings.auth.kind == auth
        assert loaded.settings.health == "/ok"
        is_ours = str(loaded.settings.base_url) == answers.base_url
        assert is_ours == (profile == "default")


def form(folder: Path) -> list[str]:
    """The lines of the form to fill in, where there is one."""
    path = folder / ".env.example"
    return path.read_text("utf-8").splitlines() if path.exists() else []


def test_what_a_user_typed_becomes_no_code(tmp_path: Path) -> None:
    """A path may hold quotes: it is a text wherever it stands, in Python and in TOML."""
    health = "/health\"'\\{x}"

    folder = written(replace(OWN, health=health), tmp_path)

    table = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    assert table["tool"]["redhanded"]["health"] == health
    client = ast.parse((folder / "shop" / "client.py").read_text("utf-8"))
    assert health in {node.value for node in ast.walk(client) if isinstance(node, ast.Constant)}


@pytest.mark.parametrize("package", ["a", "hotel_of_the_longest_name_there_"])
@pytest.mark.parametrize("start", [DEMO, OWN], ids=["demo", "own"])
def test_the_suite_is_clean_by_its_own_rules_and_by_ours(
    tmp_path: Path, start: Answers, package: str
) -> None:
    """Style and format hold whatever the project is called."""
    folder = written(replace(start, package=package, name="hotel"), tmp_path)

    for command in (
        ("check",),
        ("format", "--check"),
        ("check", *OURS, "--ignore", EXAMPLES),
    ):
        result = run(folder, "ruff", *command, "--no-cache", ".")
        assert result.exit_code == 0, result.text


@pytest.mark.timeout(180)
def test_the_suites_are_strictly_typed(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Their own settings ask for that, and an editor shows it at once."""
    for answers in (DEMO, OWN):
        result = typed(written(answers, tmp_path / answers.name), tmp_path_factory)

        assert result.exit_code == 0, result.text


@pytest.mark.parametrize(
    "answers, extras",
    [
        pytest.param(DEMO, {"lab", "openapi"}, id="demo"),
        pytest.param(OWN, set(), id="own"),
        pytest.param(PLACES["document"], {"openapi"}, id="document"),
    ],
)
def test_the_project_asks_for_the_extras_that_its_suite_needs(
    answers: Answers, extras: set[str]
) -> None:
    """What is installed by its table is enough for its first run."""
    table = tomllib.loads(planned(answers)["pyproject.toml"].text)
    (ours,) = (one for one in table["project"]["dependencies"] if one.startswith("redhanded"))

    found = re.findall(r"\w+", ours.removeprefix("redhanded"))
    assert set(found) == extras


def test_only_the_demo_suite_brings_a_password(tmp_path: Path) -> None:
    """It is published; no other suite writes a secret, and git never gets the file."""
    folder = written(DEMO, tmp_path)

    assert "API_PASSWORD=password123" in (folder / ".env").read_text("utf-8").splitlines()
    assert ".env" in (folder / ".gitignore").read_text("utf-8").splitlines()
    assert ".env" not in planned(replace(OWN, auth=Auth.BEARER))
    tracked = [file for file in planned(DEMO) if file.path != ".env"]
    assert not [file.path for file in tracked if file.path.endswith((".py", ".toml", ".md"))
                and "password123" in file.text]  # fmt: skip
