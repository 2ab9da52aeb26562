"""What a folder says already is read, and decides what is suggested."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.core.errors import UsageError
from redhanded.scaffold.answers import DEMO_URL, Auth, Installer, Pipelines
from redhanded.scaffold.suggestions import suggested
from redhanded.scaffold.surroundings import Surroundings

SHOP = '[project]\nname = "shop"\n'
PYTEST = "[pytest]\npythonpath = "
REMOTE = '[remote "origin"]\n\turl = git@{host}:hotel/tests.git\n'


@pytest.fixture
def hotel(tmp_path: Path) -> Path:
    """An empty folder in which nothing above it is a repository."""
    folder = tmp_path / "hotel"
    folder.mkdir()
    return folder


def test_an_empty_folder_suggests_a_suite_for_the_demo(hotel: Path) -> None:
    """It runs green at once, and has all that there is."""
    answers = suggested(Surroundings.of(hotel), has_uv=False)

    assert (answers.name, answers.package, answers.tests) == ("hotel", "hotel", "tests")
    assert (answers.base_url, answers.is_demo, answers.auth) == (DEMO_URL, True, Auth.LOGIN)
    assert (answers.pipelines, answers.has_containers) == (Pipelines.BOTH, True)
    assert answers.notes == "README.md"


def test_a_folder_that_is_not_there_is_an_empty_one(tmp_path: Path) -> None:
    """It is made when its first file is written."""
    answers = suggested(Surroundings.of(tmp_path / "x" / "hotel"), has_uv=True)

    assert answers.name == "hotel"
    assert answers.installer is Installer.UV


@pytest.mark.parametrize("name", ["test", "123", "class", "redhanded"])
def test_a_folder_whose_name_will_not_do_suggests_another(tmp_path: Path, name: str) -> None:
    """A suggestion is never one that would be refused."""
    assert suggested(Surroundings.of(tmp_path / name), has_uv=False).name == "api-tests"


def test_a_project_keeps_its_tests_and_its_package_apart_from_ours(hotel: Path) -> None:
    """Its README, its tests and its code are not ours to write in."""
    (hotel / "pyproject.toml").write_text(SHOP)
    (hotel / "src" / "shop").mkdir(parents=True)

    answers = suggested(Surroundings.of(hotel), has_uv=False)

    assert (answers.name, answers.package) == ("shop-api", "shop_api")
    assert (answers.tests, answers.notes) == ("tests/api", "tests/api/README.md")
    assert not answers.has_containers


def test_what_was_answered_once_is_suggested_again(hotel: Path) -> None:
    """Running init again finds nothing to change."""
    (hotel / "pyproject.toml").write_text(
        SHOP + '[tool.redhanded]\nbase_url = "https://api.shop.example"\nhealth = "/ok"\n'
        'openapi = "openapi.yaml"\nauth = { kind = "bearer", token = "env:API_TOKEN" }\n'
    )
    for path in ("shop/client.py", "tests/test_canary.py", "openapi.yaml", ".gitlab-ci.yml"):
        (hotel / path).parent.mkdir(exist_ok=True)
        (hotel / path).touch()

    answers = suggested(Surroundings.of(hotel), has_uv=False)

    assert (answers.package, answers.tests) == ("shop", "tests")
    assert (answers.base_url, answers.health) == ("https://api.shop.example", "/ok")
    assert (answers.auth, answers.is_demo) == (Auth.BEARER, False)
    assert (answers.pipelines, answers.has_containers) == (Pipelines.GITLAB, False)
    assert answers.document == "openapi.yaml"


@pytest.mark.parametrize(
    "host, wanted",
    [
        pytest.param("github.com", Pipelines.GITHUB, id="github"),
        pytest.param("gitlab.hotel.example", Pipelines.GITLAB, id="own-gitlab"),
        pytest.param("git.hotel.example", Pipelines.BOTH, id="unknown"),
    ],
)
def test_the_repository_tells_whose_ci_it_is(hotel: Path, host: str, wanted: Pipelines) -> None:
    """Also from a folder within it, and without asking git."""
    (hotel / ".git").mkdir()
    (hotel / ".git" / "config").write_text(REMOTE.format(host=host))

    assert suggested(Surroundings.of(hotel / "tests"), has_uv=False).pipelines is wanted


@pytest.mark.parametrize(
    "file, text, place, lacks",
    [
        pytest.param("pytest.ini", "", "pytest.ini", "pythonpath = .", id="empty-ini"),
        pytest.param(
            "pytest.ini",
            "[pytest]\npythonpath = src\n",
            "pytest.ini",
            "pythonpath = . src",
            id="ini",
        ),
        pytest.param(
            "pytest.ini", "[pytest]\npythonpath = ./\n", "pytest.ini", None, id="ini-enough"
        ),
        pytest.param("pytest.toml", "[pytest]\n", "pytest.toml", 'pythonpath = ["."]', id="toml"),
        pytest.param("pytest.toml", "oh = ", "pytest.toml", 'pythonpath = ["."]', id="broken-toml"),
        pytest.param("tox.ini", "[pytest]\n", "[pytest] of tox.ini", "pythonpath = .", id="tox"),
        pytest.param(
            "setup.cfg",
            "[tool:pytest]\n",
            "[tool:pytest] of setup.cfg",
            "pythonpath = .",
            id="setup",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.pytest.ini_options]\npythonpath = 'src lib'\n",
            "[tool.pytest.ini_options] of pyproject.toml",
            'pythonpath = [".", "src", "lib"]',
            id="ini-options",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.pytest]\npythonpath = ["."]\n',
            "[tool.pytest] of pyproject.toml",
            None,
            id="table",
        ),
    ],
)
def test_pytests_settings_are_found_wherever_pytest_finds_them(
    hotel: Path, file: str, text: str, place: str, lacks: str | None
) -> None:
    """And what they lack for tests that import from the project's folder is told."""
    (hotel / file).write_text(text)

    found = Surroundings.of(hotel).pytest

    assert found is not None
    assert (found.place, found.lacks) == (place, lacks)


@pytest.mark.parametrize(
    "file, text",
    [
        pytest.param("tox.ini", "[tox]\n", id="tox-alone"),
        pytest.param("setup.cfg", "no section", id="broken"),
        pytest.param("pyproject.toml", SHOP, id="project-alone"),
    ],
)
def test_files_that_say_nothing_of_pytest_leave_it_without_settings(
    hotel: Path, file: str, text: str
) -> None:
    """Then ours are added."""
    (hotel / file).write_text(text)

    assert Surroundings.of(hotel).pytest is None


@pytest.mark.parametrize(
    "content, sentence",
    [
        pytest.param(b"[project", r"pyproject\.toml is no TOML .*: mend it first", id="no-toml"),
        pytest.param(b"\xff\xfe[", r"pyproject\.toml is not UTF-8 text: mend it", id="no-text"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(hotel: Path, content: bytes, sentence: str) -> None:
    """Nothing can be added to it without harm."""
    (hotel / "pyproject.toml").write_bytes(content)

    with pytest.raises(UsageError, match=sentence):
        Surroundings.of(hotel)


def test_a_table_of_unexpected_kinds_says_nothing(hotel: Path) -> None:
    """Whoever checks settings tells what is wrong with them."""
    (hotel / "pyproject.toml").write_text(
        "project = 7\n[tool]\npytest = 3\nredhanded = { auth = 5, openapi = [], base_url = 8 }\n"
    )

    answers = suggested(Surroundings.of(hotel), has_uv=False)

    assert (answers.name, answers.base_url, answers.auth) == ("hotel", DEMO_URL, Auth.NONE)


def test_a_suite_whose_address_comes_from_elsewhere_is_not_the_demos(hotel: Path) -> None:
    """Settings without an address are somebody's; the demo's have one."""
    (hotel / "pyproject.toml").write_text('[tool.redhanded]\nhealth = "/ok"\n')

    assert not suggested(Surroundings.of(hotel), has_uv=False).is_demo


def test_a_suite_without_pipelines_gets_them_when_that_is_asked_for(hotel: Path) -> None:
    """Else what was declined once is not suggested again."""
    (hotel / "pyproject.toml").write_text('[tool.redhanded]\nhealth = "/ok"\n')
    around = Surroundings.of(hotel)

    later = suggested(around, has_uv=False)
    wanted = suggested(around, has_uv=False, ci_only=True)

    assert (later.pipelines, later.has_containers) == (Pipelines.NONE, False)
    assert (wanted.pipelines, wanted.has_containers) == (Pipelines.BOTH, True)
