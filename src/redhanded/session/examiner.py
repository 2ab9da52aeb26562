"""The examiner: asks what a diagnosis wants to know, within a budget, and records all of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import httpx2

from redhanded.core.errors import CallError
from redhanded.core.settings import health_url
from redhanded.core.verdicts import Verdict
from redhanded.pipeline.call import FRESH, PURPOSE, RETRY, Scope
from redhanded.pipeline.drivers import run as drive
from redhanded.pipeline.routes import EVERY
from redhanded.session.calm import Calm
from redhanded.session.outage import Outage, circuit_fact, vouch
from redhanded.verdict import access, pace, review
from redhanded.verdict.almanac import Almanac
from redhanded.verdict.arms import Arm, Ask, Situation, is_well
from redhanded.verdict.diagnosis import of_failure
from redhanded.verdict.findings import of_attempt
from redhanded.verdict.provenance import is_stranger, page_sign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from redhanded.client.client import Client, Clients
    from redhanded.core.attempt import Attempt, Purpose
    from redhanded.core.settings import Settings
    from redhanded.core.verdicts import Finding
    from redhanded.fleet.canary import SharedCanary
    from redhanded.pipeline.call import Call
    from redhanded.pipeline.origin import Origin
    from redhanded.pipeline.surroundings import Surroundings
    from redhanded.verdict.inquiry import Inquiry

# Said anew by the control request itself.
_OWN_HEADERS = frozenset(
    {b"traceparent", b"content-length", b"connection", b"transfer-encoding", b"host"}
)


class Judged(Protocol):
    """What was called, for which test and in which of its rounds: by it, or in its name."""

    @property
    def test_id(self) -> str:
        """The test's node id."""
        ...

    @property
    def round(self) -> int:
        """How often it was run before."""
        ...

    @property
    def scope(self) -> Scope:
        """The calls."""
        ...

    @property
    def inquiry(self) -> Inquiry:
        """What takes in the questions that are put, and their answers."""
        ...


class Examiner:
    """What one process knows of the API, and its way to ask for more."""

    def __init__(
        self,
        settings: Settings,
        clients: Clients,
        surroundings: Surroundings,
        *,
        recorder: Callable[[str], Callable[[Attempt], None]],
        stall: Callable[[float, float], float],
        note: Callable[[str], None],
        canary: SharedCanary | None = None,
    ) -> None:
        base = httpx2.URL(settings.base_url or "")
        self.almanac: Almanac = Almanac(declared=tuple(_declared(settings)), below=base.path)
        self._settings = settings
        self._clients = clients
        self._surroundings = surroundings
        self._recorder = recorder
        self._stall = stall
        self._note = note
        self.calm: Calm = Calm(
            requeue=settings.requeue,
            surroundings=surroundings,
            almanac=self.almanac,
            is_calm=self._is_calm,
            returned=clients.forget_refusals,
            canary=canary,
        )
        self._lingering: dict[str, Finding] = {}
        self.home: str = f"{base.scheme}://{base.netloc.decode('ascii')}" if base.host else ""
        self._outage: Outage | None = None
        if base.host:
            origin = clients.origins.of(base)
            self._outage = Outage(self.home, origin, self.look, surroundings.sleep)
        self._health = health_url(settings) or settings.health
        alias = (settings.correlation_alias or "").encode("latin-1").lower()
        self._dropped = _OWN_HEADERS | {alias}

    def weigh(self, run: Judged) -> Callable[[Attempt, Sequence[Attempt]], Finding]:
        """What judges the failed attempts of a test."""
        if not self._settings.diagnosis.enabled:
            return of_attempt

        def weighed(attempt: Attempt, attempts: Sequence[Attempt]) -> Finding:
            return drive(of_failure(attempt, attempts, self._situation(run)), self._asking(run))

        return weighed

    def review(
        self, run: Judged, findings: Sequence[Finding], *, is_whole: bool
    ) -> tuple[Finding, ...]:
        """The findings on a phase of a test, after all that is known of the environment.

        With `is_whole` what went well is looked at too: once a test.
        """
        calls = run.scope.calls
        if not self._settings.diagnosis.enabled or self._is_plain(run, findings, calls):
            return tuple(findings)
        situation, ask = self._situation(run), self._asking(run)
        reviewed = [drive(review.of_red(found, calls, situation), ask) for found in findings]
        self._remember(run, reviewed)
        if is_whole and run.test_id in self._lingering and not _is_red(reviewed):
            reviewed.append(self._lingering[run.test_id])
        if is_whole and not _is_red(reviewed):  # a later round would wash it green
            reviewed += drive(review.of_renewals(calls, situation), ask)
        if is_whole and all(found.verdict is Verdict.RECOVERED for found in reviewed):
            reviewed += drive(review.of_green(calls, situation), ask)
            self._tell_losses(run, situation)
        ranks = list(Verdict)
        return tuple(sorted(reviewed, key=lambda found: ranks.index(found.verdict)))

    def foreign_sign(self, attempt: Attempt) -> str:
        """Why an answer is not the API's own, by what is known without asking; else empty."""
        return review.foreign(attempt, self.almanac) if self._settings.diagnosis.enabled else ""

    def _is_plain(self, run: Judged, findings: Sequence[Finding], calls: Sequence[Call]) -> bool:
        """Whether nothing at all calls for a closer look, as in nearly every test."""
        return not findings and run.test_id not in self._lingering and review.are_plain(calls)

    def _remember(self, run: Judged, findings: Sequence[Finding]) -> None:
        """Keep what a later round must not wash away: nothing explains it but the server."""
        for found in findings:
            if found.code == pace.ONCE:
                self._lingering.setdefault(run.test_id, found)

    def _asking(self, run: Judged) -> _Asking:
        now = self._surroundings.clock.monotonic
        until = now() + self._settings.diagnosis.seconds
        return _Asking(self, run.test_id, lambda: now() >= until)

    def _tell_losses(self, run: Judged, situation: Situation) -> None:
        for call in run.scope.calls:
            renewal = access.since_refusal(call.attempts)
            if renewal and (lost := access.loss_of(renewal, situation)):
                self._note(lost)

    def _situation(self, run: Judged) -> Situation:
        return Situation(
            almanac=self.almanac,
            home=self.home,
            inquiry=run.inquiry,
            test_id=run.test_id,
            round=run.round,
            rounds=self._settings.requeue.rounds,
            pairs=self._settings.diagnosis.pairs,
            patience=self.calm.patience,
            circuit=lambda attempt: circuit_fact(self._origin(attempt.url)),
            stall=self._stall,
            reconciled=lambda attempt: _reconciled(run, attempt),
            knows_origin=lambda attempt: self._origin(attempt.url).breaker.has_answered,
        )

    def _origin(self, url: str) -> Origin:
        return self._clients.origins.of(httpx2.URL(url))

    def may_ask(self) -> bool:
        """Whether the budget allows for one more control request."""
        limits = self._settings.diagnosis
        return self.almanac.asked < max(limits.floor, limits.share * self.almanac.sent)

    def outage(self) -> str:
        """Why a call to the API would not be answered now; asks it, where that is due."""
        return self._outage.reason() if self._outage is not None else ""

    def _is_calm(self) -> bool:
        if not self.home:
            return True
        if self.outage():
            return False
        answer = self.look()
        if answer is None or not is_well(answer):
            return False
        known = self.almanac.documents_beside(answer)
        if answer.status == 404 and is_stranger(answer, known):  # the address leads elsewhere
            return False
        # A portal is always well. A page alone means little: health may be one, and all else JSON.
        return not page_sign(answer, known)

    def look(self, test_id: str = "") -> Attempt | None:
        """The canary's answer: a GET of the health endpoint on a fresh connection."""
        answer = self.send(test_id, "canary", "GET", self._health)
        if answer is not None and is_well(answer):
            vouch(self._origin(self._health), answer)
        return answer

    def log_in(self, test_id: str) -> Attempt | None:
        """What the run's own credential is answered: by its login, else by the health endpoint."""
        scope = Scope(record=self._recorder(test_id))
        extensions = {PURPOSE: "probe", RETRY: False, FRESH: True}
        with (
            suppress(httpx2.HTTPError, httpx2.InvalidURL, CallError),  # the attempt tells it
            self._clients.open(scope) as client,
        ):
            client.get(self._health, extensions=extensions)
        logins = [attempt for attempt in scope.attempts if attempt.purpose == "auth"]
        return next(reversed(logins or scope.attempts), None)

    def send(
        self,
        test_id: str,
        purpose: Purpose,
        method: str,
        url: str,
        *,
        headers: Sequence[tuple[bytes, bytes]] = (),
        seconds: float | None = None,
    ) -> Attempt | None:
        """The one attempt of a control request; None where none was made."""
        scope = Scope(record=self._recorder(test_id))
        kept = [pair for pair in headers if pair[0].lower() not in self._dropped]
        extensions: dict[str, Any] = {PURPOSE: purpose, RETRY: False, FRESH: True}
        with (
            suppress(httpx2.HTTPError, httpx2.InvalidURL, CallError),  # the attempt tells it
            self._clients.open(scope) as client,
        ):
            request = _request(client, method, url, kept, seconds)
            request.extensions |= extensions
            client.send(request, auth=None, follow_redirects=False)
        return next(iter(scope.attempts), None)


class _Asking:
    """Performs what the diagnoses of one test ask for, up to a moment of the monotonic clock."""

    def __init__(self, examiner: Examiner, test_id: str, is_over: Callable[[], bool]) -> None:
        self._examiner = examiner
        self._test_id = test_id
        self._is_over = is_over

    def __call__(self, ask: Ask) -> Attempt | None:
        if self._is_over() or not self._examiner.may_ask():
            return None
        like = ask.like
        if ask.arm is Arm.LOGIN:
            return self._examiner.log_in(self._test_id)
        if ask.arm is Arm.CANARY or like is None:
            return self._examiner.look(self._test_id)
        return self._examiner.send(
            self._test_id,
            "probe",
            like.method,
            like.url,
            headers=like.raw_request_headers,
            seconds=ask.seconds,
        )


def _is_red(findings: Sequence[Finding]) -> bool:
    return any(found.verdict.is_red or found.code == pace.ONCE for found in findings)


def _declared(settings: Settings) -> Iterator[str]:
    """The routes that the settings name for any purpose, which are templates of the API's paths."""
    yield from settings.routes
    yield from settings.lookups
    yield from (route for route in settings.ceilings if route != EVERY)
    yield from (route for route in settings.objectives if route != EVERY)
    yield from settings.retry.keys


def _reconciled(run: Judged, attempt: Attempt) -> str:
    calls = (call for call in run.scope.calls if attempt in call.attempts)
    return next((call.reconciled for call in calls), "")


def _request(
    client: Client,
    method: str,
    url: str,
    headers: Sequence[tuple[bytes, bytes]],
    seconds: float | None,
) -> httpx2.Request:
    timeout: Any = httpx2.USE_CLIENT_DEFAULT if seconds is None else seconds
    return client.build_request(method, url, headers=list(headers), timeout=timeout)
