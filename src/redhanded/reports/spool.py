"""The spool: every event of one process as a line of JSON, handed to the system at once.

A killed process loses nothing that it had written; its spool only lacks the closing `run_ended`.
Each worker has a spool of its own, and evidence never travels between processes.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from redhanded.core.events import (
    AttemptEnded,
    Breached,
    Concluded,
    Covered,
    Described,
    Event,
    Examined,
    Noted,
    RemovalFailed,
    Reported,
    RunEnded,
    RunStarted,
    Sampled,
    Stepped,
    TestEnded,
    TestStarted,
    Tracked,
    Turned,
)
from redhanded.reports.lines import Lines, encoded, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from redhanded.reports.lines import Bytes

VERSION = 1

_NAMES: dict[type[Event], str] = {
    RunStarted: "run_started",
    Described: "described",
    TestStarted: "test_started",
    Stepped: "stepped",
    AttemptEnded: "attempt_ended",
    Examined: "examined",
    Tracked: "tracked",
    Turned: "turned",
    Sampled: "sampled",
    TestEnded: "test_ended",
    RemovalFailed: "removal_failed",
    Breached: "breached",
    Covered: "covered",
    Reported: "reported",
    Concluded: "concluded",
    Noted: "noted",
    RunEnded: "run_ended",
}


def name_of(kind: type[Event]) -> str:
    """What a spool calls an event of that kind."""
    return _NAMES[kind]


def line_of(event: Event) -> str:
    """The event as a line of a spool, without its end."""
    return encoded(record(event))


def record(event: Event) -> dict[str, Any]:
    """The event as JSON values; `event` names it, `v` tells the format's version."""
    return {"v": VERSION, "event": _NAMES[type(event)], **_fields(event)}


def _fields(event: Event) -> dict[str, Any]:
    # The events of each test are taken apart by hand: asdict() walks and copies at ten times the
    # cost, and a run of a thousand tests has three thousand of them.
    if isinstance(event, AttemptEnded):
        return {
            "test_id": event.test_id,
            "operation": event.operation,
            "stall": event.stall,
            "step": event.step,
            "exchange": event.exchange.record(),
        }
    if isinstance(event, TestEnded | TestStarted | Sampled | Stepped | Reported):
        fields = {name: getattr(event, name) for name in event.__slots__}
        if fields.get("findings"):
            fields["findings"] = [asdict(finding) for finding in fields["findings"]]
        return fields
    return asdict(event)


class Spool:
    """Appends events to a file; `lost` counts those for which the disk had no room."""

    def __init__(
        self,
        path: Path,
        complain: Callable[[str], None],
        *,
        open_: Callable[[Path], Bytes] = opened,
    ) -> None:
        self._lines = Lines(path, complain, what="evidence", open_=open_)

    @property
    def lost(self) -> int:
        """How many events are not in the file."""
        return self._lines.lost

    def __call__(self, event: Event) -> None:
        """Write one event down."""
        self._lines.append(line_of(event))

    def close(self) -> None:
        """Close the file."""
        self._lines.close()


def read_spool(path: Path, *, holding: bytes = b"") -> Iterator[dict[str, Any]]:
    """The events of a spool, oldest first; a line that a kill or Ctrl-C tore is left out.

    Only lines that hold those bytes are parsed: of a long run, few are of any one kind.
    """
    with path.open("rb") as lines:
        for line in lines:
            if holding in line and line.endswith(b"\n") and (event := _parsed(line)) is not None:
                yield event


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        event: Any = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None  # a folder may hold anything
