"""The session: the one place that knows every room, and puts them together for one process."""

from __future__ import annotations

import logging
import platform
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING

from redhanded.client.client import Clients
from redhanded.core.errors import UsageError
from redhanded.core.events import AttemptEnded, Noted, RunEnded, RunStarted
from redhanded.core.ids import Tags
from redhanded.core.redaction import SHORTEST_SECRET, Redactor
from redhanded.core.secret import KEYRING
from redhanded.data.factory import Factory
from redhanded.data.styles import Style
from redhanded.fleet.once import Once
from redhanded.pipeline.assembly import Surroundings
from redhanded.reports.account import Account
from redhanded.reports.log import ClientLogs, Context, LogFiles
from redhanded.reports.spool import Spool
from redhanded.session.berth import LOGS, SPOOL, Berth, place_of
from redhanded.session.circuits import telling
from redhanded.session.document_schemas import DocumentSchemas
from redhanded.session.examiner import Examiner
from redhanded.session.fleet import FOLDER, Part, sharing_of, store_of, trouble_of
from redhanded.session.membership import Membership
from redhanded.session.sampler import Sampler
from redhanded.session.stalls import Stalls, Ticker
from redhanded.session.stores import FOLDER as HISTORY
from redhanded.session.telemetry import Telling, telemetry_of
from redhanded.session.test_run import UNLABELLED, TestRun
from redhanded.session.tracking import Tracking, tracking_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from redhanded.core.attempt import Attempt
    from redhanded.core.events import Emit, Event
    from redhanded.core.secret import Secret
    from redhanded.core.settings import Objective, Settings
    from redhanded.fleet.store import Store
    from redhanded.session.contracts import Contracts
    from redhanded.session.sources import Loaded
    from redhanded.session.steps import Steps
    from redhanded.session.telemetry import Telemetry
    from redhanded.session.test_run import Label


CONTROLLER = "main"


class Session:
    """One process's part in a run: its clients, its secrets' gate and its reporters."""

    def __init__(
        self,
        loaded: Loaded,
        *,
        run_id: str,
        seed: int,
        day: date | None = None,
        worker: str = CONTROLLER,
        workers: int = 0,
        seat: int | None = None,
        berth: Berth | None = None,
        project: str = "",
        surroundings: Surroundings | None = None,
        trace: Mapping[str, str] | None = None,
    ) -> None:
        self.settings: Settings = loaded.settings
        self.origins: Mapping[str, str] = loaded.origins
        self.run_id = run_id
        self._berth = berth or Berth(run_id, run_id)
        self.name: str = self._berth.name
        self.seed = seed
        self.worker = worker
        self.surroundings: Surroundings = surroundings or Surroundings()
        self.notes: list[str] = []
        self.contracts: Contracts | None = None
        self._account = Account()
        self._under_way: list[TestRun] = []
        self.redactor: Redactor = self._redactor(loaded.secrets)
        self.telemetry: Telemetry | None = self._telemetry(project, trace or {})
        self.surroundings = replace(self.surroundings, spans=self.telemetry)
        place = place_of(self.settings, self.name, self.note)
        self.folder: Path = place.folder
        self._complain: Callable[[str], None] = self.note if place.is_writable else _say_nothing
        part = Part(run_id=run_id, worker=worker, workers=workers, seat=seat)
        self.fleet: Store = store_of(
            self.settings, part, self.folder, surroundings=self.surroundings, tell=self.note
        )
        self.membership: Membership = Membership(
            self.settings,
            part,
            self._berth,
            self.fleet,
            surroundings=self.surroundings,
            note=self.note,
            project=project,
        )
        self.clients: Clients = Clients(
            self.settings,
            surroundings=self.surroundings,
            sharing=sharing_of(self.settings, part, self.fleet, self.membership.live),
            seat=part.place,
            workers=part.workers,
            logins=self.membership.logins,
            on_secret=self._learn,
            user_agent=f"redhanded/{version('redhanded')} (synthetic-test; run={run_id})",
        )
        self.clients.origins.turned = telling(
            self.emit, mask=self.redactor.text, wall=self.surroundings.clock.wall
        )
        self.stalls: Stalls = Stalls(self.surroundings.clock)
        self._ticker: Ticker | None = None
        self.examiner: Examiner = Examiner(
            self.settings,
            self.clients,
            self.surroundings,
            recorder=self.recorder,
            stall=self.stalls.longest,
            note=self.note,
            canary=self.membership.canary(),
        )
        self._sampler = Sampler(
            self.settings,
            self.examiner,
            stall=self.stalls.longest,
            mask=self.redactor.text,
            emit=self.emit,
            note=self.note,
        )
        self.once: Once = Once(self.folder / "once", beyond=self.membership.shelf(), note=self.note)
        self.new_tag: Tags = Tags(
            run_id, self.surroundings.clock.wall, self.settings.cleanup.prefix
        )
        self.day: date = day or self.settings.data.today or self.today()
        self.factory: Factory = self._factory()
        self.tracking: Tracking = tracking_of(self)
        self._log = LogFiles(
            self.folder / LOGS, Context(run_id, worker), self.redactor.text, self._complain
        )
        self._client_logs = ClientLogs(self.redactor.text)
        self._spool = Spool(self.folder / SPOOL / f"{worker}.ndjson", self._complain)
        told = () if self.telemetry is None else (self.telemetry,)
        self._reporters: Sequence[Emit] = (self._spool, self._log, *told)

    def _telemetry(self, project: str, trace: Mapping[str, str]) -> Telemetry | None:
        telling = Telling(
            suite=self.redactor.text(project) or "tests",
            run=self.name,
            wall=self.surroundings.clock.wall,
            mask=self.redactor.text,
            note=self.note,
        )
        is_told = self.worker != CONTROLLER
        return telemetry_of(self.settings, telling, is_told=is_told, trace=trace)

    def _factory(self) -> Factory:
        generating, chance = self.settings.data, self.surroundings.entropy
        return Factory(
            self.seed,
            "",
            self.run_id,
            today=self.day,
            # From the seed, two workers that run one test would draw one tag.
            tag=lambda _: self.new_tag(chance),
            style=Style(generating.charset, generating.locale),
            schemas=DocumentSchemas(lambda: self.contracts),
        )

    def _redactor(self, secrets: Sequence[tuple[str, str]]) -> Redactor:
        redactor = Redactor.of(self.settings.redact)
        for name, value in secrets:
            self._register(redactor, value, name)
        return redactor

    def _register(self, redactor: Redactor, value: str, name: str) -> None:
        if not redactor.register(value, name=name):
            self.note(
                f"the secret {name} has fewer than {SHORTEST_SECRET} characters, or is a word "
                "that every report is made of, and cannot be masked; use a longer one"
            )

    def _declare(self, secret: Secret) -> None:
        self._register(self.redactor, secret.reveal(), secret.name)

    @property
    def replay_seed(self) -> str:
        """What `--rh-seed` takes to draw the same data again: the seed and the day."""
        return f"{self.seed}@{self.day}"

    def today(self) -> date:
        """The day, in UTC."""
        return datetime.fromtimestamp(self.surroundings.clock.wall(), UTC).date()

    def _learn(self, value: str, name: str) -> None:
        self.redactor.issue(value, name=name)

    def note(self, message: str) -> None:
        """Tell the reader of the run something, once."""
        if message not in self.notes:
            self.notes.append(message)

    @property
    def past(self) -> Path:
        """Where history is kept in files; there may be none."""
        return self.settings.folder / HISTORY

    @property
    def passing(self) -> Sequence[str]:
        """The folders in the run's that go with it, because they hold what workers share."""
        return FOLDER, "once"

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """What the run is made with, by name."""
        names = ("redhanded", "httpx2")
        return {name: version(name) for name in names} | {"python": platform.python_version()}

    def control(self) -> None:
        """Control the run; raises UsageError where a run of the same id is under way elsewhere."""
        try:
            self.membership.control()
        except UsageError:
            self._leave()
            raise

    def start(self) -> None:
        """Begin to report."""
        KEYRING.follow(self._declare)
        self._client_logs.attach()
        logging.getLogger().addHandler(self._log)
        self.emit(
            RunStarted(
                run_id=self.run_id,
                worker=self.worker,
                at=self.surroundings.clock.wall(),
                seed=self.seed,
                base_url=self.redactor.url(self.settings.base_url or ""),
                versions=self.versions,
            )
        )

    def emit(self, event: Event) -> None:
        """Hand an event to every reporter."""
        for report in self._reporters:
            report(event)

    def begin(
        self,
        test_id: str,
        ceiling: float | None = None,
        *,
        objective: Objective | None = None,
        label: Label = UNLABELLED,
        round_: int = 0,
        seed: int | None = None,
    ) -> TestRun:
        """The part of a test in this session; `ceiling` is that of its calls, in seconds.

        `objective` is what the operations that it calls promise, in place of the settings' own.
        `label` is what the test says of itself to history.
        `round_` counts how often the test was run before: what it makes then is other data.
        `seed` is what its data is drawn from, in place of the run's.
        """
        run = TestRun(
            self, test_id, ceiling, objective=objective, label=label, round_=round_, seed=seed
        )
        self._under_way.append(run)
        self._log.begin(test_id, run.scope.trace_id)
        run.start()
        return run

    def end(self, run: TestRun) -> None:
        """Close a test's part; its verdict stands."""
        run.clean()  # where no fixture of ours did, such as under one of the author's own
        self._sampler.sample(run.test_id, run.scope.calls, run.objective)
        self._close(run)

    def _close(self, run: TestRun) -> None:
        run.close()
        self._under_way.remove(run)
        self._account.checks += run.checks
        self._account.made += run.made_data
        self._account.asked += run.asked_for_client
        self._log.end(run.verdict)

    def watch(self) -> None:
        """Begin to measure how this process keeps its pace, once somebody calls the API."""
        if self._ticker is None:
            self.membership.enter()
            self._ticker = Ticker(self.stalls.tick)
            self._ticker.start()

    def outage(self) -> str:
        """Why a test that calls the API need not begin now, in a sentence; empty where it may."""
        return self.examiner.outage()

    def await_round(self, seconds: float) -> bool:
        """Whether the API is well: its canary green, its circuit closed; waits at most so long.

        Rounds that follow one another are spaced, for weather may spare the canary.
        """
        is_well = self.examiner.calm.await_round(seconds)
        if is_well and self.contracts is not None:
            self.contracts = self.contracts.renewed()
        return is_well

    def await_calm(self, seconds: float) -> bool:
        """Whether the API is well, asked in the midst of a round; waits at most so long."""
        return self.examiner.calm.wait(seconds)

    def interrupt(self) -> None:
        """Close the parts of tests that will not come to their end."""
        for run in tuple(self._under_way):
            run.interrupt()
            self._close(run)

    @property
    def steps(self) -> Steps | None:
        """The steps of the test under way; None where there is none."""
        return self._under_way[-1].steps if self._under_way else None

    def recorder(
        self, test_id: str, step: Callable[[], str] | None = None
    ) -> Callable[[Attempt], None]:
        """What the ledger of a test calls for each attempt: through the gate to the reporters.

        `step` tells the step of each; else it is that of the test under way, if it is this one.
        """
        if step is None:
            own = (run.steps.current for run in self._under_way if run.test_id == test_id)
            step = next(own, str)

        def record(attempt: Attempt) -> None:
            self._account.attempts += attempt.purpose == "test"
            almanac = self.examiner.almanac
            almanac.note(test_id, attempt)
            stall = self.stalls.longest(attempt.started_at, attempt.started_at + attempt.elapsed)
            exchange = self.redactor.exchange(attempt)
            operation = self.redactor.text(almanac.operation_of(attempt))
            self.emit(AttemptEnded(test_id, exchange, operation, stall, step()))

        return record

    def account(self) -> Account:
        """What this process adds to the run's last words."""
        self._flush()
        self._tell_trouble()
        seen = self.examiner.almanac
        return replace(
            self._account,
            masked=self.redactor.masked,
            answered=seen.answered,
            not_found=seen.not_found,
            denied=seen.denied,
            notes=list(self.notes),
        )

    def _flush(self) -> None:
        """Let spans go out, in a time that is bounded; what goes wrong in it is a note."""
        if self.telemetry is not None:
            self.telemetry.flush()

    def _tell_trouble(self) -> None:
        for trouble in trouble_of(self.fleet):
            self.note(trouble)

    def close(self, exit_code: int) -> None:
        """End this process's part in the run."""
        KEYRING.leave(self._declare)
        self._end_sharing()
        self._tell_trouble()
        for message in self.notes:
            self.emit(Noted("note", message))
        wall = self.surroundings.clock.wall()
        self.emit(RunEnded(self.run_id, self.worker, wall, exit_code))
        self._flush()
        if self._ticker is not None:
            self._ticker.stop()
        logging.getLogger().removeHandler(self._log)
        self._client_logs.detach()
        self._log.close()
        self._spool.close()
        self.tracking.close()
        self.clients.close()

    def _end_sharing(self) -> None:
        """Leave the others; what may be tokens goes with the run."""
        if self.worker == CONTROLLER:
            self.once.discard()
            self.membership.end()
        self._leave()
        if self.worker == CONTROLLER:
            shutil.rmtree(self.folder / FOLDER, ignore_errors=True)

    def _leave(self) -> None:
        self.membership.leave()
        self.fleet.close()
        self._berth.leave()


def _say_nothing(_: str) -> None:
    """Keep a complaint to oneself: all is said."""
