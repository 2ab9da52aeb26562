"""What a session left behind: the verdicts that its user sees, and the evidence of its rounds."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redhanded.reports.spool import read_spool

RED = frozenset({"defect", "drift", "slow", "test_bug", "red"})
GREEN = frozenset({"pass", "recovered"})
_OURS = frozenset({"test"})
_DIAGNOSIS = frozenset({"canary", "probe"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One run of a test: when it was, and how it ended."""

    began: float
    ended: float
    verdict: str


@dataclass(slots=True)
class Evidence:
    """What the spools of a session tell."""

    rounds: dict[str, list[Round]] = field(default_factory=dict)
    requests: int = 0
    extra: int = 0

    def add(self, event: dict[str, Any]) -> None:
        """Take in one event."""
        match event:
            case {"event": "test_ended", "test_id": test, "at": at, "seconds": seconds}:
                verdict = event["verdict"] or "skipped"
                found = Round(began=at - seconds, ended=at, verdict=verdict)
                self.rounds.setdefault(test, []).append(found)
            case {"event": "attempt_ended", "exchange": {"purpose": purpose}}:
                self.requests += purpose in _OURS
                self.extra += purpose in _DIAGNOSIS
            case _:
                pass


def evidence(folder: Path) -> Evidence:
    """The evidence of a session in its folder."""
    found = Evidence()
    for spool in sorted(folder.glob("runs/*/spool/*.ndjson")):
        for event in read_spool(spool):
            found.add(event)
    return found


@dataclass(frozen=True, slots=True)
class Seen:
    """A test as its user sees it: a verdict of ours, or pytest's own word, and what it says."""

    verdict: str
    told: str = ""


def verdicts(junit: Path) -> dict[str, Seen]:
    """What the session's XML says of each test; nothing where the session wrote none."""
    try:
        tree = ET.parse(junit)  # noqa: S314  written by the session that we started
    except (OSError, ET.ParseError):
        return {}
    found: dict[str, list[Seen]] = {}
    for case in tree.iter("testcase"):
        found.setdefault(_test_id(case), []).append(_seen(case))
    return {test: _worst(all_seen) for test, all_seen in found.items()}


def _test_id(case: ET.Element) -> str:
    return f"{case.get('classname')}.py::{case.get('name')}"


def _seen(case: ET.Element) -> Seen:
    """One testcase: ours gives failures and errors the verdict as their type."""
    children = {child.tag: child for child in case}
    for tag in ("failure", "error"):
        if tag in children:
            return Seen(children[tag].get("type") or "red", children[tag].get("message") or "")
    if "flakyError" in children:
        return Seen("recovered", children["flakyError"].get("type") or "")
    return Seen("skipped" if "skipped" in children else "pass")


_RANK = ("defect", "drift", "slow", "test_bug", "red", "inconclusive", "recovered", "pass")


def _worst(seen: Sequence[Seen]) -> Seen:
    """Of a test's phases the worst; what was skipped says nothing beside another."""
    ranked = [each for each in seen if each.verdict in _RANK]
    return min(ranked or seen, key=lambda each: (*_RANK, each.verdict).index(each.verdict))
