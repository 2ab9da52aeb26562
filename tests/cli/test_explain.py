"""`redhanded explain`."""

from __future__ import annotations

import json
import re

import pytest

from redhanded.core.settings import Settings
from redhanded.verdict.causes import Cause, causes
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


@pytest.mark.parametrize(
    "code, lead",
    [
        pytest.param("net.connect", "did you mean net.connect_timeout", id="close"),
        pytest.param("75", "`redhanded explain` lists all.", id="like-none"),
    ],
)
def test_an_unknown_code_leads_on_in_one_line(run: Run, code: str, lead: str) -> None:
    """Nobody is asked whether they meant each of a hundred causes."""
    result = run("explain", code)

    assert result.exit_code == 2
    assert lead in result.stderr
    assert len(result.stderr) < 200


def test_without_a_code_every_cause_is_listed_once(run: Run) -> None:
    """The list has a line a cause, its code and a few words, under the family that it is of."""
    listed = run("explain").stdout.splitlines()

    told = [line.split(maxsplit=1) for line in listed if line.startswith("  ")]
    assert sorted(told) == sorted([cause.code, cause.title] for cause in causes().values())
    assert "net: the network between the runner and the API" in listed


def test_each_family_has_a_word_for_itself(run: Run) -> None:
    """Nobody has to guess what the part before the dot means."""
    listed = run("explain").stdout.splitlines()

    families = [line for line in listed if line and not line.startswith("  ")]
    assert len(families) > 15
    assert not [line for line in families if line.endswith(": more causes")]
    assert families[0].startswith("answer: ")


@pytest.mark.parametrize(
    "family, codes",
    [
        pytest.param("tls", {"tls.certificate", "tls.handshake"}, id="dotted"),
        pytest.param("answer", {"status", "value", "assert", "eventually"}, id="undotted"),
    ],
)
def test_a_family_is_listed_alone(run: Run, family: str, codes: set[str]) -> None:
    """Who knows the family need not read the rest."""
    first, *listed = run("explain", family).stdout.splitlines()

    assert first.startswith(f"{family}: ")
    assert {line.split()[0] for line in listed} == codes


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
    assert set(told["causes"][0]) == {
        "code",
        "family",
        "title",
        "meaning",
        "typical",
        "remedy",
        "narrow",
    }


def test_an_unknown_code_names_the_closest_ones(run: Run) -> None:
    """A mistyped code costs one look."""
    result = run("explain", "statsu")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "statsu" in result.stderr
    assert "status" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("cause", causes().values(), ids=causes())
def test_every_setting_that_a_cause_names_exists(cause: Cause) -> None:
    """Nobody is sent to look for a table or a key that is not there."""
    text = " ".join([cause.meaning, *cause.typical, *cause.remedy, cause.narrow])
    named = re.findall(r"`\[tool\.redhanded\.(\w+)\]`|`([a-z]\w+)\.\w+`", text)

    assert {table or key for table, key in named} <= set(Settings.model_fields)


@pytest.mark.parametrize("cause", causes().values(), ids=causes())
def test_every_text_reads_as_one_voice(cause: Cause) -> None:
    """Titles and points go on from a code or a dash; meanings are sentences."""
    points = [cause.title, *cause.typical, *cause.remedy]

    assert not [point for point in points if point.endswith(".")]
    assert not [point for point in cause.typical if re.match("[A-Z][a-z]+ ", point)]
    assert cause.meaning[0].isupper()
