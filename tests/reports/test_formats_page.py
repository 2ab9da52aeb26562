"""What the page on formats shows is true: its lines hold, its workflows are ones."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from redhanded.reports.comment import MARK
from redhanded.reports.formats import FORMATS
from tests.project.checkout import ROOT
from tests.reports.schemas import breaches

PAGE = (ROOT / "docs" / "reference" / "report-formats.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The blocks of code in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "number, schema", [pytest.param(0, "ndjson", id="end"), pytest.param(1, "findings", id="brief")]
)
def test_a_line_that_is_shown_is_one(number: int, schema: str) -> None:
    """A reader writes a program after it."""
    assert breaches(schema, json.loads(blocks("json")[number])) == []


def test_every_format_but_the_page_is_named() -> None:
    """What can be asked for is told."""
    table = PAGE.partition("\n## ")[0]
    named = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))

    assert named == set(FORMATS) - {"html"}


def github() -> list[Any]:
    """The steps of the workflow for GitHub."""
    steps: list[Any] = yaml.safe_load(blocks("yaml")[0])["jobs"]["test"]["steps"]
    return steps


def test_artefacts_are_kept_whatever_became_of_the_tests() -> None:
    """They are wanted most where tests failed."""
    (upload,) = (step for step in github() if "upload-artifact" in step.get("uses", ""))
    gitlab = yaml.safe_load(blocks("yaml")[1])

    assert upload["if"] == "always()"
    assert upload["with"]["include-hidden-files"] is True
    assert gitlab["api"]["artifacts"]["when"] == "always"


def test_the_comment_is_found_by_its_mark_and_only_where_it_may_be_written() -> None:
    """A fork has no right to write, and a stranger's comment is not written over."""
    comment = github()[-1]

    assert f'startswith("{MARK.strip()}")' in comment["run"]
    assert 'user.login == "github-actions[bot]"' in comment["run"]
    assert "head.repo.full_name == github.repository" in comment["if"]
    assert "${{" not in comment["run"]
