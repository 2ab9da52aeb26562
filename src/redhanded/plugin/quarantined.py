"""Quarantined tests in pytest's reports: what an entry covers becomes an expected failure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from redhanded.core.verdicts import Verdict, worst
from redhanded.plugin.quarantine import COVERED, OPEN, OVER, OWNER, REASON, STATE, UNTIL
from redhanded.plugin.verdicts import cause_of, is_final, verdict_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

_HELD = frozenset({Verdict.PASS, Verdict.RECOVERED})
_TESTS = 3


def cover(report: pytest.TestReport) -> None:
    """Make pytest's xfailed of a failure that its test's quarantine covers."""
    told = dict(report.user_properties)
    if report.failed and told.get(STATE) == OPEN and verdict_of(report) in COVERED:
        entry = f"quarantined by {told[OWNER]} until {told[UNTIL]}: {told[REASON]}"
        report.outcome = "skipped"
        report.wasxfail = f"{entry}: {cause_of(report)[1]}"


def is_covered(report: pytest.TestReport | pytest.CollectReport) -> bool:
    """Whether a failure does not block because its test is quarantined."""
    return hasattr(report, "wasxfail") and verdict_of(report) in COVERED


class _Entry(NamedTuple):
    """A quarantined test: its worst verdict so far, who mends it, and until when."""

    verdict: Verdict
    state: str
    until: str
    owner: str
    headline: str

    @property
    def is_covered(self) -> bool:
        """Whether it did not hold, and does not block."""
        return self.state == OPEN and self.verdict in COVERED


@dataclass(slots=True)
class Quarantined:
    """The quarantined tests of a run that came to a verdict, gathered from all reports."""

    _entries: dict[str, _Entry] = field(default_factory=dict)

    def note(self, report: pytest.TestReport) -> None:
        """Take in one report; of a test's phases the worst verdict counts."""
        told, verdict = dict(report.user_properties), verdict_of(report)
        is_judged = is_final(report) and (report.when == "call" or verdict is not None)
        if STATE not in told or not is_judged:
            return
        verdict, known = verdict or Verdict.PASS, self._entries.get(report.nodeid)
        if known is None or worst([known.verdict, verdict]) is not known.verdict:
            state, until, owner = (str(told[name]) for name in (STATE, UNTIL, OWNER))
            entry = _Entry(verdict, state, until, owner, cause_of(report)[1])
            self._entries[report.nodeid] = entry

    @property
    def covered(self) -> frozenset[str]:
        """The tests that did not hold, and do not block."""
        return frozenset(name for name, entry in self._entries.items() if entry.is_covered)

    def lines(self, name: Callable[[str], str], *, are_all_named: bool = False) -> Iterator[str]:
        """What became of them, and when the next entry ends; then what was covered, by name."""
        if not self._entries:
            return
        yield f"{len(self._entries)} quarantined: {'; '.join([self._outcome(), *self._ends()])}"
        covered = sorted(self.covered)
        shown = covered if are_all_named else covered[:_TESTS]
        for test_id in shown:
            yield f"    {name(test_id)}: {self._entries[test_id].headline}"
        if len(covered) > len(shown):
            yield f"    + {len(covered) - len(shown)} more"

    def _outcome(self) -> str:
        verdicts = [entry.verdict for entry in self._entries.values()]
        fallen = Counter(verdict for verdict in verdicts if verdict not in _HELD)
        held = len(verdicts) - fallen.total()
        if not fallen:
            return f"{held} held"
        kinds = [f"{fallen[verdict]} {verdict}" for verdict in Verdict if verdict in fallen]
        told = ", ".join(kinds) if len(kinds) > 1 else next(iter(fallen))
        return f"{held} held, {fallen.total()} did not ({told})"

    def _ends(self) -> Iterator[str]:
        ends = sorted((entry.state, entry.until, entry.owner) for entry in self._entries.values())
        over = [(until, owner) for state, until, owner in ends if state == OVER]
        if over:
            yield f"{len(over)} over since {over[0][0]} ({over[0][1]})"
        for state, until, owner in ends:
            if state == OPEN:
                yield f"next expiry {until} ({owner})"
                return
