"""The log is one JSON object a line, masked, and kept apart for each test that did not pass."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.attempt import Attempt, Failure, Phase, Wait
from redhanded.core.events import (
    AttemptEnded,
    Event,
    Noted,
    RunEnded,
    RunStarted,
    TestEnded,
    TestStarted,
)
from redhanded.core.redaction import Redactor
from redhanded.core.verdicts import Finding, Verdict
from redhanded.reports.log import ClientLogs, Context, LogFiles, file_name

LOGGER = logging.getLogger("tests.shop")
ATTEMPT = Attempt(
    id="5" * 16,
    trace_id="a" * 32,
    call_id="c",
    number=1,
    purpose="test",
    method="GET",
    url="http://shop.test/x",
    raw_request_headers=(),
    request_body=None,
    started_at=1.0,
    elapsed=0.0125,
    marks=(),
    reused=False,
    status=200,
)
LOST = ATTEMPT._replace(
    number=2,
    status=None,
    row="refused",
    failure=Failure("refused", Phase.CONNECT, "ConnectError", "refused"),
    wait=Wait(0.5, "retry"),
)


def masked(text: str) -> str:
    """A mask that knows one secret."""
    return text.replace("hush", "***")


def ended(verdict: Verdict | None, *findings: Finding) -> TestEnded:
    """The end of a test with that verdict."""
    return TestEnded("t", "x", 1.0, 2.0, verdict, findings, 1, 1, 1, {})


def attempted(attempt: Attempt) -> AttemptEnded:
    """The end of an attempt."""
    return AttemptEnded("t", Redactor().exchange(attempt))


@pytest.fixture
def said() -> list[str]:
    """What the log complains of."""
    return []


@pytest.fixture
def files(tmp_path: Path, said: list[str]) -> Iterator[LogFiles]:
    """A log in a folder, attached to a logger of the test's."""
    handler = LogFiles(tmp_path, Context("run1", "gw0"), masked, said.append)
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    yield handler
    LOGGER.removeHandler(handler)
    handler.close()


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a log file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_line_carries_time_severity_and_run(files: LogFiles, tmp_path: Path) -> None:
    """Trace fields are left out where no test runs."""
    LOGGER.info("hello hush")

    (line,) = lines(tmp_path / "gw0.jsonl")
    assert (line["body"], line["severity_text"], line["run.id"]) == ("hello ***", "INFO", "run1")
    assert (line["logger"], line["run.worker"]) == ("tests.shop", "gw0")
    assert line["timestamp"].endswith("+00:00")
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


@pytest.mark.parametrize("verdict", [*Verdict, None], ids=str)
def test_only_a_test_that_did_not_pass_has_a_file_of_its_own(
    files: LogFiles, tmp_path: Path, verdict: Verdict | None
) -> None:
    """Its lines stand there alone."""
    files.begin("test_other", "b" * 32)
    LOGGER.info("other")
    files.end(Verdict.PASS)
    files.begin("tests/test_x.py::test_a[1/2]", "a" * 32)
    LOGGER.info("mine")
    files.end(verdict)

    kept = [line["body"] for path in tmp_path.glob("tests/*") for line in lines(path)]
    assert kept == ([] if verdict in (None, Verdict.PASS, Verdict.RECOVERED) else ["mine"])


def test_the_log_of_a_test_is_bounded(files: LogFiles, tmp_path: Path) -> None:
    """INVARIANT: a test that logs for ever fills no disk twice; its worker's file has it all."""
    files.begin("test_a", "a" * 32)
    for number in range(2_005):
        files.handle(logging.LogRecord("shop", logging.INFO, "", 0, f"{number}", (), None))
    files.end(Verdict.DEFECT)

    (path,) = tmp_path.glob("tests/*")
    bodies = [line["body"] for line in lines(path)]
    assert (bodies[0], bodies[999], bodies[1001], bodies[-1]) == ("0", "999", "1005", "2004")
    assert bodies[1000] == "5 lines are left out here; they stand in gw0.jsonl"
    assert len(lines(tmp_path / "gw0.jsonl")) == 2_005


def test_a_line_is_cut_after_it_was_masked(files: LogFiles, tmp_path: Path) -> None:
    """INVARIANT: no secret is cut in two, for its half would pass the mask."""
    body = "x" * ((1 << 16) - 2) + "hush" + "y" * 10
    files.handle(logging.LogRecord("shop", logging.INFO, "", 0, body, (), None))

    (line,) = lines(tmp_path / "gw0.jsonl")
    assert line["body"] == "x" * ((1 << 16) - 2) + "**... (11 characters more)"


def test_a_traceback_is_masked_too(files: LogFiles, tmp_path: Path) -> None:
    """An exception's text may hold what was sent."""
    LOGGER.error("broken", exc_info=ValueError("hush"))

    (line,) = lines(tmp_path / "gw0.jsonl")
    assert "ValueError: ***" in line["exception.stacktrace"]


def test_a_message_that_cannot_be_made_is_logged_as_it_was_given(
    files: LogFiles, tmp_path: Path
) -> None:
    """A test's mistake in its own logging is no reason to stop it."""
    files.handle(logging.LogRecord("shop", logging.INFO, "", 0, "%d of three", ("hush",), None))

    (line,) = lines(tmp_path / "gw0.jsonl")
    assert line["body"] == "%d of three ('***',)"


def test_a_log_that_cannot_be_written_says_so_once(
    files: LogFiles, tmp_path: Path, said: list[str]
) -> None:
    """The worker's own file goes on where only those of single tests cannot be made."""
    (tmp_path / "tests").write_text("a file where a folder should be")
    for name in ("test_a", "test_b"):
        files.begin(name, "a" * 32)
        LOGGER.info(name)
        files.end(Verdict.DEFECT)

    (sentence,) = said
    assert sentence.startswith(f"the log is no longer written to {tmp_path / 'tests'}")
    assert "verdicts are not affected" in sentence
    assert len(lines(tmp_path / "gw0.jsonl")) == 2


@pytest.mark.parametrize(
    "test_id",
    [
        pytest.param("tests/a.py::test_x[" + "/" * 3000 + "]", id="long"),
        pytest.param("tests/a\udcff.py::test_x", id="surrogate"),
        pytest.param("tests/ä.py::test_x[é\n\0]", id="control"),
        pytest.param("", id="empty"),
    ],
)
def test_names_of_files_are_short_and_plain(test_id: str) -> None:
    """A parametrized id may hold what no file system takes."""
    name = file_name(test_id)

    assert len(name) < 100
    assert name.replace("-", "").isalnum()
    assert name.isascii()


def test_names_of_files_are_unique() -> None:
    """Ids that look alike once shortened are told apart."""
    names = {file_name(f"tests/a.py::test_x[{'/' * 300}{number}]") for number in range(50)}

    assert len(names) == 50


@pytest.mark.parametrize(
    "event, body, attributes",
    [
        pytest.param(Noted("note", "words"), "words", {"redhanded.code": "note"}, id="note"),
        pytest.param(
            RunStarted("r", "w", 1.0, 7, "http://x", {}),
            "run started",
            {"url.full": "http://x", "redhanded.seed": 7},
            id="start",
        ),
        pytest.param(RunEnded("r", "w", 1.0, 0), "run ended", {"redhanded.exit_code": 0}, id="end"),
        pytest.param(
            ended(Verdict.SLOW, Finding(Verdict.SLOW, "latency.ceiling", "late")),
            "slow t",
            {"redhanded.verdict": "slow", "redhanded.codes": ["latency.ceiling"]},
            id="verdict",
        ),
        pytest.param(ended(None), "skipped t", {"redhanded.verdict": "skipped"}, id="skip"),
        pytest.param(
            attempted(ATTEMPT),
            "GET http://shop.test/x -> 200 in 12 ms",
            {"http.response.status_code": 200, "http.request.resend_count": 0},
            id="attempt",
        ),
        pytest.param(
            attempted(LOST),
            "GET http://shop.test/x -> refused in 12 ms",
            {
                "error.type": "ConnectError",
                "redhanded.row": "refused",
                "redhanded.wait.seconds": 0.5,
                "http.request.resend_count": 1,
            },
            id="lost-attempt",
        ),
    ],
)
def test_events_become_lines(
    files: LogFiles, tmp_path: Path, event: Event, body: str, attributes: dict[str, object]
) -> None:
    """One line an attempt, a verdict, a note and a run."""
    files(event)

    (line,) = lines(tmp_path / "gw0.jsonl")
    assert line["body"] == body
    assert line.items() >= attributes.items()


def test_the_begin_of_a_test_is_no_line(files: LogFiles, tmp_path: Path) -> None:
    """Its end tells all there is to tell."""
    files(TestStarted("t", "x", 1.0))

    assert lines(tmp_path / "gw0.jsonl") == []


def test_what_the_client_library_logs_is_masked_wherever_it_is_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It logs whole URLs; once the run is over, its loggers are as they were."""
    logs = ClientLogs(masked)
    client = logging.getLogger("httpx2")

    with caplog.at_level(logging.DEBUG, "httpx2"):
        logs.attach()
        client.info("HTTP Request: GET %s", "http://x/?q=hush")
        logs.detach()
        client.info("free %s", "hush")

    assert caplog.messages == ["HTTP Request: GET http://x/?q=***", "free hush"]
