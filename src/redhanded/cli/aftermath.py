"""The aftermath of a storm: what was made, as the lab wrote it down, beside what the tests said."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from redhanded.reports.spool import read_spool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_OF_THE_API = frozenset({"defect", "drift", "slow"})
_RED = frozenset({*_OF_THE_API, "test_bug"})
_NAMED = 3


class Ending(NamedTuple):
    """How a test ended at last: `trace_id` is that of its last round."""

    test_id: str
    trace_id: str
    verdict: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """Faults by their code, the traces to which the planted bug was served, and all endings."""

    faults: Mapping[str, int]
    arrived: int
    served: Sequence[str]
    endings: Sequence[Ending] = field(default_factory=tuple)

    @classmethod
    def read(cls, *, weather: Path, served: Path, runs: Iterable[Path], url: str) -> Aftermath:
        """What the logs of the lab and the spools of the runs against that URL tell."""
        events = list(_lines(weather))
        spools = [spool for run in runs for spool in sorted((run / "spool").glob("*.ndjson"))]
        return cls(
            faults=Counter(line["code"] for line in events if line["event"] == "fault"),
            arrived=sum(line["event"] == "upstream" for line in events),
            served=[line["trace_id"] for line in _lines(served) if line["trace_id"]],
            endings=_endings(spools, url),
        )

    @property
    def caught(self) -> list[Ending]:
        """The tests that turned red by the planted bug: it was served to them."""
        return [one for one in self._red if self._is_caught(one)]

    @property
    def false_alarms(self) -> list[Ending]:
        """The tests that are red although no bug was served to them."""
        return [one for one in self._red if not self._is_caught(one)]

    @property
    def is_kept(self) -> bool:
        """Whether the promise held: the planted bug is the only red, and it was caught."""
        return bool(self.caught) and not self.false_alarms

    @property
    def _red(self) -> list[Ending]:
        return [one for one in self.endings if one.verdict in _RED]

    def _is_caught(self, one: Ending) -> bool:
        return one.verdict in _OF_THE_API and one.trace_id in self.served

    def told(self, bug: str) -> Iterator[str]:
        """What came of the storm and of the bug, a sentence or two each."""
        made = ", ".join(f"{code} {times}" for code, times in sorted(self.faults.items()))
        yield (
            f"The storm made {sum(self.faults.values())} faults ({made or 'none'});"
            f" {self.arrived} requests reached the API."
        )
        yield self._absorbed()
        yield f"The planted bug, {bug}, was {self._told_of_bug()}"
        yield from _named(self.caught)
        yield self._told_of_others()
        yield from _named(self.false_alarms)
        if self.is_kept:
            yield "pytest ends with 1 because a bug was caught, and this demo with 0 for that."

    def _absorbed(self) -> str:
        counts = Counter(one.verdict for one in self.endings)
        unjudged = counts["inconclusive"]
        left = f"{unjudged} could not be judged" if unjudged else "none was left unjudged"
        return (
            f"Of {_tests(len(self.endings))}, {counts['recovered']} met it and held all the same;"
            f" {left}."
        )

    def _told_of_bug(self) -> str:
        if not self.served:
            return "never served, so it could not be caught: let more tests call its route."
        times = f"served {len(self.served)} time{'' if len(self.served) == 1 else 's'}"
        if not self.caught:
            return f"{times} and NOT caught: no test that met it is red."
        return f"{times} and caught red-handed by {_tests(len(self.caught))}:"

    def _told_of_others(self) -> str:
        if self.false_alarms:
            return f"FALSE ALARM: {_tests(len(self.false_alarms))} red without having met the bug:"
        return f"No other test is red: 0 false alarms in {_tests(len(self.endings))}."


def keep(files: Iterable[Path], folder: Path) -> None:
    """Put what the lab wrote down beside the evidence of a run."""
    for file in files:
        if file.exists():
            shutil.copy2(file, folder)


def _endings(spools: Iterable[Path], url: str) -> list[Ending]:
    """How each test ended; of a test that was run again the last round counts."""
    last: dict[str, Mapping[str, Any]] = {}
    for spool in spools:
        events = list(read_spool(spool))
        if not any(event.get("base_url", "").rstrip("/") == url for event in events):
            continue  # of a run beside this one
        for event in (event for event in events if event["event"] == "test_ended"):
            before = last.get(event["test_id"])
            if event["verdict"] and (before is None or before["at"] <= event["at"]):
                last[event["test_id"]] = event
    return [_ending(event) for event in last.values()]


def _ending(event: Mapping[str, Any]) -> Ending:
    cause = event["findings"][0]["code"] if event["findings"] else ""
    return Ending(event["test_id"], event["trace_id"], event["verdict"], cause)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        yield from map(json.loads, filter(None, path.read_text("utf-8").splitlines()))


def _named(endings: Sequence[Ending]) -> Iterator[str]:
    """The first of these tests, each with its verdict and cause, and how many there are beside."""
    for one in endings[:_NAMED]:
        yield f"  {one.verdict.upper()} {one.cause}: {one.test_id}"
    if len(endings) > _NAMED:
        yield f"  and {len(endings) - _NAMED} more"


def _tests(count: int) -> str:
    return f"{count} test{'' if count == 1 else 's'}"
