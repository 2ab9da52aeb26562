"""Lines of JSON, moments and links: small things that every format relies on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.reports.json_line import json_line
from redhanded.reports.links import Place, place, trace, web
from redhanded.reports.moments import iso, milliseconds
from redhanded.reports.run_ids import run_id, unique
from redhanded.reports.signatures import alike, rank
from tests.reports.dossier.made import dossier_of, making


@pytest.mark.parametrize(
    "value, told",
    [
        pytest.param({"a": [1, "b"]}, '{"a":[1,"b"]}', id="plain"),
        pytest.param("é日", '"é日"', id="other-scripts"),
        pytest.param("a\u2028\x85\x7f", '"a\\u2028\\u0085\\u007f"', id="line-ends"),
        pytest.param("\ud800", '"\\\\ud800"', id="half-of-a-pair"),
        pytest.param(
            [1.5, float("nan"), {"a": (float("inf"), None)}],
            '[1.5,null,{"a":[null,null]}]',
            id="no-number",
        ),
    ],
)
def test_a_value_is_one_line_that_every_reader_takes(value: Any, told: str) -> None:  # noqa: ANN401
    """Strict readers refuse halves of pairs and what is no number; some cut at U+2028."""
    line = json_line(value)

    assert line == told
    assert len(line.splitlines()) == 1
    assert json.loads(line.encode("utf-8")) is not ...


@pytest.mark.parametrize(
    "at, told",
    [
        pytest.param(1_700_000_000.25, "2023-11-14T22:13:20.250Z", id="plain"),
        pytest.param(float("nan"), "1970-01-01T00:00:00.000Z", id="no-number"),
        pytest.param(1e300, "1970-01-01T00:00:00.000Z", id="too-late"),
    ],
)
def test_a_moment_is_told_in_utc(at: float, told: str) -> None:
    """A spool may say anything; a report needs a moment."""
    assert iso(at) == told


@pytest.mark.parametrize(
    "seconds, told",
    [
        pytest.param(0.0125, 12, id="rounded"),
        pytest.param(float("inf"), 0, id="no-number"),
    ],
)
def test_milliseconds_are_whole(seconds: float, told: int) -> None:
    """Formats of others take no fractions."""
    assert milliseconds(seconds) == told


@pytest.mark.parametrize(
    "address, is_one",
    [
        pytest.param("https://skies.test/Ki?s=1#f", True, id="https"),
        pytest.param("HTTP://a.test", True, id="http"),
        pytest.param("javascript:alert(1)", False, id="script"),
        pytest.param("https://a.test/x>y", False, id="ends-a-link"),
        pytest.param("https://a.test/\u202ex", False, id="turned"),
        pytest.param("https://a.test/x\ny", False, id="lines"),
        pytest.param("", False, id="none"),
    ],
)
def test_only_an_address_of_the_web_becomes_a_link(address: str, is_one: bool) -> None:
    """A trace id or a job may be anything."""
    assert web(address) == (address if is_one else "")


def test_a_trace_has_no_address_without_a_template_or_an_id(tmp_path: Path) -> None:
    """Half an address leads nowhere."""
    head = dossier_of(tmp_path).head

    assert trace(head.trace_url, "4bf9") == ""
    assert trace("https://traces.test/{trace_id}", "") == ""


@pytest.mark.parametrize(
    "told, known",
    [
        pytest.param("tests/test_a.py:41", Place("tests/test_a.py", 41), id="line"),
        pytest.param("C:\\t\\test_a.py:41", Place("C:\\t\\test_a.py", 41), id="drive"),
        pytest.param("tests/test_a.py:41: AssertionError", Place("tests/test_a.py", 41), id="more"),
        pytest.param("somewhere", Place("somewhere", None), id="no-line"),
        pytest.param("", Place("a.py", None), id="nothing"),
    ],
)
def test_a_place_is_a_file_and_a_line(tmp_path: Path, told: str, known: Place) -> None:
    """Where nothing is known of it, the file of the test."""
    with making(tmp_path) as run:
        run.report("a.py::b", Verdict.DEFECT, place=told)

    (case,) = run.dossier().cases()
    assert place(case) == known


def test_ids_are_those_of_the_run_whatever_it_is_called(tmp_path: Path) -> None:
    """Another run has others; a name may hold what no encoding has a place for."""
    head = dossier_of(tmp_path).head
    (part,) = head.parts
    odd = replace(head, parts=(replace(part, run_id="\udc80"),))

    assert unique(head, "a", 1) == unique(head, "a", 1) != unique(head, "a", 2)
    assert unique(odd, "a") != unique(head, "a")
    assert run_id(replace(head, parts=(part, part))) == run_id(head) == "run1"


def test_what_nobody_knows_stands_among_the_unjudged(tmp_path: Path) -> None:
    """Another plugin may report kinds of its own; they are not lost among the passes."""
    with making(tmp_path) as run:
        run.test("a.py::good")
        run.report("a.py::odd", outcome="error", kind="odd.kind")
        run.test("a.py::bad", Verdict.DEFECT, "status")

    groups = alike(run.dossier().rows)

    assert [group.kind for group in groups] == ["defect", "odd.kind", "pass"]
    assert rank(groups[1].first) < rank(groups[2].first)
