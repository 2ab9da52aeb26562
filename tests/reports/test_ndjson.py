"""NDJSON: each line holds to the schema that is shipped, and nothing of the run is left out."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from redhanded.core import events
from redhanded.core.events import Breached, Examined, RemovalFailed, Tracked
from redhanded.core.exchange import Body, Exchange
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.reports.dossier.head import Part
from redhanded.reports.dossier.reading import read
from redhanded.reports.ndjson import lines, write
from tests.reports.dossier.made import NOON, dossier_of, making
from tests.reports.rich import BESIDE, COUNTS, HOSTILE, SAID, rich
from tests.reports.schemas import breaches, published

TEST = "test_a.py::test_b"


def told(folder: Path, text: str = "") -> list[Any]:
    """The lines of a run with a test of every kind, as a reader has them."""
    return [json.loads(line) for line in lines(rich(folder, text))]


@pytest.mark.parametrize("text", [pytest.param("", id="plain"), *SAID])
def test_every_line_holds_to_the_schema(tmp_path: Path, text: str) -> None:
    """Whatever servers and tests have said."""
    assert [breach for line in told(tmp_path, text) for breach in breaches("ndjson", line)] == []


def test_the_schema_sees_what_is_wrong(tmp_path: Path) -> None:
    """A check that could not fail would show nothing."""
    first, *_ = told(tmp_path)

    assert breaches("ndjson", {**first, "began": 17}) != []
    assert breaches("ndjson", {**first, "more": 17}) != []


def test_a_line_is_one_line_to_every_reader(tmp_path: Path) -> None:
    """Some cut at line ends of Unicode, too."""
    dossier = rich(tmp_path / "run", HOSTILE["controls"] + HOSTILE["surrogates"])
    write(dossier, tmp_path / "run.ndjson")

    text = (tmp_path / "run.ndjson").read_text("utf-8")
    assert text.splitlines() == [*lines(dossier)]
    assert text.endswith("}\n")


def test_lines_stand_in_the_order_in_which_one_reads(tmp_path: Path) -> None:
    """The run, each test before its attempts, and an end that shows that the file is whole."""
    file = told(tmp_path)

    assert [line["type"] for line in (file[0], file[1], file[-1])] == ["run", "test", "end"]
    here = ""
    for line in file[1:-1]:
        here = line["id"] if line["type"] == "test" else here
        assert line.get("test", here) == here
    assert file[-1]["verdicts"] == COUNTS
    assert (file[-1]["tests"], file[-1]["beside"]) == (sum(COUNTS.values()), BESIDE)


def test_a_test_is_told_with_every_round(tmp_path: Path) -> None:
    """The last one counts; the ones before say what kept them from their verdict."""
    (test,) = (line for line in told(tmp_path) if "test_again" in line.get("test_id", ""))

    assert [round_["round"] for round_ in test["rounds"]] == [1, 2]
    assert [round_["verdict"] for round_ in test["rounds"]] == ["inconclusive", "pass"]
    assert test["rounds"][0]["findings"][0]["code"] == "net.refused"


def test_a_test_is_told_with_what_it_said(tmp_path: Path) -> None:
    """Its place, its story, and what it printed."""
    (test,) = (line for line in told(tmp_path, "x") if "test_defect[1]" in line.get("test_id", ""))

    assert (test["file"], test["line"]) == ("tests/test_a.py", 41)
    assert (test["story"], test["output"]) == ("E  x", "x")
    assert test["signature"] != ""


def test_an_attempt_is_told_with_its_bodies_where_they_were_kept(tmp_path: Path) -> None:
    """Bodies of passes are not kept."""
    attempts = [line for line in told(tmp_path) if line["type"] == "attempt"]

    kept = [line for line in attempts if line["operation"] == "POST /orders"]
    assert [line["request_body"]["text"] for line in kept] == ['{"n":1}'] * 2
    assert attempts[0]["request_body"] is None
    assert attempts[0]["exchange"]["started_at"].endswith("Z")


def test_what_a_test_left_behind_is_told(tmp_path: Path) -> None:
    """Questions of a diagnosis, things made, breaches and removals that failed."""
    breach = Violation("header", "headers.x", "1", "2")
    with making(tmp_path) as run:
        run.start(TEST)
        asked = {"question": "Is the canary well?", "answer": "yes", "speaks": "api"}
        run.write(Examined(test_id=TEST, attempt_id="a", **asked))  # type: ignore[arg-type]
        run.write(Tracked(test_id=TEST, kind="order", id="7", state="left", at=NOON))
        run.write(Breached(TEST, "a", "openapi.yaml", "document", "GET /x", breach, 2))
        run.write(RemovalFailed(TEST, "DELETE /x", 500, "order", "7", NOON, "a", ("500",)))
        run.end(TEST, Verdict.PASS)

    file = [json.loads(line) for line in lines(read([tmp_path]))]

    (round_,) = file[1]["rounds"]
    assert [breaches("ndjson", line) for line in file] == [[]] * len(file)
    assert round_["examined"][0]["question"] == "Is the canary well?"
    assert round_["tracked"][0]["state"] == "left"
    assert round_["breached"][0]["violation"]["where"] == "headers.x"
    assert round_["removals"][0]["at"] == "2023-11-14T22:13:20.000Z"


@pytest.mark.parametrize(
    "kind, name",
    [
        pytest.param(Part, "part", id="part"),
        pytest.param(Finding, "finding", id="finding"),
        pytest.param(Violation, "violation", id="violation"),
        pytest.param(Body, "body", id="body"),
        pytest.param(Exchange, "exchange", id="exchange"),
        pytest.param(events.Stepped, "step", id="step"),
        pytest.param(Examined, "examined", id="examined"),
        pytest.param(Tracked, "tracked", id="tracked"),
        pytest.param(Breached, "breached", id="breached"),
        pytest.param(RemovalFailed, "removal", id="removal"),
    ],
)
def test_the_schema_knows_every_field(kind: Any, name: str) -> None:  # noqa: ANN401
    """A field that is added is told, and described."""
    declared = getattr(kind, "_fields", None) or [field.name for field in fields(kind)]

    described = set(published("ndjson")["$defs"][name]["properties"]) - {"v"}
    assert described == set(declared) - {"test_id"}


def test_a_run_that_was_killed_is_told_as_far_as_it_came(tmp_path: Path) -> None:
    """The end line says what is missing, and that no exit code is known."""
    with making(tmp_path) as run:
        run.start(TEST)
        run.send(TEST)

    file = [json.loads(line) for line in lines(read([tmp_path]))]

    assert [breaches("ndjson", line) for line in file] == [[]] * 4
    assert file[0]["parts"][0]["exit_code"] is None
    assert file[1]["verdict"] == "inconclusive"
    assert file[-1]["missing"] != []


def test_a_run_without_tests_has_two_lines(tmp_path: Path) -> None:
    """The run and its end."""
    assert len([*lines(dossier_of(tmp_path))]) == 2
