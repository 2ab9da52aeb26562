"""The table of catches held against real sessions: each test it names, with and without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bench.catches import plays
from bench.catches.plays import NOTHING, Play
from bench.catches.sessions import Seen
from bench.catches.table import Catch
from bench.figures import Figure
from redhanded.lab.defects.table import DEFECTS

_SESSIONS = 4  # at least: in one, too many defects would look like an outage


@dataclass(slots=True)
class Checked:
    """What the sessions showed of the table's rows."""

    table: Mapping[str, Catch]
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    alone: dict[str, str] = field(default_factory=dict)
    correct: int = 0

    def add(self, play: Play, seen: Seen | None) -> None:
        """Take in what became of a test."""
        got = seen.verdict if seen else "not run"
        if play.switch == NOTHING:
            self.correct += 1
            if got != "pass":
                self.alone[play.test] = got
            return
        code = play.switch.partition(":")[0]
        if got != self.table[code].verdict:
            self.wrong[code].append(f"{got}: {play.test}")
        elif seen and not seen.served:
            self.wrong[code].append(f"{got}, without the defect: {play.test}")

    def untold(self) -> Iterator[str]:
        """What the table itself lacks, whatever the sessions show."""
        for code, catch in self.table.items():
            if not catch.tests:
                yield f"{code} is caught by no test"
            elif code not in DEFECTS:
                yield f"there is no {code}"
            elif catch.verdict != DEFECTS[code].verdict:
                yield f"{code} is due as {DEFECTS[code].verdict}, not as {catch.verdict}"

    def lines(self) -> Iterator[str]:
        """What is wrong, a line each."""
        yield from self.untold()
        for code in self.table:
            for said in self.wrong.get(code, ()):
                yield f"{code} ({DEFECTS[code].title}) is due as {self.table[code].verdict}; {said}"
        for test, got in self.alone.items():
            yield f"{got} without any defect: {test}"

    def figures(self) -> Iterator[Figure]:
        """How many defects are caught, and how many tests hold without any."""
        table = self.table.values()
        caught = sum(bool(each.tests) and each.code not in self.wrong for each in table)
        named = sum(len(each.tests) for each in table)
        yield Figure(
            name="defects that turn an example red with the right verdict",
            measured=f"{caught} of {len(self.table)}, by {named} tests",
            goal="all",
            is_met=caught == len(self.table) and not any(self.untold()),
        )
        yield Figure(
            name="of these tests, green where there is no defect",
            measured=f"{self.correct - len(self.alone)} of {self.correct}",
            goal="all",
            is_met=not self.alone and self.correct > 0,
        )


def checked(table: Mapping[str, Catch], *, lanes: int) -> Checked:
    """What real sessions show of the table."""
    found = Checked(table)
    sessions = plays.batches(plays.plays(table.values()), least=_SESSIONS)
    for play, seen in plays.results(sessions, lanes):
        found.add(play, seen)
    return found
