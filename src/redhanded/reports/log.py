"""The log: one JSON object a line, with trace context, a file a worker and one a failed test.

Field names follow OpenTelemetry's "Trace Context in non-OTLP Log Formats": `trace_id`, `span_id`
and `trace_flags` stand at the top, attributes are dotted.
"""

from __future__ import annotations

import logging
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from redhanded.core.events import AttemptEnded, Event, Noted, RunEnded, RunStarted, TestEnded
from redhanded.core.verdicts import Verdict
from redhanded.reports.excerpt import Excerpt
from redhanded.reports.lines import Lines, encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from redhanded.core.exchange import Exchange

FOLDER: Final = "logs"
"""The folder of a run's logs, within its own."""

LOGGER = logging.getLogger("redhanded")
LOGGER.addHandler(logging.NullHandler())

# Each by its name: a filter holds for the records of its own logger, not of those below it.
_CLIENT_LOGGERS = (
    "httpx2",
    *(f"httpcore2.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
)
_TESTS = "tests"
_LONGEST = 1 << 16  # characters of what was said in one line
_QUIET = frozenset({None, Verdict.PASS, Verdict.RECOVERED})


@dataclass(slots=True)
class Context:
    """What every line of a process carries: the run, and the test under way."""

    run_id: str
    worker: str
    test_id: str = ""
    trace_id: str = ""

    def attributes(self) -> dict[str, str]:
        """The fields of a line, without those that say nothing now."""
        fields = {
            "trace_id": self.trace_id,
            "trace_flags": "01" if self.trace_id else "",
            "run.id": self.run_id,
            "run.worker": self.worker,
            "test.case.name": self.test_id,
        }
        return {name: value for name, value in fields.items() if value}


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON, masked."""

    def __init__(self, context: Context, mask: Callable[[str], str]) -> None:
        super().__init__()
        self._context = context
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        more = {}
        if record.exc_info:
            more["exception.stacktrace"] = self._mask(self.formatException(record.exc_info))
        return self.line(record.created, record.levelname, _message(record), record.name, more)

    def line(
        self, created: float, level: str, body: str, logger: str, more: Mapping[str, Any]
    ) -> str:
        """The line of something that was said at `created`, in seconds since the epoch."""
        moment = datetime.fromtimestamp(created, UTC)
        return encoded(
            {
                "timestamp": moment.isoformat(timespec="microseconds"),
                "severity_text": level,
                "body": _shown(self._mask(body)),
                **self._context.attributes(),
                "logger": logger,
                **more,
            }
        )


def _shown(body: str) -> str:
    """What was said, as far as anybody reads it; masked before, for half a secret is none."""
    more = len(body) - _LONGEST
    return body if more <= 0 else f"{body[:_LONGEST]}... ({more} characters more)"


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  what a test hands to its logger may do anything
        return f"{record.msg} {record.args}"


class ClientLogs(logging.Filter):
    """Masks what the client library logs by itself, wherever it is shown: it logs whole URLs."""

    def __init__(self, mask: Callable[[str], str]) -> None:
        super().__init__()
        self._mask = mask

    def filter(self, record: logging.LogRecord) -> bool:
        """True: the record is shown, masked."""
        record.msg, record.args = self._mask(_message(record)), ()
        return True

    def attach(self) -> None:
        """Mask from now on."""
        for name in _CLIENT_LOGGERS:
            logging.getLogger(name).addFilter(self)

    def detach(self) -> None:
        """Leave the client library's loggers as they were."""
        for name in _CLIENT_LOGGERS:
            logging.getLogger(name).removeFilter(self)


class LogFiles(logging.Handler):
    """Writes each line to the worker's file, and the lines of a failed test to one of its own."""

    def __init__(
        self,
        folder: Path,
        context: Context,
        mask: Callable[[str], str],
        complain: Callable[[str], None],
    ) -> None:
        super().__init__(logging.INFO)
        self._json = JsonFormatter(context, mask)
        self.setFormatter(self._json)
        self._folder = folder
        self._context = context
        self._complain = complain
        self._of_test = Excerpt()
        self._keeps = True
        self._lines = self._opened(folder / f"{context.worker}.jsonl")

    def _opened(self, path: Path) -> Lines:
        return Lines(path, self._complain, what="the log")

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record down."""
        self._write(self.format(record))

    def _write(self, line: str) -> None:
        if self._context.test_id:
            self._of_test.append(line)
        self._lines.append(line)

    def __call__(self, event: Event) -> None:
        """Write an event down: one line an attempt, a verdict, a note and a run."""
        told = _told(event)
        if told is not None:
            # Not through a logger: pytest would show each line again under a failure.
            line = self._json.line(time.time(), told.level, told.body, LOGGER.name, told.attributes)
            self._write(line)

    def begin(self, test_id: str, trace_id: str) -> None:
        """From now on lines belong to this test."""
        self._context.test_id, self._context.trace_id = test_id, trace_id
        self._of_test.clear()

    def end(self, verdict: Verdict | None) -> None:
        """The test is over; its lines are kept apart unless it passed or was skipped."""
        if verdict not in _QUIET and self._keeps and not self._lines.lost:
            self._keeps = self._keep()
        self._context.test_id = self._context.trace_id = ""
        self._of_test.clear()

    def _keep(self) -> bool:
        """Whether the lines of the test stand in a file of their own."""
        folder = self._folder / _TESTS
        with suppress(OSError):  # then the file cannot be opened either, which is told
            folder.mkdir(exist_ok=True)
        kept = self._opened(folder / f"{file_name(self._context.test_id)}.jsonl")
        for line in self._of_test.lines(self._gap):
            kept.append(line)
        kept.close()
        return not kept.lost

    def _gap(self, count: int) -> str:
        said = f"{count} lines are left out here; they stand in {self._lines.path.name}"
        return self._json.line(time.time(), "INFO", said, LOGGER.name, {})

    def close(self) -> None:
        """Close the worker's file."""
        self._lines.close()
        super().close()


def file_name(test_id: str) -> str:
    """A name that every file system takes and that still tells the test; unique by its digest."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", test_id).strip("-")[-80:]
    digest = blake2b(test_id.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{words}-{digest}"


class _Told(NamedTuple):
    body: str
    attributes: dict[str, Any]
    level: str = "INFO"


def _told(event: Event) -> _Told | None:
    """What the log says of an event; None where it says nothing."""
    match event:
        case AttemptEnded(_, exchange):
            return _told_attempt(exchange)
        case TestEnded():
            codes = sorted({finding.code for finding in event.findings})
            verdict = str(event.verdict or "skipped")
            said: dict[str, Any] = {"redhanded.verdict": verdict}
            return _Told(
                f"{verdict} {event.test_id}",
                {**said, "redhanded.codes": codes} if codes else said,
            )
        case Noted(code, message):
            return _Told(message, {"redhanded.code": code}, "WARNING")
        case RunStarted():
            said = {"url.full": event.base_url, "redhanded.seed": event.seed}
            return _Told("run started", said)
        case RunEnded():
            return _Told("run ended", {"redhanded.exit_code": event.exit_code})
    return None


def _told_attempt(exchange: Exchange) -> _Told:
    outcome, spent = exchange.status or exchange.row, exchange.elapsed * 1000
    attributes: dict[str, Any] = {
        "span_id": exchange.id,
        "http.request.method": exchange.method,
        "url.full": exchange.url,
        "http.response.status_code": exchange.status,
        "http.request.resend_count": exchange.number - 1,
    }
    if exchange.failure is not None:
        attributes["error.type"] = exchange.failure.error
    if exchange.row:
        attributes["redhanded.row"] = exchange.row
    if exchange.wait.seconds:
        attributes["redhanded.wait.seconds"] = exchange.wait.seconds
    return _Told(f"{exchange.method} {exchange.url} -> {outcome} in {spent:.0f} ms", attributes)
