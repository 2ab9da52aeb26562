"""The replayer: sends the requests of a plan in their order, one attempt for one attempt."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import httpx2

from redhanded.client.client import Clients
from redhanded.core import ids
from redhanded.core.errors import RedhandedError, UsageError
from redhanded.core.settings import Retry
from redhanded.pipeline.call import FRESH, PURPOSE, RETRY, Scope
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.replay.credential import Signer
from redhanded.session.replay.judgement import cannot, judged
from redhanded.session.replay.outcome import Unrepeatable
from redhanded.session.replay.request import Renewal, Target, refuse_masks
from redhanded.session.replay.secrets import Secrets
from redhanded.session.replay.succession import Succession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.core.attempt import Attempt
    from redhanded.core.redaction import Redactor
    from redhanded.core.settings import Settings
    from redhanded.session.replay.outcome import Outcome
    from redhanded.session.replay.plan import Plan, Step
    from redhanded.session.replay.request import Renewed
    from redhanded.session.sources import Loaded


class Replayer:
    """Replays plans against one target, with the secrets of the settings; nothing is repeated.

    `identity` signs what was signed by an identity of which the record tells no name.
    """

    def __init__(
        self,
        loaded: Loaded,
        target: Target,
        redactor: Redactor,
        *,
        identity: str | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        self._settings = _for_replays(loaded.settings, target)
        self._target = target
        self._redactor = redactor
        self._secrets = Secrets(loaded.secrets)
        self._signer = Signer(self._settings, identity)
        self._around = surroundings or Surroundings()
        if identity is not None and identity not in loaded.settings.identities:
            known = ", ".join(sorted(loaded.settings.identities)) or "none"
            raise UsageError(f"no identity is called {identity!r} (known: {known}).")

    def replay(self, plan: Plan) -> Iterator[Outcome]:
        """The outcome of each request, as it comes; what an answer brings goes into later ones."""
        succession = Succession()
        renewal = Renewal(
            self._target,
            self._secrets,
            succession,
            new_key=lambda: ids.trace_id(self._around.entropy),
        )
        with closing(self._clients()) as clients:
            trace_id = ids.trace_id(self._around.entropy)
            sender = _Sender(clients, self._target, self._signer, self._redactor, trace_id)
            for step in plan.steps:
                outcome, attempt = _replayed(step, renewal, sender)
                succession.learn(step.sent, attempt)
                yield outcome

    def _clients(self) -> Clients:
        return Clients(
            self._settings,
            surroundings=self._around,
            on_secret=lambda value, name: self._redactor.issue(value, name=name),
            user_agent=f"redhanded/{version('redhanded')} (synthetic-test; replay)",
        )


def _for_replays(settings: Settings, target: Target) -> Settings:
    """The settings without anything that would blur what one attempt is answered."""
    changed = {"base_url": target.base or None, "redirects": False, "retry": Retry(capacity=0)}
    return settings.model_copy(update=changed)


def _replayed(step: Step, renewal: Renewal, sender: _Sender) -> tuple[Outcome, Attempt | None]:
    try:
        renewed = renewal.renewed(step.sent)
        answered = sender.send(renewed, _issued(step))
    except Unrepeatable as reason:
        return cannot(step, str(reason)), None
    notes = (*renewed.notes, *_repeats(step))
    if answered.attempt is None:
        return cannot(step, answered.reason, notes=notes), None
    return sender.judged(step, answered, notes), answered.attempt


def _issued(step: Step) -> str:
    """What answers had brought to the test itself before this request, as text."""
    return "".join(sent.response.text for sent in step.before if sent.response is not None)


def _repeats(step: Step) -> tuple[str, ...]:
    times = step.attempts
    return (f"the run had sent it {times} times within one call",) if times > 1 else ()


@dataclass(frozen=True, slots=True)
class _Answered:
    attempt: Attempt | None
    signed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Sender:
    """Sends one request as it is, and shows what came of it through the gate."""

    clients: Clients
    target: Target
    signer: Signer
    redactor: Redactor
    trace_id: str

    def send(self, renewed: Renewed, issued: str) -> _Answered:
        """The one attempt of the request, or why there is none."""
        signed, identity = False, None
        scope = Scope(self.trace_id, record=self.redactor.learn, mask=self.redactor.text)
        try:
            with self.clients.open(scope, identity) as client:
                request = _built(client, renewed)
                signed, identity = self.signer.sign(request, issued)
                if signed:
                    self.target.guard(str(request.url))
                refuse_masks(str(request.url), tuple(request.headers.multi_items()))
            with self.clients.open(scope, identity) as client:
                auth: Any = httpx2.USE_CLIENT_DEFAULT if signed else None
                client.send(request, auth=auth, follow_redirects=False)
        except (httpx2.HTTPError, httpx2.InvalidURL, RedhandedError, ValueError) as error:
            reason = str(error).rstrip(".") or type(error).__name__
            return _Answered(_last(scope), signed, f"it was not sent: {reason}")
        return _Answered(_last(scope), signed)

    def judged(self, step: Step, answered: _Answered, notes: tuple[str, ...]) -> Outcome:
        """The outcome of an attempt."""
        attempt = answered.attempt
        assert attempt is not None  # noqa: S101  only then there is anything to judge
        exchange = self.redactor.exchange(attempt)
        body = self.redactor.body(attempt.response_body, attempt.header("content-type") or "")
        return judged(step, attempt, exchange, body, signed=answered.signed, notes=notes)


def _built(client: httpx2.Client, renewed: Renewed) -> httpx2.Request:
    """The request with the headers of the record alone, and those that its sending needs."""
    request = client.build_request(renewed.method, renewed.url, content=renewed.content or None)
    given = {name.lower() for name, _ in renewed.headers}
    # In their own case: an API that echoes what it gets would answer otherwise.
    needed = [
        (name, value)
        for name, value in request.headers.raw
        if name.lower().decode("latin-1") in {"host", "content-length", "user-agent"} - given
    ]
    # As it was read: what is beyond US-ASCII is opaque (RFC 9110, section 5.5).
    recorded = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in renewed.headers
    ]
    request.headers = httpx2.Headers([*needed, *recorded])
    request.extensions |= {PURPOSE: "probe", RETRY: False, FRESH: True}
    return request


def _last(scope: Scope) -> Attempt | None:
    probes = [attempt for attempt in scope.attempts if attempt.purpose == "probe"]
    return probes[-1] if probes else None
