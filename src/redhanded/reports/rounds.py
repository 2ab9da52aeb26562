"""What the spools tell of each test: its attempts a line each, what was lost, earlier rounds."""

from __future__ import annotations

from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from redhanded.pipeline.table import weather_row
from redhanded.reports.spool import read_spool
from redhanded.verdict.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_ATTEMPTS = 50
_LOST = 20
_OUT_OF_SIGHT = frozenset({"pass", "recovered"})


class Lost(NamedTuple):
    """An attempt that weather took, or a round that ended without a verdict."""

    cause: str
    message: str
    text: str = ""


@dataclass(slots=True)
class Rounds:
    """The rounds of one test in one process, the last of them told in full.

    `calls` holds what weather took in the calls of the round under way: it is lost only if another
    attempt of its call came afterwards.
    """

    trace_id: str = ""
    earlier: list[Lost] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    attempts: deque[str] = field(default_factory=lambda: deque(maxlen=_ATTEMPTS))
    count: int = 0
    ended: Mapping[str, Any] | None = None
    calls: dict[str, list[Lost]] = field(default_factory=dict)

    def start(self, event: Mapping[str, Any]) -> None:
        """A round begins; the one before, if there was any, is told in a line."""
        if self.ended is not None:
            self.earlier += _unfinished(self.ended)
        self.trace_id, self.ended = event["trace_id"], None
        self.lost.clear()
        self.calls.clear()

    def attempt(self, exchange: Mapping[str, Any], home: str) -> None:
        """An attempt of the round came to its end."""
        line = _told(exchange, home)
        self.count += 1
        self.attempts.append(line)
        self.lost += self.calls.pop(exchange["call_id"], ())
        row = weather_row(exchange["row"])
        if row is not None:
            message = line.partition(" ")[2]
            self.calls[exchange["call_id"]] = [Lost(row.cause, f"{row.failure}: {message}", line)]
        del self.lost[_LOST:]

    def lines(self) -> list[str]:
        """The attempts, those of earlier rounds included, and how many are not told."""
        before = self.count - len(self.attempts)
        return [*([f"... {before} attempts before"] if before else []), *self.attempts]


def read_rounds(spools: Iterable[Path], home: str = "") -> dict[tuple[str, str], Rounds]:
    """The rounds of each test by the worker that ran it and by its id.

    Of URLs at the origin of `home` the path is told. A spool that cannot be read tells nothing.
    """
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(home))
    return {
        (spool.stem, test_id): rounds
        for spool in spools
        for test_id, rounds in _of_worker(spool, origin).items()
    }


def _of_worker(spool: Path, home: str) -> dict[str, Rounds]:
    found: defaultdict[str, Rounds] = defaultdict(Rounds)
    with suppress(OSError):
        for event in read_spool(spool):
            if "test_id" in event:
                _take(event, home, found[event["test_id"]])
    return found


def _take(event: Mapping[str, Any], home: str, rounds: Rounds) -> None:
    match event["event"]:
        case "test_started":
            rounds.start(event)
        case "attempt_ended":
            rounds.attempt(event["exchange"], home)
        case "test_ended":
            rounds.ended = {"verdict": event["verdict"], "findings": event["findings"][:1]}


def _unfinished(ended: Mapping[str, Any]) -> list[Lost]:
    """What kept a round from its verdict; nothing where it had one and was run again all the same.

    A red round that another plugin ran again is told as well: a later success does not erase it.
    """
    if ended["verdict"] in _OUT_OF_SIGHT or not ended["findings"]:
        return []
    (finding,) = ended["findings"]
    verdict = finding["verdict"].replace("_", " ").upper()
    facts = "\n".join(finding["evidence"])
    return [Lost(finding["code"], f"{verdict} {finding['code']}: {finding['message']}", facts)]


def _told(exchange: Mapping[str, Any], home: str) -> str:
    """The attempt in a line: when, method, path, status or phase, time; its purpose, its wait."""
    minutes, seconds = divmod(exchange["started_at"] % 86_400, 60)
    hours, minutes = divmod(int(minutes), 60)
    failure, wait = exchange["failure"], exchange["wait"]
    outcome = f"no answer (phase {failure['phase']})" if failure else str(exchange["status"])
    purpose = "" if exchange["purpose"] == "test" else f", {exchange['purpose']}"
    waited = f", after {duration(wait['seconds'])} ({wait['reason']})" if wait["seconds"] else ""
    return (
        f"{hours:02}:{minutes:02}:{int(seconds):02}.{int(seconds * 1000) % 1000:03}Z "
        f"{exchange['method']} {_target(exchange['url'], home)} -> {outcome} "
        f"in {duration(exchange['elapsed'])}{purpose}{waited}"
    )


def _target(url: str, home: str) -> str:
    path = url.removeprefix(home)
    if len(path) == len(url) or path[:1] not in ("", "/", "?"):
        return url
    return path if path.startswith("/") else f"/{path}"
