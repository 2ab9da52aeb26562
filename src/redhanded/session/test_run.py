"""The part of one test in a session: its clients, ledger, data, cleanup and verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import anyio

from redhanded.cleanup.registry import Cleanup, Leftover
from redhanded.core.errors import UsageError
from redhanded.core.events import TestEnded, TestStarted
from redhanded.core.verdicts import Finding, Verdict, worst
from redhanded.pipeline.call import Scope
from redhanded.verdict.triage import triage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from redhanded.client.client import AsyncClient, Client
    from redhanded.core.attempt import Attempt
    from redhanded.data.factory import Factory
    from redhanded.session.session import Session


class Judgement(NamedTuple):
    """A verdict and what it rests on."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()


class TestRun:
    """Everything of one test; made when the test is set up, closed when it is torn down."""

    __test__ = False  # pytest would collect a class of this name

    def __init__(self, session: Session, test_id: str) -> None:
        self.test_id = test_id
        self.scope = Scope(record=session.recorder(test_id), shapes=session.settings.shapes)
        self.asked_for_client = False
        self._session = session
        self._began = session.surroundings.clock.monotonic()
        self._clients: dict[str | None, Client] = {}
        self._async_clients: dict[str | None, AsyncClient] = {}
        self._cleanup: Cleanup | None = None
        self._make: Factory | None = None
        self._judgements: list[Judgement] = []

    def start(self) -> None:
        """Tell the reporters that the test begins."""
        now = self._session.surroundings.clock.wall()
        self._session.emit(TestStarted(self.test_id, self.scope.trace_id, now))

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
            self._make = self._session.factory.scoped(self.test_id)
        return self._make

    @property
    def cleanup(self) -> Cleanup:
        """The test's register of what must be removed when it ends."""
        if self._cleanup is None:
            resources = self._session.settings.resources
            self._cleanup = Cleanup(resources, send=self._send, wait=_wait)
        return self._cleanup

    def _send(self, method: str, path: str, identity: str | None) -> int:
        return self._session.cleaner(self, identity)(method, path)

    @property
    def made_data(self) -> bool:
        """Whether the test asked for generated data, so that its seed matters."""
        return self._make is not None

    def clean(self) -> tuple[Leftover, ...]:
        """Remove what the test made; what is left over is noted, and never turns a test red."""
        leftovers = self._cleanup.run() if self._cleanup is not None else ()
        for left in leftovers:
            self._session.note(
                self._session.redactor.text(
                    f"left behind by {self.test_id}: {left.kind} {left.id} ({left.reason})"
                )
            )
        return leftovers

    @property
    def attempts(self) -> list[Attempt]:
        """The ledger of the test itself: no logins, no probes, no cleanup."""
        return [attempt for attempt in self.scope.attempts if attempt.purpose == "test"]

    @property
    def checks(self) -> int:
        """How often the test held an answer against something through `expect` or a contract."""
        return sum(call.checks for call in self.scope.calls)

    @property
    def is_waiting(self) -> bool:
        """Whether a request is out whose answer never came: the test was cut in mid-call."""
        return any(call.sent > len(call.attempts) for call in self.scope.calls)

    def judge(self, phase: str, error: BaseException | None) -> Judgement:
        """The verdict on one phase of the test: `setup`, `call` or `teardown`."""
        if error is None and phase != "call":  # nothing can have gone wrong, in two of three phases
            return _HELD
        judgement = Judgement(*triage(error, self.scope.calls, phase=phase))
        if phase == "call" and judgement.verdict is Verdict.PASS and self._is_vacuous():
            judgement = Judgement(Verdict.TEST_BUG, (_NO_REQUEST,))
        self._judgements.append(judgement)
        return judgement

    def _is_vacuous(self) -> bool:
        refused = self._session.settings.vacuous == "refuse"
        return refused and self.asked_for_client and not self.scope.calls

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its phases."""
        return worst([judgement.verdict for judgement in self._judgements])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the verdict rests on, over all phases."""
        return tuple(finding for made in self._judgements for finding in made.findings)

    async def aclose(self) -> None:
        """Close the asynchronous clients, in the loop in which they were used."""
        clients, self._async_clients = self._async_clients, {}
        for client in clients.values():
            await client.aclose()

    def close(self) -> None:
        """Close the clients and tell the reporters how the test ended."""
        for client in self._clients.values():
            client.close()
        session, clock = self._session, self._session.surroundings.clock
        session.emit(
            TestEnded(
                test_id=self.test_id,
                trace_id=self.scope.trace_id,
                at=clock.wall(),
                seconds=clock.monotonic() - self._began,
                verdict=self.verdict,
                findings=tuple(_masked(found, session.redactor.text) for found in self.findings),
                attempts=len(self.scope.attempts),
                calls=len(self.scope.calls),
                checks=self.checks,
                bodies=self._bodies(),
            )
        )

    def _bodies(self) -> dict[str, dict[str, Any]]:
        """Redacted bodies by attempt, where the settings ask for them."""
        wanted = self._session.settings.evidence
        quiet = self.verdict in (Verdict.PASS, Verdict.RECOVERED)
        if wanted == "none" or (wanted == "failed" and quiet):
            return {}
        body = self._session.redactor.body
        return {
            attempt.id: {
                "request": body(attempt.request_body, _media(attempt.request_headers)).record(),
                "response": body(attempt.response_body, _media(attempt.response_headers)).record(),
            }
            for attempt in self.scope.attempts
        }


def _masked(finding: Finding, mask: Callable[[str], str]) -> Finding:
    """The finding as it may be stored."""
    return replace(
        finding,
        message=mask(finding.message),
        evidence=tuple(map(mask, finding.evidence)),
        violations=tuple(
            replace(found, actual=mask(found.actual), expected=mask(found.expected))
            for found in finding.violations
        ),
    )


_NO_REQUEST = Finding(
    verdict=Verdict.TEST_BUG,
    code="test.no_request",
    message="the test asked for a client and sent no request, so it would be green for ever",
)


_HELD = Judgement(Verdict.PASS)


def _media(headers: tuple[tuple[str, str], ...]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _wait(awaitable: Awaitable[object]) -> object:
    async def awaiting() -> object:
        return await awaitable

    return anyio.run(awaiting)
