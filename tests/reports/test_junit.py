"""JUnit of a dossier: each test with its attempts, and the run in properties."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from redhanded.core.attempt import Failure, Phase
from redhanded.core.verdicts import Finding, Verdict
from redhanded.reports.dossier.reading import Spooled, read
from redhanded.reports.junit import document_of, write
from tests.reports.dossier.made import making
from tests.reports.junit_file import JunitFile

A, B = "tests/test_a.py::test_one", "tests/test_a.py::test_two"
REFUSED = Failure("refused", Phase.CONNECT, "ConnectError", "connection refused")


def file_of(dossier: Spooled, path: Path) -> JunitFile:
    """The file of a dossier, as a CI system reads it."""
    write(dossier, path / "out" / "junit.xml")
    return JunitFile.parse((path / "out" / "junit.xml").read_text("utf-8"))


def test_every_test_is_a_testcase(tmp_path: Path) -> None:
    """A pass is bare of failures, a defect has its type, line and story; both their attempts."""
    with making(tmp_path) as run:
        run.test(A)
        run.test(B, Verdict.DEFECT, "status", at=1, properties=(("owner", "me"),))
        run.over(exit_code=1, sentences=("Red: 1 defect.",))

    file = file_of(read([tmp_path]), tmp_path)

    assert file.told("tests.test_a::test_one") == []
    assert file.told("tests.test_a::test_two") == [
        ("failure", "defect", "DEFECT status: 200, want 404")
    ]
    trace, attempt, owner = file.output("tests.test_a::test_two")
    assert trace == "trace 00000000000000000000000000000000"
    assert attempt.endswith("GET http://127.0.0.1:8000/booking/7 -> 200 in 125 ms")
    assert owner == "owner: me"


def test_the_run_is_told_in_properties(tmp_path: Path) -> None:
    """Whoever holds the file finds the run, its seed, its target and how it ended."""
    with making(tmp_path) as run:
        run.test(A)
        run.over(exit_code=1, sentences=("Red: 1 defect.", "More."))

    properties = file_of(read([tmp_path]), tmp_path).properties

    assert properties["redhanded.run_id"] == "run1"
    assert properties["redhanded.seed"] == "7"
    assert properties["redhanded.target"] == "http://shop.test"
    assert properties["redhanded.environment"] == "staging"
    assert properties["redhanded.exit_code"] == "1"
    assert properties["redhanded.verdict"] == "Red: 1 defect. More."
    assert properties["version.python"] == "3.11.9"
    assert "redhanded.missing" not in properties


def test_a_killed_run_says_what_is_missing(tmp_path: Path) -> None:
    """INVARIANT: a file of half a run cannot be taken for one of a whole."""
    with making(tmp_path) as run:
        run.test(A)
        run.start(B, at=2)

    file = file_of(read([tmp_path]), tmp_path)

    assert file.told("tests.test_a::test_two")[0][:2] == ("error", "inconclusive")
    assert file.properties["redhanded.exit_code"] == ""
    assert "has no end" in file.properties["redhanded.missing"]
    assert file.properties["redhanded.verdict"].startswith("This run was killed before its end")


def test_shards_are_one_file(tmp_path: Path) -> None:
    """What parts have in common is told once, and tests of one name stay apart."""
    for number in (1, 2):
        with making(tmp_path / f"{number}", shard=f"{number}/2", name=f"run1-{number}of2") as run:
            run.test(A, at=number)
            run.over()

    file = file_of(read([tmp_path / "1", tmp_path / "2"]), tmp_path)

    assert [*file.cases] == ["tests.test_a::test_one", "tests.test_a::test_one (2)"]
    assert file.properties["redhanded.run_id"] == "run1"


@pytest.mark.parametrize(
    "verdict, causes",
    [
        pytest.param(Verdict.RECOVERED, ["net.dns", "net.refused"], id="recovered"),
        pytest.param(Verdict.PASS, [], id="held"),
        pytest.param(Verdict.DEFECT, ["net.dns"], id="red"),
    ],
)
def test_what_weather_took_is_told_where_it_matters(
    tmp_path: Path, verdict: Verdict, causes: list[str]
) -> None:
    """Lost attempts where the test recovered, and earlier rounds wherever it has a verdict."""
    finding = Finding(Verdict.INCONCLUSIVE, "net.dns", "no address", evidence=("a fact",))
    with making(tmp_path) as run:
        run.start(A)
        run.end(A, Verdict.INCONCLUSIVE, findings=[finding])
        run.report(A, Verdict.INCONCLUSIVE, is_parked=True)
        run.start(A, round_=1, at=2)
        run.send(A, call_id="c", status=None, failure=REFUSED, row="refused")
        run.send(A, call_id="c")
        run.end(A, verdict)
        run.report(A, verdict, code="status", round=1)
        run.over()

    (case,) = document_of(read([tmp_path])).cases

    assert [each.cause for each in case.lost] == causes


def test_a_recovery_without_evidence_tells_its_cause(tmp_path: Path) -> None:
    """The report alone knows it, where the spool was lost."""
    with making(tmp_path) as run:
        run.report(A, Verdict.RECOVERED, code="net.reset", headline="RECOVERED net.reset")
        run.over()

    (case,) = document_of(read([tmp_path])).cases

    assert [(each.cause, each.message) for each in case.lost] == [
        ("net.reset", "RECOVERED net.reset")
    ]


def test_stories_are_short_enough_to_be_held(tmp_path: Path) -> None:
    """Thousands of long stories do not fill the memory before the file is cut to size."""
    with making(tmp_path) as run:
        for number in range(4):
            run.report(f"{A}[{number}]", Verdict.DEFECT, story="x" * 9_000)
        run.over()

    document = document_of(read([tmp_path]), limit=10_000)

    assert [len(case.text) for case in document.cases] == [5_000] * 4


def test_a_folder_without_a_run_is_an_empty_file(tmp_path: Path) -> None:
    """Nothing known is told as nothing known, and the file is valid."""
    file = file_of(read([tmp_path]), tmp_path)

    suite: Element = file.suite
    assert suite.get("tests") == "0"
    assert "holds no spool" in file.properties["redhanded.missing"]
