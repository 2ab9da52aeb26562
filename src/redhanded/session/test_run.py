"""The part of one test in a session: its clients, ledger, data, cleanup and verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import anyio

from redhanded.core.errors import InternalError, UsageError
from redhanded.core.events import TestEnded, TestStarted
from redhanded.core.verdicts import Finding, Verdict, worst
from redhanded.pipeline.call import Scope
from redhanded.session.leases import TestLeases
from redhanded.session.masked import masked_answer, masked_bodies, masked_finding
from redhanded.session.removals import Removals
from redhanded.session.steps import Steps
from redhanded.verdict.inquiry import Inquiry
from redhanded.verdict.triage import triage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from redhanded.cleanup.pending import Leftover
    from redhanded.cleanup.registry import Cleanup
    from redhanded.client.client import AsyncClient, Client
    from redhanded.core.attempt import Attempt
    from redhanded.core.settings import Objective
    from redhanded.data.factory import Factory
    from redhanded.session.hearing import Hearing
    from redhanded.session.session import Session


class Judgement(NamedTuple):
    """A verdict and what it rests on."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()


class Label(NamedTuple):
    """What a test says of itself: its stable id, who mends it while it is quarantined, until when.

    Empty where it says nothing.
    """

    key: str = ""
    owner: str = ""
    until: str = ""


UNLABELLED = Label()


class TestRun:
    """Everything of one test; made when the test is set up, closed when it is torn down."""

    __test__ = False  # pytest would collect a class of this name

    def __init__(
        self,
        session: Session,
        test_id: str,
        ceiling: float | None = None,
        *,
        objective: Objective | None = None,
        label: Label = UNLABELLED,
        round_: int = 0,
        seed: int | None = None,
    ) -> None:
        self.test_id = test_id
        self.round: int = round_
        self._seed = seed
        self.objective: Objective | None = objective
        self.label: Label = label
        mask, clock = session.redactor.text, session.surroundings.clock
        self.steps: Steps = Steps(test_id, emit=session.emit, clock=clock, mask=mask)
        telemetry = session.telemetry
        self.scope: Scope = Scope(
            "" if telemetry is None else telemetry.begin(test_id, round_),
            record=session.recorder(test_id, self.steps.current),
            shapes=session.settings.shapes,
            ceiling=ceiling,
            mask=mask,
        )
        self.inquiry: Inquiry = Inquiry()
        self.lease: TestLeases = TestLeases(session.membership, lambda: self.seconds)
        self.asked_for_client: bool = False
        self.is_judged: bool = True
        self._session = session
        self._began = session.surroundings.clock.monotonic()
        self._clients: dict[str | None, Client] = {}
        self._async_clients: dict[str | None, AsyncClient] = {}
        self._removals: Removals | None = None
        self._make: Factory | None = None
        self._judgements: list[Judgement] = []
        contracts = session.contracts
        self._hearing = contracts.hearing(self) if contracts is not None else None
        self._was_heard = False

    @property
    def seconds(self) -> float:
        """How long the test has taken by now."""
        return self._session.surroundings.clock.monotonic() - self._began

    def start(self) -> None:
        """Tell the reporters that the test begins."""
        session = self._session
        now, key = session.surroundings.clock.wall(), session.redactor.text(self.label.key)
        session.emit(TestStarted(self.test_id, self.scope.trace_id, now, self.round, key))

    def client(self, identity: str | None = None) -> Client:
        """The test's client for an identity, the same one each time."""
        self._require_base_url()
        if identity not in self._clients:
            self._clients[identity] = self._session.clients.open(self.scope, identity)
        return self._clients[identity]

    def async_client(self, identity: str | None = None) -> AsyncClient:
        """The test's client for an identity, to be used in the test's own loop."""
        self._require_base_url()
        if identity not in self._async_clients:
            opened = self._session.clients.open_async(self.scope, identity)
            self._async_clients[identity] = opened
        return self._async_clients[identity]

    def _require_base_url(self) -> None:
        self.asked_for_client = True
        self._session.watch()
        if self._session.settings.base_url is None:
            message = (
                "no base URL is set: write base_url in [tool.redhanded] of pyproject.toml, set "
                "REDHANDED_BASE_URL, or give --rh-base-url"
            )
            raise UsageError(message)

    @property
    def make(self) -> Factory:
        """The test's data factory, seeded by the run's seed and the test's name."""
        if self._make is None:
            again = f" (round {self.round})" if self.round else ""
            self._make = self._session.factory.scoped(self.test_id + again, seed=self._seed)
        return self._make

    @property
    def removals(self) -> Removals:
        """What the test made, and how it is removed."""
        if self._removals is None:
            self._removals = Removals(self._session, self, self.release)
        return self._removals

    @property
    def cleanup(self) -> Cleanup:
        """The test's register of what must be removed when it ends."""
        return self.removals.cleanup

    @property
    def made_data(self) -> bool:
        """Whether the test asked for generated data, so that its seed matters."""
        return self._make is not None

    def clean(self) -> tuple[Leftover, ...]:
        """Remove what the test made; what is left over is noted, and never turns a test red."""
        return () if self._removals is None else self._removals.run()

    @property
    def attempts(self) -> list[Attempt]:
        """The ledger of the test itself: no logins, no probes, no cleanup."""
        return [attempt for attempt in self.scope.attempts if attempt.purpose == "test"]

    @property
    def checks(self) -> int:
        """How often the test held an answer against something through `expect` or a contract."""
        return sum(call.checks for call in self.scope.calls)

    @property
    def met_server_error(self) -> bool:
        """Whether any attempt of the test was answered by 5xx."""
        return any((attempt.status or 0) >= 500 for attempt in self.attempts)

    @property
    def _is_cut(self) -> bool:
        """Whether the test was stopped while a request was out, so that nobody knows its answer."""
        return bool(self.attempts) and self.attempts[-1].row == "cancelled"

    def judge(self, phase: str, error: BaseException | None) -> Judgement:
        """The verdict on one phase of the test: `setup`, `call` or `teardown`."""
        if error is None and phase != "call" and not self._may_break_contract(phase):
            return _HELD
        judgement = self._judgement(phase, error)
        self._judgements.append(judgement)
        self._tell_questions(judgement.verdict)
        return judgement

    def _tell_questions(self, verdict: Verdict) -> None:
        """Tell which questions led to a verdict that needs a reason."""
        answers, mask = self.inquiry.take(), self._session.redactor.text
        for one in answers if verdict is not Verdict.PASS else ():
            self._session.emit(masked_answer(one, self.test_id, mask))

    def _may_break_contract(self, phase: str) -> bool:
        """Whether a phase in which nothing failed is to be heard by itself.

        What a setup has met is heard with the test; after one that was skipped, or expected to
        fail, nothing is.
        """
        return phase == "teardown" and self._was_heard

    def _judgement(self, phase: str, error: BaseException | None) -> Judgement:
        if self._is_cut and isinstance(error, AssertionError):  # a time limit of the runner's
            return Judgement(Verdict.INCONCLUSIVE, (_cut(str(error)),))
        try:
            judgement = self._diagnosed(phase, error)
        except Exception as fault:  # noqa: BLE001  a fault of ours must not cost the whole run
            judgement = Judgement(*triage(_reported(fault), (), phase=phase))
        if phase == "call" and judgement.verdict is Verdict.PASS and self._is_vacuous():
            return Judgement(Verdict.TEST_BUG, (_NO_REQUEST,))
        return judgement

    def _diagnosed(self, phase: str, error: BaseException | None) -> Judgement:
        examiner = self._session.examiner
        _, found = triage(error, self.scope.calls, phase=phase, weigh=examiner.weigh(self))
        if self._hearing is not None and (phase != "teardown" or self._was_heard):
            self._was_heard = True
            broken = _broken(self._hearing, phase)  # first: it is what knows of each answer
            found = (*self._hearing.beside(found), *broken)
        reviewed = examiner.review(self, found, is_whole=phase == "call")
        if self._hearing is not None:
            self._hearing.excuse(reviewed)
        return Judgement(worst([finding.verdict for finding in reviewed]), reviewed)

    def refuse(self, reason: str) -> Judgement:
        """The verdict on a test that held and was failed all the same, for a reason of pytest's."""
        finding = Finding(Verdict.TEST_BUG, "test.exception", reason)
        self._judgements.append(Judgement(Verdict.TEST_BUG, (finding,)))
        return self._judgements[-1]

    def rest_on(self, finding: Finding) -> Judgement:
        """The verdict of a finding that others than the test's own ledger brought."""
        self._judgements.append(Judgement(finding.verdict, (finding,)))
        return self._judgements[-1]

    def skip(self, *, was_run: bool) -> None:
        """The test has no verdict: it was skipped, or run although it was expected to fail."""
        self.is_judged = False
        self.asked_for_client &= was_run

    def interrupt(self) -> None:
        """The test is not going to come to its end."""
        self._judgements.append(Judgement(Verdict.INCONCLUSIVE, (_cut("the run was stopped"),)))

    def _is_vacuous(self) -> bool:
        refused = self._session.settings.vacuous == "refuse"
        return refused and self.asked_for_client and not self.scope.calls

    @property
    def verdict(self) -> Verdict | None:
        """The worst verdict of its phases; None where it was skipped or expected to fail."""
        verdict = worst([judgement.verdict for judgement in self._judgements])
        return verdict if self.is_judged or verdict is not Verdict.PASS else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the verdict rests on, over all phases."""
        return tuple(finding for made in self._judgements for finding in made.findings)

    async def release(self) -> None:
        """Let go of the asynchronous clients' connections, in the loop in which they were used."""
        with anyio.CancelScope(shield=True):  # a test that was cancelled must let go as well
            for client in self._async_clients.values():
                await client.release()

    def close(self) -> None:
        """Close the clients and tell the reporters how the test ended."""
        for client in self._clients.values():
            client.close()
        session, clock = self._session, self._session.surroundings.clock
        mask = session.redactor.text
        self._close_hearing()
        session.emit(
            TestEnded(
                test_id=self.test_id,
                trace_id=self.scope.trace_id,
                at=clock.wall(),
                seconds=self.seconds,
                verdict=self.verdict,
                findings=tuple(masked_finding(found, mask) for found in self.findings),
                attempts=len(self.scope.attempts),
                calls=len(self.scope.calls),
                checks=self.checks,
                bodies=self._bodies(),
                round=self.round,
                **{name: mask(told) for name, told in self.label._asdict().items()},
            )
        )
        self.lease.give_back()

    def _close_hearing(self) -> None:
        if self._hearing is None:
            return
        try:
            self._hearing.close()
        except UsageError as error:  # of a contract that a project brings
            self._session.note(f"{error}")
        except Exception as fault:  # noqa: BLE001  a fault of ours must not cost the whole run
            self._session.note(f"{_reported(fault, 'sum up what contracts say of')}")

    def _bodies(self) -> dict[str, dict[str, Any]]:
        """Redacted bodies by attempt, where the settings ask for them."""
        wanted = self._session.settings.evidence
        quiet = self.verdict in (None, Verdict.PASS, Verdict.RECOVERED)
        if wanted == "none" or (wanted == "failed" and quiet):
            return {}
        return masked_bodies(self.scope.attempts, self._session.redactor)


def _broken(hearing: Hearing, phase: str) -> Sequence[Finding]:
    """What contracts hold against the answers; that one has failed itself is a finding too."""
    try:
        return hearing.findings()
    except UsageError as fault:  # of a contract that a project brings
        return triage(fault, (), phase=phase)[1]


def _cut(reason: str) -> Finding:
    return Finding(
        verdict=Verdict.INCONCLUSIVE,
        code="run.interrupted",
        message=f"stopped before its verdict: {reason}",
        evidence=("it was stopped from outside: nobody knows how it would have ended",),
    )


def _reported(fault: Exception, what: str = "judge") -> InternalError:
    name = type(fault).__name__
    return InternalError(
        f"redhanded could not {what} this test ({name}: {fault}): please report it"
    )


_NO_REQUEST = Finding(
    verdict=Verdict.TEST_BUG,
    code="test.no_request",
    message="the test asked for a client and sent no request, so it would be green for ever",
)


_HELD = Judgement(Verdict.PASS)
