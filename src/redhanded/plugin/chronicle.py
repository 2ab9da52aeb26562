"""What a run amounts to, as pytest's own process sees it: verdicts, exit code, last words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pytest

from redhanded.core.verdicts import Verdict, worst
from redhanded.plugin.leads import lead_of
from redhanded.plugin.places import typed, typed_id
from redhanded.plugin.quarantined import Quarantined
from redhanded.plugin.verdicts import (
    cause_of,
    is_beside,
    is_final,
    met_server_error,
    trace_of,
    verdict_of,
    was_red,
)
from redhanded.plugin.writable import writable
from redhanded.reports.account import Account
from redhanded.reports.groups import Line, grouped
from redhanded.reports.terminal import Ending, details

if TYPE_CHECKING:
    from redhanded.core.settings import Settings
    from redhanded.plugin.signals import Signals
    from redhanded.reports.terminal import Lead
    from redhanded.session.session import Session

_HELD = (Verdict.PASS, Verdict.RECOVERED)
INCONCLUSIVE_EXIT = 75  # EX_TEMPFAIL of sysexits.h: try again later
_NOTHING_ASSERTED = (
    "requests were sent and no answer was held against anything: use expect(...) or assert"
)
_QUARANTINED = (
    "every test that was run is quarantined, and none of them held, so nothing was checked"
)


@dataclass(slots=True)
class Chronicle:
    """The verdicts of a run, gathered from the reports of all workers."""

    signals: Signals
    account: Account = field(default_factory=Account)
    quarantined: Quarantined = field(default_factory=Quarantined)
    contracts: list[str] = field(default_factory=list)
    paces: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    shortfall: str = ""
    leaks: list[str] = field(default_factory=list)
    _verdicts: dict[str, Verdict] = field(default_factory=dict)
    _lines: list[Line] = field(default_factory=list)
    _skipped: set[str] = field(default_factory=set)
    _unjudged: set[str] = field(default_factory=set)
    _server_errors: set[str] = field(default_factory=set)
    _red_at_first: set[str] = field(default_factory=set)
    _beside: set[str] = field(default_factory=set)
    _traces: dict[str, str] = field(default_factory=dict)
    _refusal: str = ""

    def note(self, report: pytest.TestReport) -> None:
        """Take in one report; of a test's phases the worst verdict counts."""
        verdict = verdict_of(report)
        self.quarantined.note(report)
        if hasattr(report, "wasxfail") or not is_final(report):
            return
        if report.skipped:
            self._skipped.add(report.nodeid)
        elif verdict is not None:
            if is_beside(report):
                self._beside.add(report.nodeid)
            else:
                self._count(report.nodeid, verdict)
            self._lines.append(Line(report.nodeid, verdict, *cause_of(report)))
            self._traces[report.nodeid] = trace_of(report)
            self._server_errors.update([report.nodeid] if met_server_error(report) else [])
            self._red_at_first.update([report.nodeid] if was_red(report) else [])
        elif report.failed:
            self._unjudged.add(report.nodeid)
        elif report.when == "call":
            self._count(report.nodeid, Verdict.PASS)

    def note_collection(self, report: pytest.CollectReport) -> None:
        """Take in a module that could not be collected: no verdict speaks of its tests."""
        if report.failed:
            self._unjudged.add(report.nodeid)

    def _count(self, test_id: str, verdict: Verdict) -> None:
        known = self._verdicts.get(test_id, verdict)
        self._verdicts[test_id] = worst([known, verdict])

    def counts(self) -> dict[Verdict, int]:
        """How many tests ended with each verdict, the worst first."""
        covered = self.quarantined.covered  # what held in another phase of the same test is none
        ended = [verdict for name, verdict in self._verdicts.items() if name not in covered]
        return {verdict: ended.count(verdict) for verdict in Verdict if verdict in ended}

    def count_red(self) -> int:
        """How many tests are red so far."""
        return sum(count for verdict, count in self.counts().items() if verdict.is_red)

    def told(self) -> dict[str, tuple[str, str]]:
        """The verdict of each test, and its cause where it did not simply pass.

        A test that its quarantine covers is known by its evidence alone.
        """
        causes = {(line.test_id, line.verdict): line.cause for line in reversed(self._lines)}
        covered = self.quarantined.covered
        return {
            test_id: (str(verdict), causes.get((test_id, verdict), ""))
            for test_id, verdict in self._verdicts.items()
            if test_id not in covered
        }

    def exit_code(self, session: pytest.Session, settings: Settings) -> int:
        """The exit code of the run: red wins over inconclusive; nothing checked is not green."""
        code, refused = int(session.exitstatus), pytest.ExitCode.TESTS_FAILED
        if code == pytest.ExitCode.INTERRUPTED and self.signals.stopped:
            self._refusal = f"the run was stopped by {self.signals.stopped} before its end"
            return self.signals.exit_code
        is_controller = session.config.pluginmanager.has_plugin("dsession")
        if code == pytest.ExitCode.INTERRUPTED and session.shouldfail and is_controller:
            code = pytest.ExitCode.TESTS_FAILED  # so xdist stops at the limit of failures
        if code == pytest.ExitCode.TESTS_FAILED and self._is_merely_inconclusive():
            code, refused = INCONCLUSIVE_EXIT, pytest.ExitCode.TESTS_FAILED
        if code in (pytest.ExitCode.OK, INCONCLUSIVE_EXIT):
            self._refusal = self._weather(settings) or self.shortfall
        if code == pytest.ExitCode.OK and not self._refusal and settings.vacuous == "refuse":
            self._refusal, refused = self._emptiness(), pytest.ExitCode.NO_TESTS_COLLECTED
        if self._refusal:
            return int(refused)
        self._refusal = self._other_reason(code)
        if code == INCONCLUSIVE_EXIT and settings.inconclusive == "allow":
            self.account.notes.append("the run ends with 0 all the same: inconclusive is allowed")
            return int(pytest.ExitCode.OK)
        return code

    def _is_merely_inconclusive(self) -> bool:
        verdicts = self._verdicts.values()
        red = self._unjudged or self._beside or any(verdict.is_red for verdict in verdicts)
        return not red and Verdict.INCONCLUSIVE in verdicts

    def _weather(self, settings: Settings) -> str:
        """Why the tests that recovered are too many; empty where they are not."""
        counts, limits = self.counts(), settings.recovered
        recovered, judged = counts.get(Verdict.RECOVERED, 0), sum(counts.values())
        if not recovered:
            return ""
        share = f"{recovered} of {judged} tests recovered from weather"
        if self._red_at_first:
            red = f"{len(self._red_at_first)} of {judged} tests met a fault of the API"
            return f"{red}, and held only when another plugin ran them again"
        if limits.strict:
            return f"{share}, and recovered.strict allows none"
        if self._server_errors and limits.statuses_5xx:
            return (
                f"{share}, {len(self._server_errors)} of them from a server error: set "
                "recovered.statuses_5xx = false if that is no fault of the API"
            )
        if recovered > limits.limit * judged:
            return f"{share}, more than recovered.limit = {limits.limit:g} allows"
        return ""

    def _emptiness(self) -> str:
        """Why a green run says nothing; empty where it says something."""
        account = self.account
        if self.quarantined.covered and not self.counts():
            return _QUARANTINED
        if self._skipped and not self._verdicts:
            return "every test was skipped, so nothing was checked"
        if account.asked and not account.attempts:
            return "no request was sent, so nothing was checked"
        return _NOTHING_ASSERTED if account.attempts and not account.checks else ""

    def _other_reason(self, code: int) -> str:
        """Why pytest does not call a run green whose tests all held."""
        if code == pytest.ExitCode.INTERRUPTED:
            return "the run was stopped before its end"
        if self._unjudged:
            return f"no verdict on {', '.join(sorted(self._unjudged)[:3])}: see pytest's own words"
        return ""

    def _note_unjudged(self) -> None:
        """Say what kept tests from judging, over the whole run."""
        unjudged = [line for line in self._lines if line.verdict is Verdict.INCONCLUSIVE]
        first = {line.test_id: line for line in reversed(unjudged)}
        if first:
            groups = grouped([*first.values()])
            told = ", ".join(f"{group.lines[0].cause} ({len(group.tests)})" for group in groups)
            kept = f"{len(first)} of {len(self._verdicts)} kept from judging by the environment"
            self.account.notes.insert(0, f"{kept}: {told}")

    def summarise(self, reporter: pytest.TerminalReporter, session: Session) -> None:
        """Write the section `redhanded` of the terminal's summary; quiet, its sentence alone."""
        said = (self._verdicts, self._skipped, self._refusal, self.account.notes, self.leaks)
        if not any(said):
            return
        verbosity = reporter.config.get_verbosity()
        self._note_unjudged()
        ending = self._ending(session, reporter.config)
        if verbosity >= 0:
            reporter.section("redhanded")
        for alarm in ending.alarms:
            reporter.line(_shown(alarm, session), bold=True, red=True)
        reporter.line(_shown(ending.verdict, session), bold=True, **{ending.tone: True})
        if verbosity >= 0:
            for line in details(ending, are_all_named=verbosity > 0):
                reporter.line(_shown(line, session))

    def sentences(self) -> list[str]:
        """What the run means, in the sentences that stand first; after the exit code is known."""
        ending = Ending(
            counts=self.counts(),
            account=self.account,
            folder="",
            seed="",
            refusal=self._refused,
            beside=len(self._beside),
            covered=len(self.quarantined.covered),
        )
        return [*self._alarms(), ending.verdict]

    @property
    def _refused(self) -> str:
        return self._refusal or ("a secret stands in a file" if self.leaks else "")

    def _alarms(self) -> list[str]:
        """What a reader must know before anything else."""
        held = all(verdict in _HELD for verdict in self._verdicts.values())
        return [*self.leaks, *([] if held else filter(None, [self.account.no_test_run]))]

    def _typed(self, line: Line, config: pytest.Config) -> Line:
        """The line with its test as one types it; a finding on the run has no place to begin."""
        if line.test_id in self._beside:
            return line
        return line._replace(test_id=typed_id(line.test_id, config))

    def _ending(self, session: Session, config: pytest.Config) -> Ending:
        return Ending(
            counts=self.counts(),
            account=self.account,
            folder=typed(session.folder, config.invocation_params.dir),
            seed=session.replay_seed,
            lines=[self._typed(line, config) for line in self._lines],
            refusal=self._refused,
            alarms=self._alarms(),
            beside=len(self._beside),
            covered=len(self.quarantined.covered),
            quarantined=self._quarantined(config),
            contracts=self.contracts,
            paces=self.paces,
            leads=self._leads(session, config),
            reports=self.reports,
        )

    def _leads(self, session: Session, config: pytest.Config) -> dict[str, Lead]:
        """Where to go on from each test that sent anything."""
        return {
            self._typed(line, config).test_id: lead_of(
                line.test_id, self._traces[line.test_id], session.settings
            )
            for line in self._lines
            if line.route and line.test_id not in self._beside
        }

    def _quarantined(self, config: pytest.Config) -> list[str]:
        is_verbose = config.get_verbosity() > 0
        named = partial(typed_id, config=config)
        return [*self.quarantined.lines(named, are_all_named=is_verbose)]


def _shown(text: str, session: Session) -> str:
    """The text as the terminal may have it."""
    return writable(session.redactor.text(text))
