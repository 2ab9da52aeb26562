"""What a run amounts to, as pytest's own process sees it: verdicts, exit code, last words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from redhanded.core.verdicts import Verdict, worst
from redhanded.plugin.verdicts import cause_of, verdict_of
from redhanded.reports.terminal import Line, summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.core.settings import Settings
    from redhanded.session.session import Session

INCONCLUSIVE_EXIT = 75  # EX_TEMPFAIL of sysexits.h: try again later


@dataclass(slots=True)
class Chronicle:
    """The verdicts of a run, gathered from the reports of all workers."""

    _verdicts: dict[str, Verdict] = field(default_factory=dict)
    _lines: list[Line] = field(default_factory=list)
    _skipped: set[str] = field(default_factory=set)
    _account: dict[str, Any] = field(
        default_factory=lambda: {"attempts": 0, "checks": 0, "masked": 0, "asked": 0, "notes": []}
    )
    _vacuous: str = ""
    _unjudged: bool = False

    def note(self, report: pytest.TestReport) -> None:
        """Take in one report; of a test's phases the worst verdict counts."""
        if report.skipped:
            self._skipped.add(report.nodeid)
            return
        verdict = verdict_of(report)
        if verdict is None and report.failed:
            self._unjudged = True
        if verdict is None and report.when != "call":
            return
        known = [self._verdicts[report.nodeid]] if report.nodeid in self._verdicts else []
        self._verdicts[report.nodeid] = worst([*known, verdict or Verdict.PASS])
        if verdict not in (None, Verdict.PASS):
            cause, headline = cause_of(report)
            self._lines.append(Line(report.nodeid, verdict, cause, headline))

    def merge(self, account: Mapping[str, Any]) -> None:
        """Add what one process knows."""
        for key, value in account.items():
            if isinstance(value, list):
                self._account[key] += [item for item in value if item not in self._account[key]]
            else:
                self._account[key] += value

    def counts(self) -> dict[Verdict, int]:
        """How many tests ended with each verdict, the worst first."""
        ended = list(self._verdicts.values())
        return {verdict: ended.count(verdict) for verdict in Verdict if verdict in ended}

    def exit_code(self, session: pytest.Session, settings: Settings) -> int:
        """The exit code of the run: red wins over inconclusive; nothing checked is not green."""
        code = int(session.exitstatus)
        if code == pytest.ExitCode.TESTS_FAILED and self._is_merely_inconclusive():
            return INCONCLUSIVE_EXIT
        if code != pytest.ExitCode.OK:
            return code
        self._vacuous = self._emptiness() if settings.vacuous == "refuse" else ""
        return int(pytest.ExitCode.NO_TESTS_COLLECTED) if self._vacuous else code

    def _is_merely_inconclusive(self) -> bool:
        verdicts = self._verdicts.values()
        red = self._unjudged or any(verdict.is_red for verdict in verdicts)
        return not red and Verdict.INCONCLUSIVE in verdicts

    def _emptiness(self) -> str:
        """Why a green run says nothing; empty where it says something."""
        if self._skipped and not self._verdicts:
            return "every test was skipped, so nothing was checked"
        if self._account["asked"] and not self._account["attempts"]:
            return "no request was sent, so nothing was checked"
        if self._account["attempts"] and not self._account["checks"]:
            return (
                "requests were sent and no answer was held against anything: "
                "use expect(...) or assert"
            )
        return ""

    def summarise(self, reporter: pytest.TerminalReporter, session: Session) -> None:
        """Write the section `redhanded` of the terminal's summary."""
        if not self._verdicts and not self._account["notes"] and not self._skipped:
            return
        reporter.section("redhanded")
        for line in summary(
            self.counts(),
            self._lines,
            self._account,
            folder=session.folder,
            seed=session.seed,
            vacuous=self._vacuous,
            is_quiet=reporter.config.get_verbosity() < 0,
        ):
            reporter.line(session.redactor.text(line))
