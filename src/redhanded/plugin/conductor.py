"""The conductor: translates pytest's life of a run and of a test into ours, a few lines a hook."""

from __future__ import annotations

import os
import random
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from redhanded.core.errors import UsageError
from redhanded.plugin import ITEM, rivals
from redhanded.plugin.artefacts import Artefacts
from redhanded.plugin.blocked import Blocked
from redhanded.plugin.canary import MARKER as CANARY
from redhanded.plugin.canary import Canary, refusal_told, seed_of
from redhanded.plugin.chronicle import Chronicle
from redhanded.plugin.conclusions import Conclusions
from redhanded.plugin.contracts import Contracts
from redhanded.plugin.coverage import Coverage
from redhanded.plugin.crashes import Crashes
from redhanded.plugin.frames import machinery_hidden
from redhanded.plugin.history import History
from redhanded.plugin.identity import check, label_of
from redhanded.plugin.learned import Learned
from redhanded.plugin.loops import closing_in_its_loop, is_async
from redhanded.plugin.masked_channels import MaskedChannels
from redhanded.plugin.masked_ids import MaskedIds
from redhanded.plugin.masking import mask_report, printable
from redhanded.plugin.options import overrides
from redhanded.plugin.output import mask_output
from redhanded.plugin.parking import Parking, shorten
from redhanded.plugin.progress import Progress
from redhanded.plugin.quarantined import cover
from redhanded.plugin.refusals import Refusals
from redhanded.plugin.reports import Reports, wanted_reports
from redhanded.plugin.requeue import Requeue
from redhanded.plugin.rounds import earlier_of, remember
from redhanded.plugin.searches import Searches
from redhanded.plugin.signals import Signals
from redhanded.plugin.slo import slo_of
from redhanded.plugin.steps import Phases
from redhanded.plugin.sweeps import Sweeps
from redhanded.plugin.time_limits import time_limit
from redhanded.plugin.vacuity import asserts_something
from redhanded.plugin.verdicts import mark_report, mark_rerun, status_of
from redhanded.plugin.workers import Seats, worker_count
from redhanded.session import active
from redhanded.session.berth import Berth
from redhanded.session.session import Session
from redhanded.session.sources import load
from redhanded.session.stores import project_name

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from redhanded.core.settings import Settings
    from redhanded.session.leases import TestLeases
    from redhanded.session.sources import Loaded
    from redhanded.session.test_run import TestRun

RUN: pytest.StashKey[TestRun] = pytest.StashKey()


class Conductor:
    """The plugin of one process, around the session that does the work."""

    def __init__(self, config: pytest.Config, session: Session) -> None:
        self._config = config
        self._session = session
        self._signals = Signals(
            is_worker=hasattr(config, "workerinput"),
            now=session.surroundings.clock.monotonic,
            close=self.stop,
        )
        self._chronicle = Chronicle(signals=self._signals)
        self._contracts = Contracts(config, session, self._chronicle)
        self._parking = Parking(session.outage)
        self._requeue = Requeue(config, session, self._parking)
        self._canary = Canary(
            config,
            session,
            chronicle=self._chronicle,
            requeue=self._requeue,
            parking=self._parking,
            told=refusal_told(_told(config)),
        )
        self._seats = Seats()
        self._rerunner = ""
        self._exit_code = 0
        self._is_calling = self._is_over = False

    @classmethod
    def start(cls, config: pytest.Config) -> Conductor:
        """A conductor whose session reports from now on; bad settings stop pytest here."""
        try:
            loaded = load(config.rootpath, overrides=overrides(config), environ=os.environ)
            wanted = wanted_reports(config, loaded.settings)
            session = _session(config, loaded)
        except UsageError as error:
            raise pytest.UsageError(f"redhanded: {error}") from None
        session.start()
        active.enter(session)
        conductor = cls(config, session)
        conductor._begin()
        if not hasattr(config, "workerinput"):
            reports = Reports(config, session, conductor._chronicle, wanted)
            config.pluginmanager.register(reports, "redhanded-reports")
            reports.begin()
            conductor._watch([each.path for each in wanted], reports)
        return conductor

    def _watch(self, paths: Sequence[Path], reports: Reports) -> None:
        """Look for secrets in what is written, once all of it is there."""

        def fail(exit_code: int) -> None:
            self._exit_code = exit_code
            reports.amend(exit_code)

        artefacts = Artefacts(
            self._config, self._session, self._chronicle, reports=paths, fail=fail
        )
        self._config.pluginmanager.register(artefacts, "redhanded-artefacts")

    def _begin(self) -> None:
        """Take the plugins with us whose hooks belong to one concern each."""
        manager = self._config.pluginmanager
        gate = self._session.redactor
        mask_output(self._config, gate)
        manager.register(MaskedIds(gate.text), "redhanded-masked-ids")
        manager.register(MaskedChannels(gate.text), "redhanded-masked-channels")
        manager.register(Learned(self._config, gate), "redhanded-learned")
        manager.register(self._signals, "redhanded-signals")
        manager.register(self._parking, "redhanded-parking")
        manager.register(self._requeue, "redhanded-requeue")
        manager.register(Crashes(self._session), "redhanded-crashes")
        refusals = Refusals(self._config, self._check, self._settle)
        manager.register(refusals, "redhanded-refusals")
        manager.register(self._canary, "redhanded-canary")
        history = History(self._config, self._session, self._chronicle)
        manager.register(history, "redhanded-history")
        manager.register(self._contracts, "redhanded-contracts")
        manager.register(Phases(lambda item: item.stash.get(RUN, None)), "redhanded-steps")
        manager.register(Searches(lambda item: item.stash.get(RUN, None)), "redhanded-searches")
        manager.register(Coverage(self._session, self._chronicle), "redhanded-coverage")
        conclude = (history.conclude, self._contracts.conclude)
        manager.register(Conclusions(self._session, *conclude), "redhanded-conclusions")
        history.begin()
        if not hasattr(self._config, "workerinput"):
            manager.register(Sweeps(self._session), "redhanded-sweeps")
            now = self._session.surroundings.clock.monotonic
            progress = Progress(self._config, now=now, count_red=self._chronicle.count_red)
            manager.register(progress, "redhanded-progress")
        item = self._config.stash.get(ITEM, None)
        self._signals.begin(item.session if item is not None else None)
        self._stand_down(rivals.at_work(self._config))

    def _check(self, items: Sequence[pytest.Item]) -> None:
        """Refuse a marker that cannot be meant."""
        for item in items:
            slo_of(item)
        check(items, self._now)

    def _settle(self, items: list[pytest.Item], collected: Sequence[pytest.Item]) -> None:
        """Refuse a target that wants a canary first, then contracts that cannot be used.

        In this order, for a contract may be fetched from the target.
        """
        self._canary.settle(items, collected)
        self._contracts.check()

    def _stand_down(self, rerunner: str) -> None:
        """Leave it to another plugin to run tests again, where there is one, and say so."""
        if rerunner and not self._rerunner:
            self._rerunner, self._requeue.is_on = rerunner, False
            for said in filter(None, (rivals.warning(rerunner), rivals.hint(self._config))):
                self._session.note(said)

    @property
    def settings(self) -> Settings:
        """The run's settings."""
        return self._session.settings

    def stop(self) -> None:
        """End this process's part."""
        active.leave(self._session)
        self._session.close(self._exit_code)
        self._signals.end()

    @property
    def _now(self) -> float:
        return self._session.surroundings.clock.wall()

    @property
    def current(self) -> TestRun:
        """The part of the test under way, begun where it has not begun yet."""
        return self._run_of(self._config.stash[ITEM])

    @property
    def lease(self) -> TestLeases:
        """What the test under way takes of the pools, within the time that it has."""
        leases = self.current.lease
        leases.limit = time_limit(self._config.stash[ITEM])
        return leases

    def _run_of(self, item: pytest.Item) -> TestRun:
        if RUN not in item.stash:
            earlier = earlier_of(item)
            rounds = earlier.rounds if earlier else 0
            ceiling, objective = slo_of(item)
            label = label_of(item, self._now)
            item.stash[RUN] = self._session.begin(
                item.nodeid,
                ceiling,
                objective=objective,
                label=label,
                round_=rounds,
                seed=seed_of(item, self.settings),
            )
        return item.stash[RUN]

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401  xdist's
        """Tell a worker which run it belongs to."""
        session = self._session
        told = {"run_id": session.run_id, "name": session.name, "seed": session.seed}
        told |= {"day": session.day.isoformat(), CANARY: self._canary.refusal}
        if session.telemetry is not None:
            told["trace"] = session.telemetry.carrier()
        told["seat"] = self._seats.take(node.workerinput["workerid"])
        node.workerinput["redhanded"] = told

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401  xdist's
        """Take over what a worker had to say, and give its place away."""
        self._seats.leave(node.workerinput["workerid"])
        self._chronicle.account.add(getattr(node, "workeroutput", {}).get("redhanded", {}))

    def pytest_report_header(self) -> list[str]:
        """Name the target, the run and the seed, and who else runs tests again."""
        session = self._session
        target = session.redactor.url(session.settings.base_url or "no base URL")
        lines = [f"{target}, run {session.name}, seed {session.replay_seed}"]
        lines += self._canary.header()
        lines += [rivals.warning(self._rerunner)] * bool(self._rerunner)
        return [f"redhanded: {line}" for line in lines]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Look for other plugins' markers."""
        self._stand_down(rivals.marked(self._config, items))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Begin the test's part."""
        if self._parking.parting is None:
            self._run_of(item)
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Let an async test give up its connections in its own loop."""
        self._is_calling = True
        try:
            if not is_async(item):
                return (yield)
            with closing_in_its_loop(item, self._run_of(item).release):
                return (yield)
        finally:
            self._is_calling = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Give the report its verdict and its evidence, and mask what it shows."""
        with machinery_hidden(call.excinfo, item) as hidden:
            report = yield
        parted = self._parking.parted(report)
        if parted is not None:
            return parted
        hidden.shorten(report)
        shorten(item, report)
        run = self._run_of(item)
        if report.failed or not self._is_calling:  # else a part of a test held, by `subtests`
            mark_report(report, call.excinfo, item, run, self._session)
        mask_report(report, self._session.redactor.text)
        if not self._is_calling:
            is_blocked = call.excinfo is not None and isinstance(call.excinfo.value, Blocked)
            self._parking.consider(item, report, was_begun=not is_blocked)
        if report.when == "teardown":
            self._end(item, run)
        return report

    def _end(self, item: pytest.Item, run: TestRun) -> None:
        """End the test's part; the item may be run again, by us or by another plugin."""
        self._session.end(run)
        self._canary.note(item, run)
        del item.stash[RUN]
        is_ours = self._parking.was_parked(item)
        rerunner = "" if is_ours else self._rerunner or rivals.UNKNOWN
        remember(item, run, rerunner, self._session)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what could not be collected."""
        self._chronicle.note_collection(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the verdict for the end of the run."""
        mark_rerun(report, self._rerunner or rivals.UNKNOWN)
        cover(report)
        if report.sections:
            report.sections = printable(report.sections)
        self._chronicle.note(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, str | tuple[str, dict[str, bool]]] | None:
        """Show the verdict as word and letter, never by colour alone."""
        return status_of(report, is_over=self._is_over)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn verdicts into the exit code; a worker hands on what it knows."""
        self._session.interrupt()
        account = self._session.account()
        if account.attempts and not account.checks:  # plain asserts count where nothing else was
            account.checks += asserts_something(self._config.rootpath)
        self._chronicle.account.add(account.record())
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput["redhanded"] = account.record()
        else:
            session.exitstatus = self._chronicle.exit_code(session, self.settings)
            self._canary.conclude(int(session.exitstatus))
        self._exit_code = int(session.exitstatus)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One verdict sentence, causes, and where the evidence is."""
        self._is_over = True
        self._chronicle.summarise(terminalreporter, self._session)


def _session(config: pytest.Config, loaded: Loaded) -> Session:
    told = _told(config)
    seed = told.get("seed", loaded.settings.seed)
    berth = Berth(told["run_id"], told["name"]) if told else Berth.take(loaded.settings)
    is_named = bool(loaded.settings.redis_url) or loaded.settings.telemetry
    day = told.get("day")  # the controller's, should midnight pass before a worker begins
    session = Session(
        loaded,
        run_id=berth.run_id,
        seed=random.SystemRandom().randrange(2**32) if seed is None else seed,
        day=None if day is None else date.fromisoformat(day),
        worker=getattr(config, "workerinput", {}).get("workerid", "main"),
        workers=worker_count(config),
        seat=told.get("seat"),
        berth=berth,
        project=project_name(loaded.settings, config.rootpath) if is_named else "",
        trace=told.get("trace"),
    )
    if not told:
        session.control()
    return session


def _told(config: pytest.Config) -> dict[str, Any]:
    """What the controller told this worker; nothing in the controller itself."""
    told: dict[str, Any] = getattr(config, "workerinput", {}).get("redhanded", {})
    return told
