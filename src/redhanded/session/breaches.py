"""What the tests of a run broke of its contracts, as the spools tell it: each cause once."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from redhanded.core.violation import Violation
from redhanded.reports.spool import read_spool
from redhanded.session.berth import spools_of
from redhanded.session.breach_causes import BreachCause, cause_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_MARK = b'"event":"breached"'


@dataclass(slots=True)
class Breach:
    """One cause in a run: `count` answers of `tests` show it, the first of them in `attempt_id`.

    `passed` says why no test fails of it; empty where one does.
    """

    cause: BreachCause
    contract: str
    kind: Literal["code", "document"]
    violation: Violation
    attempt_id: str
    passed: str
    count: int = 0
    tests: list[str] = field(default_factory=list)


def breaches_in(*folders: Path) -> list[Breach]:
    """The breaches in the runs whose folders those are, those of most answers first.

    Of a test that was run again its latest round counts.
    """
    found: dict[tuple[str, BreachCause, str], Breach] = {}
    for event in _latest([spool for each in folders for spool in spools_of(each)]):
        with suppress(KeyError, TypeError):
            breach = _read(event)
            known = found.setdefault((breach.contract, breach.cause, breach.passed), breach)
            known.count += event["count"]
            known.tests += [event["test_id"]] * (event["test_id"] not in known.tests)
    return sorted(found.values(), key=lambda breach: (-breach.count, breach.cause))


def _latest(spools: Iterable[Path]) -> Iterator[Mapping[str, Any]]:
    """The events of breaches, without those of rounds that were not the last of their test."""
    rounds: dict[str, int] = {}
    told: defaultdict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
    for spool in spools:
        now: dict[str, int] = {}
        for event in read_spool(spool) if _holds_one(spool) else ():
            test = event.get("test_id", "")
            if event.get("event") == "test_started":
                now[test] = event.get("round", 0)
                rounds[test] = max(rounds.get(test, 0), now[test])
                told[test, now[test]].clear()  # another plugin runs a test again in one round
            elif event.get("event") == "breached":
                told[test, now.get(test, 0)].append(event)
    for (test, number), events in told.items():
        if number == rounds.get(test, 0):
            yield from events


def _read(event: Mapping[str, Any]) -> Breach:
    violation = Violation(**event["violation"])
    return Breach(
        cause_of(event["operation"], violation),
        event["contract"],
        event["kind"],
        violation,
        event["attempt_id"],
        event["passed"],
    )


def _holds_one(spool: Path) -> bool:
    """Whether that spool tells of one, without reading all that it says."""
    with suppress(OSError), spool.open("rb") as lines:
        return any(_MARK in line for line in lines)
    return False
