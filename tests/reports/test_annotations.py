"""Annotations of a job: nine reasons of a kind, and no message that becomes a command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.reports.annotations import lines
from tests.reports.dossier.made import dossier_of, making
from tests.reports.rich import SAID, rich

COMMAND = re.compile(r"::(?P<level>error|warning) (?P<properties>[^:\r\n]*)::(?P<message>[^\r\n]*)")
TEST = "test_a.py::test_b"


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """The command as the runner reads it: level, properties and message, escapes undone."""
    found = COMMAND.fullmatch(line)
    assert found is not None, line
    given = dict(pair.split("=", 1) for pair in found["properties"].split(","))
    return (
        found["level"],
        {name: unescaped(value) for name, value in given.items()},
        unescaped(found["message"]),
    )


def unescaped(text: str) -> str:
    """The text without the escapes of commands."""
    for escape, sign in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, sign)
    return text


@pytest.mark.parametrize("text", [pytest.param("", id="plain"), *SAID])
def test_each_line_is_one_command_whatever_was_said(tmp_path: Path, text: str) -> None:
    """INVARIANT: nothing that a server says is a command, nor ends one."""
    told = [parsed(line) for line in lines(rich(tmp_path, text))]

    assert [level for level, _, _ in told] == ["error"] * 6 + ["warning"] * 2
    assert all(set(properties) <= {"file", "line", "title"} for _, properties, _ in told)
    assert all(len(line.encode()) < 20_000 for line in lines(rich(tmp_path / "2", text)))


def test_an_error_stands_at_its_place_and_says_how_to_go_on(tmp_path: Path) -> None:
    """File and line, the headline, how many tests met it, the replay."""
    first, *_ = lines(rich(tmp_path, " 50% a,b:c"))

    level, properties, message = parsed(first)
    assert level == "error"
    assert (properties["file"], properties["line"]) == ("tests/test_a.py", "41")
    assert properties["title"] == "DEFECT body.schema: $.total 50% a,b:c"
    test, more, fact, onwards = message.split("\n")
    assert test == "tests/test_a.py::test_defect[1]"
    assert (more, fact) == ("and 1 more test like it", " 50% a,b:c")
    assert re.fullmatch(r"redhanded replay (\w+), report\.html#t=\1", onwards)


def test_weather_warns_and_never_fails(tmp_path: Path) -> None:
    """What could not be judged, and what had to be sent again."""
    told = [parsed(line) for line in lines(rich(tmp_path))]

    warned = [properties["title"].split()[0] for level, properties, _ in told if level == "warning"]
    assert warned == ["INCONCLUSIVE", "RECOVERED"]


def test_of_many_reasons_nine_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    """A step may make ten of a kind, and the runner drops more without a word."""
    tests = [
        (f"test_a.py::test_{kind}_{n}", kind, f"{kind}.{n}")
        for kind in (Verdict.DEFECT, Verdict.INCONCLUSIVE)
        for n in range(12)
    ]

    told = [parsed(line) for line in lines(dossier_of(tmp_path, *tests, exit_code=1))]

    assert [level for level, _, _ in told] == ["error"] * 10 + ["warning"] * 10
    for _, properties, message in (told[9], told[19]):
        assert properties == {"title": "3 more"}
        assert message == "3 more reasons in 3 tests: see the summary and report.html"


def test_one_reason_is_one_annotation_however_many_tests_met_it(tmp_path: Path) -> None:
    """An outage is one finding."""
    tests = [(f"test_a.py::test_{n}", Verdict.DEFECT, "status") for n in range(30)]

    (line,) = lines(dossier_of(tmp_path, *tests, exit_code=1))

    assert "and 29 more tests like it" in parsed(line)[2]


def test_what_holds_or_is_set_aside_is_not_annotated(tmp_path: Path) -> None:
    """A green run annotates nothing."""
    with making(tmp_path) as run:
        run.test(TEST)
        run.report("a.py::b", outcome="skipped", kind="redhanded.quarantine", headline="x")
        run.over()

    assert [*lines(run.dossier())] == []
