"""Settings of contracts, as they come from files, variables and the command line."""

from __future__ import annotations

import pytest

from tests.session.projects import Project


@pytest.mark.parametrize(
    "written, openapi",
    [
        pytest.param("/openapi.json", ("/openapi.json",), id="one as it is"),
        pytest.param('["/a.json", "/b.json"]', ("/a.json", "/b.json"), id="several as a list"),
        pytest.param('"/openapi.json"', ("/openapi.json",), id="one as JSON"),
    ],
)
def test_one_document_needs_no_brackets_in_a_variable(
    project: Project, written: str, openapi: tuple[str, ...]
) -> None:
    """What a file may write as a text, a variable may as well."""
    settings = project.set(REDHANDED_OPENAPI=written).load().settings

    assert settings.openapi == openapi


def test_a_list_that_is_not_closed_is_no_document(project: Project) -> None:
    """It was meant as a list."""
    (problem,) = project.set(REDHANDED_OPENAPI='["/openapi.json"').problems()

    assert "openapi is not JSON" in problem


def test_a_baseline_lies_in_the_project(project: Project) -> None:
    """Wherever pytest was started."""
    settings = project.table('contract = { baseline = "known.json" }').load().settings

    assert settings.contract.baseline == project.root / "known.json"


def test_a_threshold_of_the_command_line_is_one_of_the_settings(project: Project) -> None:
    """Beside those that are written down."""
    written = project.table("contract = { cover = { statuses = 50 } }")

    settings = written.load(contract__cover__operations=80).settings

    assert settings.contract.cover == {"statuses": 50, "operations": 80}


@pytest.mark.parametrize(
    "operation",
    ["GET /booking/{id}", "GET /booking/*", "* /booking", "P* /booking*", "*", "*/booking"],
)
def test_an_ignore_names_operations(project: Project, operation: str) -> None:
    """Each part of the name may be any text."""
    entry = f'{{operation = "{operation}", reason = "known"}}'

    [ignore] = project.table(f"contract = {{ ignore = [{entry}] }}").load().settings.contract.ignore

    assert ignore.operation == operation


@pytest.mark.parametrize("operation", ["booking", "/booking", "get /booking", "GET /booking 200"])
def test_an_ignore_of_no_operation_is_refused(project: Project, operation: str) -> None:
    """It would pass nothing, and say nothing."""
    entry = f'{{operation = "{operation}", reason = "known"}}'

    (problem,) = project.table(f"contract = {{ ignore = [{entry}] }}").problems()

    assert "names no operation: write such as" in problem
