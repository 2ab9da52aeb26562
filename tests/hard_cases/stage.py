"""The demo API behind the weather proxy: what a hard case is played on, and what it saw."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from redhanded.lab.process import Running
from redhanded.lab.weather.process import Running as Proxy

__all__ = ["BOOKING", "PATIENT", "Rule", "Stage"]

Rule = dict[str, Any]

BOOKING = {
    "firstname": "Ada",
    "lastname": "Byron",
    "totalprice": 111,
    "depositpaid": True,
    "bookingdates": {"checkin": "2031-05-02", "checkout": "2031-05-09"},
}
PATIENT = """
routes = ["GET /trading/instruments/{symbol}"]
requeue = { seconds = 4 }
breaker = { open = 0.1, longest = 0.4 }
recovered = { limit = 1.0, statuses_5xx = false }
timeouts = { connect = 2.0, read = 5.0, total = 10.0 }
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """The two servers, set up anew for each test; the proxy is what a suite calls."""

    lab: Running
    proxy: Proxy
    folder: Path

    @property
    def url(self) -> str:
        """What a suite calls."""
        return self.proxy.url

    def blow(self, *rules: Rule, seed: int = 0) -> None:
        """Begins this weather; without rules it is calm."""
        self.proxy.replan({"rules": rules}, log=self.folder / "weather.ndjson", seed=seed)

    def spoil(self, *defects: str, seed: int = 0) -> None:
        """Gives the API these defects, and takes all others from it."""
        self.lab.switch(*defects, seed=seed, served=self.folder / "served.ndjson")

    @property
    def faults(self) -> list[Rule]:
        """What struck, a line each."""
        return [line for line in _lines(self.folder / "weather.ndjson") if line["event"] == "fault"]

    @property
    def served(self) -> list[Rule]:
        """Which requests met a defect, a line each."""
        return _lines(self.folder / "served.ndjson")

    def arrived(self, method: str, path: str) -> list[Rule]:
        """The requests that reached the API past the proxy, by the beginning of their path."""
        return [
            line
            for line in _lines(self.folder / "weather.ndjson")
            if line["event"] == "upstream"
            and line["method"] == method
            and urlsplit(line["path"]).path.startswith(path)
        ]

    def sent_twice(self) -> list[str]:
        """The bodies of POST requests that reached the API more than once, by their digest."""
        bodies = Counter(line["body_sha"] for line in self.arrived("POST", "/booking"))
        return [digest for digest, times in bodies.items() if times > 1]

    def book(self, **other: object) -> int:
        """The id of a new booking, made past the proxy."""
        answer = httpx2.post(f"{self.lab.url}/booking", json=BOOKING | other, trust_env=False)
        return int(answer.json()["bookingid"])

    def rows(self, tag: str) -> int:
        """How many bookings the API has with the tag."""
        answer = httpx2.get(f"{self.lab.url}/booking", params={"tag": tag}, trust_env=False)
        return len(answer.json())


def _lines(path: Path) -> list[Rule]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
