"""What a project has of its own stays, byte by byte, and what it lacks follows."""

from __future__ import annotations

import tomllib

import pytest

from redhanded.core.errors import UsageError
from redhanded.scaffold.answers import Answers, Auth
from redhanded.scaffold.merging import merged_ignores, merged_table
from redhanded.scaffold.plan import File
from redhanded.scaffold.rendering import render

HOTEL = Answers(name="hotel", package="hotel", auth=Auth.LOGIN)
TABLE = File("pyproject.toml", render("project/pyproject.toml", HOTEL, extras=("lab", "openapi")))
IGNORES = File(".gitignore", render("project/gitignore", HOTEL))
SHOP = """\
# Ours, with a comment.
[project]
name = "shop"
dependencies = [
    "flask",  # the web
]

[tool.black]
line-length = 79
"""


def tools(text: str) -> set[str]:
    """The tools that the table has settings for."""
    return set(tomllib.loads(text)["tool"])


def test_a_project_gets_our_tables_after_its_own() -> None:
    """Its own text, comments included, stays as it is."""
    merged = merged_table(TABLE, SHOP, has_pytest=False)

    assert merged.file.text.startswith(SHOP)
    assert tools(merged.file.text) == {"black", "pytest", "redhanded"}
    ours = tomllib.loads(merged.file.text)["tool"]["redhanded"]
    assert ours == tomllib.loads(TABLE.text)["tool"]["redhanded"]


def test_pytest_is_not_configured_twice() -> None:
    """Pytest refuses settings in two places."""
    merged = merged_table(TABLE, SHOP, has_pytest=True)

    assert tools(merged.file.text) == {"black", "redhanded"}


def test_who_owns_the_project_adds_to_its_dependencies() -> None:
    """Which of several lists they belong in, only its owner knows."""
    lacking = merged_table(TABLE, SHOP, has_pytest=False)
    complete = merged_table(TABLE, SHOP.replace("flask", "redhanded"), has_pytest=False)

    (note,) = lacking.notes
    assert note.startswith("Add to the dependencies of the project: pytest>=9.0,")
    assert note.endswith("redhanded[lab,openapi].")
    assert complete.notes == ()


def test_a_project_that_uses_us_already_is_left_as_it_is() -> None:
    """Also where its settings are others than those that init would write."""
    there = SHOP + '\n[tool.redhanded]\nbase_url = "https://shop.example"\n\n[tool.pytest]\n'

    assert merged_table(TABLE, there, has_pytest=True).file.text == there


@pytest.mark.parametrize("there", ["", "\n \n"], ids=["empty", "blank"])
def test_an_empty_table_becomes_all_that_a_new_project_has(there: str) -> None:
    """It says nothing that could be kept, except that pytest has its settings elsewhere."""
    alone = merged_table(TABLE, there, has_pytest=False)
    beside = merged_table(TABLE, there, has_pytest=True)

    assert tomllib.loads(alone.file.text) == tomllib.loads(TABLE.text)
    assert "pytest" not in tools(beside.file.text)
    assert alone.notes == beside.notes == ()


def test_a_table_that_nothing_can_follow_is_left_as_it_is() -> None:
    """Then the text to add is told, and nothing is broken."""
    there = "tool = { black = { line-length = 79 } }\n"

    merged = merged_table(TABLE, there, has_pytest=False)

    assert merged.file.text == there
    assert "add this by hand" in merged.notes[0]
    assert "[tool.redhanded]" in merged.notes[0]


def test_tables_may_follow_dotted_keys() -> None:
    """TOML lets a table be extended from below."""
    merged = merged_table(TABLE, "tool.black.line-length = 79\n", has_pytest=False)

    assert tomllib.loads(merged.file.text)["tool"]["black"] == {"line-length": 79}
    assert tools(merged.file.text) == {"black", "pytest", "redhanded"}


def test_what_is_no_toml_is_refused() -> None:
    """What one adds to cannot be told from what was broken before."""
    with pytest.raises(UsageError, match=r"pyproject\.toml is no TOML .*: mend it first"):
        merged_table(TABLE, '[project]\nname = "', has_pytest=False)


@pytest.mark.parametrize(
    "there, added",
    [
        pytest.param("", ".env\n/.redhanded/\n", id="empty"),
        pytest.param("*.pyc\n", ".env\n/.redhanded/\n", id="others"),
        pytest.param("*.pyc", "\n.env\n/.redhanded/\n", id="no-end"),
        pytest.param(".env\n", "/.redhanded/\n", id="one-of-them"),
        pytest.param("/.env\n.redhanded\n", "", id="written-otherwise"),
    ],
)
def test_secrets_and_evidence_are_ignored_by_git(there: str, added: str) -> None:
    """Nothing else is, in a project that has its own rules."""
    assert merged_ignores(IGNORES, there).file.text == there + added
