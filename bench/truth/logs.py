"""What the proxy and the API say that they did, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """A weather that somebody met; an outage has no request, and lasts until its end."""

    at: float
    until: float
    code: str
    episode: str | None
    route: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A request that reached the API."""

    episode: str | None
    route: tuple[str, str]
    body: str | None
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A wrong answer, or a wrong deed, of a defect."""

    code: str
    episode: str | None
    route: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """All that was logged in a session."""

    strikes: tuple[Strike, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    servings: tuple[Serving, ...] = ()


def read(weather: Path, served: Path) -> Logs:
    """The logs of a session; a file that is not there holds nothing."""
    lines = list(_lines(weather))
    return Logs(
        strikes=tuple(_strikes(lines)),
        arrivals=tuple(_arrival(line) for line in lines if line["event"] == "upstream"),
        servings=tuple(map(_serving, _lines(served))),
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)


def _strikes(lines: list[dict[str, Any]]) -> Iterator[Strike]:
    for number, line in enumerate(lines):
        if line["event"] == "fault":
            yield Strike(
                at=_seconds(line["at"]),
                until=_end(line, lines[number:]),
                code=line["code"],
                episode=line["episode"],
                route=line["method"] and (line["method"], line["path"]),
            )


def _end(fault: dict[str, Any], later: list[dict[str, Any]]) -> float:
    """When a fault is over: of an outage when the proxy says so, of a request at once."""
    if fault["method"]:
        return _seconds(fault["at"])
    ends = (_seconds(line["at"]) for line in later if line["event"] == "over")
    return next(ends, float("inf"))


def _arrival(line: dict[str, Any]) -> Arrival:
    route = (line["method"], line["path"])
    return Arrival(
        episode=line["episode"], route=route, body=line["body_sha"], status=line["status"]
    )


def _serving(line: dict[str, Any]) -> Serving:
    return Serving(code=line["code"], episode=line["episode"], route=(line["method"], line["path"]))


def _seconds(at: float | str) -> float:
    return at if isinstance(at, int | float) else datetime.fromisoformat(at).timestamp()
