"""The seven verdicts, and what a verdict rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redhanded.core.violation import Violation


class Verdict(StrEnum):
    """What the run of one test means; members are ordered from the worst to the best."""

    DEFECT = "defect"
    DRIFT = "drift"
    SLOW = "slow"
    TEST_BUG = "test_bug"
    INCONCLUSIVE = "inconclusive"
    RECOVERED = "recovered"
    PASS = "pass"  # noqa: S105  a verdict, not a password

    @property
    def is_red(self) -> bool:
        """Whether this verdict blocks: a real bug, in the API or in the test."""
        return self in _RED

    @property
    def letter(self) -> str:
        """One character for the progress line; never the only sign beside colour."""
        return _LETTERS[self]


_RED = frozenset({Verdict.DEFECT, Verdict.DRIFT, Verdict.SLOW, Verdict.TEST_BUG})
_LETTERS = {
    Verdict.DEFECT: "D",
    Verdict.DRIFT: "C",
    Verdict.SLOW: "S",
    Verdict.TEST_BUG: "T",
    Verdict.INCONCLUSIVE: "I",
    Verdict.RECOVERED: "R",
    Verdict.PASS: ".",
}


_RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}


def worst(verdicts: list[Verdict]) -> Verdict:
    """The verdict that speaks for all of them; `pass` where there is none."""
    return min(verdicts, key=_RANKS.__getitem__, default=Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach with its evidence; `code` is a cause that `redhanded explain` knows.

    `confidence` says in words how sure it is, where that is not plain from the verdict.
    """

    verdict: Verdict
    code: str
    message: str
    attempt_id: str = ""
    violations: tuple[Violation, ...] = ()
    evidence: tuple[str, ...] = ()
    confidence: str = ""

    def also(self, *facts: str) -> Finding:
        """The same finding with more evidence."""
        return replace(self, evidence=(*self.evidence, *facts))

    def excused(self, code: str, *facts: str) -> Finding:
        """Another finding on the same thing: not judged, by this cause and these facts."""
        return replace(self, verdict=Verdict.INCONCLUSIVE, code=code).also(*facts)
