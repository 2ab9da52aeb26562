"""`redhanded explain`."""

from __future__ import annotations

import json

import pytest

from redhanded.verdict.causes import causes
from tests.cli.conftest import Run


@pytest.mark.parametrize("code", sorted(causes()))
def test_a_code_is_explained(run: Run, code: str) -> None:
    """Every cause says what it means, what lies behind it, and what to do."""
    cause = causes()[code]

    result = run("explain", code)

    assert result.exit_code == 0
    assert result.stdout.startswith(f"{code}: {cause.title}\n")
    for said in (cause.meaning, *cause.typical, *cause.remedy, cause.narrow):
        assert said in result.stdout


def test_without_a_code_every_cause_is_listed(run: Run) -> None:
    """The list has a line a cause: its code and a few words."""
    listed = run("explain").stdout.splitlines()

    assert [line.split()[0] for line in listed] == list(causes())


@pytest.mark.parametrize(
    "arguments, codes",
    [
        pytest.param(["status"], ["status"], id="one"),
        pytest.param([], list(causes()), id="all"),
    ],
)
def test_a_program_gets_the_same_as_json(run: Run, arguments: list[str], codes: list[str]) -> None:
    """`--json` tells all that is known of a cause."""
    told = json.loads(run("explain", "--json", *arguments).stdout)

    assert told["v"] == 1
    assert [cause["code"] for cause in told["causes"]] == codes
    assert set(told["causes"][0]) == {"code", "title", "meaning", "typical", "remedy", "narrow"}


def test_an_unknown_code_names_the_closest_ones(run: Run) -> None:
    """A mistyped code costs one look."""
    result = run("explain", "statsu")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "statsu" in result.stderr
    assert "status" in result.stderr
    assert result.stderr.count("\n") == 1
