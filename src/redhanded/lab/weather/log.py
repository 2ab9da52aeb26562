"""What happened, a line of JSON each: the faults, and the requests that reached the upstream."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from redhanded.lab.weather.wire import Request

FAULT: Final = "fault"
OVER: Final = "over"  # an outage has ended
UPSTREAM: Final = "upstream"
UNREACHABLE: Final = "unreachable"


@dataclass(slots=True)
class Log:
    """Lines that the operating system has as soon as they are written."""

    path: Path | None = None
    wall: Callable[[], float] = time.time
    counts: dict[str, int] = field(default_factory=dict)
    _file: IO[str] | None = None

    def __post_init__(self) -> None:
        if self.path is not None:
            self._file = self.path.open("a", encoding="utf-8")

    def write(self, event: str, request: Request | None = None, /, **fields: object) -> None:
        """Writes one line; a request adds what it is known by."""
        name = str(fields.get("code") or event) if event == FAULT else event
        self.counts[name] = self.counts.get(name, 0) + 1
        if self._file is None:
            return
        at = datetime.fromtimestamp(self.wall(), UTC).isoformat(timespec="microseconds")
        line = {"at": at, "event": event, **fields, **_known(request)}
        self._file.write(f"{json.dumps(line)}\n")
        self._file.flush()

    def close(self) -> None:
        """Writes no more."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _known(request: Request | None) -> dict[str, object]:
    if request is None:
        return {"method": None, "path": None, "episode": None, "trace_id": None}
    return {
        "method": request.method,
        "path": request.path,
        "episode": request.episode,
        "trace_id": request.trace_id,
    }
