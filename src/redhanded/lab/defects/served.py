"""The file that says which defect was served, when and to whom: one line of JSON each time."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from redhanded.lab.auth import Clock
from redhanded.lab.defects.asked import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Where each serving is written; nowhere without a path."""

    path: Path | None
    clock: Clock
    _counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, code: str) -> int:
        """How often the defect was served."""
        with self._lock:
            return self._counts[code]

    def write(self, code: str, asked: Asked) -> None:
        """Adds a line, which is on its way to the disk before the answer is on the wire."""
        with self._lock:
            self._counts[code] += 1
            if self.path is None:
                return
            line = {
                "at": self.clock(),
                "code": code,
                "n": self._counts[code],
                "method": asked.method,
                "path": asked.path,
                "episode": asked.episode,
                "trace_id": asked.trace_id,
            }
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(line)}\n")
