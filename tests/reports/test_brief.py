"""Brief: what failed and nothing else, a line for each breach and a page for each reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.reports.brief import failing, findings, index, write
from redhanded.reports.dossier.reading import Spooled, read
from tests.reports.dossier.made import dossier_of, making
from tests.reports.rendered import Rendered
from tests.reports.rich import SAID, rich
from tests.reports.schemas import breaches

TEST = "test_a.py::test_b"


def told(dossier: Spooled) -> list[Any]:
    """The lines of findings, as a reader has them."""
    return [json.loads(line) for line in findings(dossier)]


def page(dossier: Spooled) -> str:
    """The page as a whole."""
    return "".join(index(dossier))


@pytest.mark.parametrize("text", [pytest.param("", id="plain"), *SAID])
def test_every_finding_holds_to_the_schema(tmp_path: Path, text: str) -> None:
    """Whatever servers and tests have said."""
    lines = told(rich(tmp_path, text))

    assert [breach for line in lines for breach in breaches("findings", line)] == []
    assert len(lines) == 8


def test_the_schema_sees_what_is_wrong(tmp_path: Path) -> None:
    """A check that could not fail would show nothing."""
    line = told(rich(tmp_path))[0]

    assert breaches("findings", {**line, "line": "41"}) != []


def test_a_green_run_is_its_sentence(tmp_path: Path) -> None:
    """There is nothing to read, and nothing is written."""
    dossier = dossier_of(
        tmp_path / "run", (TEST, Verdict.PASS, ""), (TEST + "2", Verdict.RECOVERED, "x")
    )

    write(dossier, tmp_path / "brief")

    assert (tmp_path / "brief" / "index.md").read_text("utf-8") == "Green: all held.\n"
    assert (tmp_path / "brief" / "findings.jsonl").read_bytes() == b""


def test_only_what_did_not_hold_is_told(tmp_path: Path) -> None:
    """Nor is what a quarantine covers, or was to fail."""
    kinds = {row.kind for row in failing(rich(tmp_path))}

    assert kinds == {"defect", "drift", "slow", "test_bug", "inconclusive", "unjudged"}


def test_a_run_that_recovered_too_often_names_what_recovered(tmp_path: Path) -> None:
    """It failed without one test that did."""
    dossier = dossier_of(tmp_path, (TEST, Verdict.RECOVERED, "net.reset"), exit_code=1)

    assert [line["code"] for line in told(dossier)] == ["net.reset"]


def test_each_breach_is_a_finding_of_its_own(tmp_path: Path) -> None:
    """Where it is, what stands there, what should; and how to go on from it."""
    found = [Violation("body.schema", f"$.{name}", "1", "2", "const", "Order") for name in "ab"]
    with making(tmp_path) as run:
        run.start(TEST)
        run.end(
            TEST,
            Verdict.DEFECT,
            findings=[
                Finding(Verdict.RECOVERED, "net.reset", "reset"),
                Finding(Verdict.DEFECT, "body.schema", "2 breaches", "a1", tuple(found), ("fact",)),
                Finding(Verdict.DEFECT, "status", "404, want 200"),
            ],
        )
        run.report(TEST, Verdict.DEFECT, code="body.schema", route="GET /x", place="test_a.py:7")

    lines = told(read([tmp_path]))

    assert [(line["code"], line["where"]) for line in lines] == [
        ("body.schema", "$.a"),
        ("body.schema", "$.b"),
        ("status", ""),
    ]
    first = lines[0]
    assert (first["actual"], first["expected"], first["rule"]) == ("1", "2", "const")
    assert (first["file"], first["line"], first["evidence"]) == ("test_a.py", 7, ["fact"])
    assert (first["route"], first["attempt_id"]) == ("GET /x", "a1")
    assert first["replay"] == "", "it sent nothing"


def test_a_test_that_nobody_could_judge_has_a_finding(tmp_path: Path) -> None:
    """It has no breach, only what was said of it."""
    (line,) = (line for line in told(rich(tmp_path)) if line["verdict"] == "unjudged")

    assert (line["message"], line["file"]) == ("another plugin: ", "tests/test_c.py")
    assert line["line"] is None


def test_the_page_tells_each_reason_once(tmp_path: Path) -> None:
    """Both tests that met it stand below, each with its place, its breach and its replay."""
    text = page(rich(tmp_path))

    assert text.startswith("Red: 3 tests found a defect.\n")
    assert text.count("## `DEFECT body.schema: $.total` (2 tests)\n") == 1
    assert "- `tests/test_a.py::test_defect[2]` at `tests/test_a.py:42`\n" in text
    assert '  - `$.total`: `"90.00"`, want `number` (`body.schema`)\n' in text
    assert "test_pass" not in text


def test_the_page_begins_with_the_worst(tmp_path: Path) -> None:
    """What nobody could judge stands after what is red."""
    text = page(rich(tmp_path))

    heads = [line.strip("#` ").split()[0] for line in text.splitlines() if line.startswith("## ")]
    assert heads == ["DEFECT", "DEFECT", "DRIFT", "SLOW", "TEST_BUG", "another", "INCONCLUSIVE"]


@pytest.mark.parametrize("text", SAID)
def test_nothing_that_was_said_becomes_markup(tmp_path: Path, text: str) -> None:
    """INVARIANT: the page has the same headings and lists, and links to nothing."""
    plain, told = Rendered(page(rich(tmp_path / "1"))), Rendered(page(rich(tmp_path / "2", text)))

    assert told.tags.keys() == {"p", "h2", "ul", "li", "code"}
    assert (told.tags["h2"], told.tags["ul"]) == (plain.tags["h2"], plain.tags["ul"])
    assert (told.links, told.calls) == ([], [])


def test_of_many_tests_with_one_reason_twenty_are_told(tmp_path: Path) -> None:
    """An outage is one thing to read; the rest is in the lines."""
    tests = [(f"test_a.py::test_{n}", Verdict.DEFECT, "status") for n in range(23)]
    dossier = dossier_of(tmp_path, *tests, exit_code=1)

    text = page(dossier)

    assert text.count("- `test_a.py::") == 20
    assert "3 more tests like these stand in findings.jsonl." in text
    assert len(told(dossier)) == 23


def test_of_many_reasons_two_hundred_are_told(tmp_path: Path) -> None:
    """Nobody reads further; the lines have them all."""
    tests = [(f"test_a.py::test_{n}", Verdict.DEFECT, f"status.{n}") for n in range(203)]
    dossier = dossier_of(tmp_path, *tests, exit_code=1)

    text = page(dossier)

    assert text.count("\n## ") == 200
    assert text.endswith("\n3 more reasons of failures: see findings.jsonl.\n")


def test_what_is_missing_of_a_run_is_said_first(tmp_path: Path) -> None:
    """A reader must not take a part for the whole."""
    with making(tmp_path) as run:
        run.start(TEST)

    assert "\nnote: " in page(read([tmp_path])).partition("##")[0]


def test_a_trace_is_linked_where_it_can_be_found(tmp_path: Path) -> None:
    """The template of the settings makes the link."""
    settings = (("trace_url", "https://traces.test/{trace_id}", "pyproject.toml"),)

    text = page(rich(tmp_path, settings=settings))

    assert "[trace](<https://traces.test/" in text
