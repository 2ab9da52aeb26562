"""What earlier rounds of a test showed: a later success does not erase an earlier failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from redhanded.core.verdicts import Finding, Verdict
from redhanded.plugin import blocked
from redhanded.session.scenes import route
from redhanded.verdict.words import headline

if TYPE_CHECKING:
    from redhanded.session.session import Session
    from redhanded.session.test_run import TestRun

OF_THE_API = frozenset({Verdict.DEFECT, Verdict.DRIFT, Verdict.SLOW})
_HARMLESS = frozenset({Verdict.PASS, Verdict.RECOVERED})
_RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The rounds of a test that are over: how many, the worst finding, and a line for each.

    `rerunner` names the plugin that may run the test again; empty where we do so ourselves.
    `route` is what the finding is about.
    """

    rounds: int
    finding: Finding
    lines: tuple[str, ...]
    met_server_error: bool = False
    rerunner: str = ""
    route: str = ""

    @property
    def was_red(self) -> bool:
        """Whether a round showed a fault of the API, which another plugin then ran green."""
        return bool(self.rerunner) and self.finding.verdict in OF_THE_API

    def recovery(self) -> Finding:
        """What it means that the test held this time."""
        first = self.finding
        if self.rerunner:
            code = "run.foreign_rerun"
            met = f"{first.verdict} {first.code}"
            message = f"{met} at first, then held when {self.rerunner} ran it again"
        else:
            code = first.code
            message = f"{first.message}; then held when it was run again"
        return Finding(Verdict.RECOVERED, code, message, evidence=(first.message, *first.evidence))


EARLIER: pytest.StashKey[Earlier] = pytest.StashKey()


def remember(item: pytest.Item, run: TestRun, rerunner: str, session: Session) -> None:
    """Keep what a round of the test showed, should the test be run again."""
    findings = [found for found in run.findings if found.verdict not in _HARMLESS]
    was_begun = run.scope.calls or not any(found.code == blocked.CODE for found in findings)
    if not findings or not was_begun:
        return
    before = item.stash.get(EARLIER, None)
    worst = min(
        [before.finding, *findings] if before else findings,
        key=lambda found: _RANKS[found.verdict],
    )
    is_known = before is not None and worst is before.finding
    line = f"round {run.round + 1}: {headline(findings[0])}"
    item.stash[EARLIER] = Earlier(
        rounds=run.round + 1,
        finding=worst,
        lines=(*(before.lines if before else ()), line),
        met_server_error=run.met_server_error or bool(before and before.met_server_error),
        rerunner=rerunner,
        route=before.route if before and is_known else route(worst, run, session),
    )


def earlier_of(item: pytest.Item) -> Earlier | None:
    """What earlier rounds of the test showed; None where this is the first."""
    return item.stash.get(EARLIER, None)
