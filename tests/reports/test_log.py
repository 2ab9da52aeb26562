"""The log is one JSON object a line, masked, and kept apart for each test that did not pass."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from redhanded.core.events import Noted, RunEnded, RunStarted, TestEnded
from redhanded.core.verdicts import Verdict
from redhanded.reports.log import LOGGER, Context, LogFiles, file_name


@pytest.fixture
def said() -> list[str]:
    """What the log complains of."""
    return []


@pytest.fixture
def files(tmp_path: Path, said: list[str]) -> Iterator[LogFiles]:
    """A log in a folder, attached to the package's logger."""
    handler = LogFiles(
        tmp_path, Context("run1", "gw0"), lambda text: text.replace("hush", "***"), said.append
    )
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.setLevel(logging.INFO)
    yield handler
    LOGGER.removeHandler(handler)
    handler.close()


def lines(path: Path) -> list[dict[str, object]]:
    """The objects of a log file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_carries_time_severity_and_run(files: LogFiles, tmp_path: Path) -> None:
    """Trace fields are left out where no test runs."""
    LOGGER.info("hello hush")

    (line,) = lines(tmp_path / "gw0.jsonl")
    assert (line["body"], line["severity_text"], line["run.id"]) == ("hello ***", "INFO", "run1")
    assert str(line["timestamp"]).endswith("+00:00")
    assert "trace_id" not in line


def test_lines_of_a_test_carry_its_trace(files: LogFiles, tmp_path: Path) -> None:
    """Field names are those of trace context in non-OTLP log formats."""
    files.begin("test_a", "a" * 32)
    LOGGER.info("in")
    files.end(Verdict.PASS)
    LOGGER.info("after")

    inside, after = lines(tmp_path / "gw0.jsonl")
    assert (inside["trace_id"], inside["trace_flags"]) == ("a" * 32, "01")
    assert inside["test.case.name"] == "test_a"
    assert "trace_id" not in after


@pytest.mark.parametrize("verdict", Verdict, ids=str)
def test_only_a_test_that_did_not_pass_has_a_file_of_its_own(
    files: LogFiles, tmp_path: Path, verdict: Verdict
) -> None:
    """Its lines stand there alone."""
    files.begin("test_other", "b" * 32)
    LOGGER.info("other")
    files.end(Verdict.PASS)
    files.begin("tests/test_x.py::test_a[1/2]", "a" * 32)
    LOGGER.info("mine")
    files.end(verdict)

    kept = [line["body"] for path in tmp_path.glob("tests/*") for line in lines(path)]
    assert kept == ([] if verdict in (Verdict.PASS, Verdict.RECOVERED) else ["mine"])


def test_a_traceback_is_masked_too(files: LogFiles, tmp_path: Path) -> None:
    """An exception's text may hold what was sent."""
    try:
        raise ValueError("hush")
    except ValueError:
        LOGGER.exception("broken")

    (line,) = lines(tmp_path / "gw0.jsonl")
    assert "ValueError: ***" in str(line["exception.stacktrace"])


def test_a_log_that_cannot_be_written_says_so_once(
    files: LogFiles, tmp_path: Path, said: list[str]
) -> None:
    """The run goes on without it."""
    (tmp_path / "tests").write_text("a file where a folder should be")
    for name in ("test_a", "test_b"):
        files.begin(name, "a" * 32)
        files.end(Verdict.DEFECT)

    assert len(said) == 1
    assert "verdicts are not affected" in said[0]


def test_names_of_files_are_unique_and_short() -> None:
    """A parametrized id may hold what no file system takes."""
    names = {file_name(f"tests/a.py::test_x[{'/' * 300}{number}]") for number in range(50)}

    assert len(names) == 50
    assert all(len(name) < 100 and name.replace("-", "").isalnum() for name in names)


@pytest.mark.parametrize(
    ("event", "body"),
    [
        pytest.param(Noted("note", "words"), "words", id="note"),
        pytest.param(RunStarted("r", "w", 1.0, 7, "http://x", {}), "run started", id="start"),
        pytest.param(RunEnded("r", "w", 1.0, 0), "run ended", id="end"),
        pytest.param(
            TestEnded("t", "x", 1.0, 2.0, Verdict.SLOW, (), 1, 1, 1, {}), "slow t", id="verdict"
        ),
    ],
)
def test_events_become_lines(files: LogFiles, tmp_path: Path, event: object, body: str) -> None:
    """One line a note, a verdict and a run."""
    files(event)  # type: ignore[arg-type]

    assert [line["body"] for line in lines(tmp_path / "gw0.jsonl")] == [body]
