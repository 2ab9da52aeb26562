"""Triage: from how a phase of a test ended, and its ledger, to a verdict and what it rests on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import httpx2

from redhanded.client.tokens import CredentialUnavailable
from redhanded.contracts import document
from redhanded.contracts.openapi.document import DocumentUnreachable
from redhanded.core.errors import (
    CallError,
    ExpectationFailed,
    InternalError,
    NothingObserved,
    UsageError,
)
from redhanded.core.verdicts import Finding, Verdict, worst
from redhanded.core.violation import Violation
from redhanded.fleet.leases import LeaseUnavailable
from redhanded.pipeline.ceiling import first_own
from redhanded.pipeline.errors import WriteDuplicated
from redhanded.verdict import findings
from redhanded.verdict.drift import unheard
from redhanded.verdict.observation import attempt_behind, attempts_behind
from redhanded.verdict.provenance import is_own, is_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.core.attempt import Attempt
    from redhanded.pipeline.call import Call

Weigh: TypeAlias = Callable[["Attempt", Sequence["Attempt"]], Finding]

_NO_ANSWER = (CallError, httpx2.TransportError, httpx2.DecodingError)
_UNSENT = (httpx2.InvalidURL, httpx2.StreamError)
_PROBES = frozenset({"probe", "canary"})


def triage(
    error: BaseException | None,
    calls: Sequence[Call],
    *,
    phase: str = "call",
    weigh: Weigh = findings.of_attempt,
) -> tuple[Verdict, tuple[Finding, ...]]:
    """The verdict on one phase of a test, with its findings, the worst first. Pure.

    What went well in spite of weather, or too slowly, is told once: with phase `call`. `weigh`
    says what an attempt means that brought no answer of the API's own: it is the seam for a
    diagnosis that knows more than the retry table. Skips and interrupts are not judged here.
    """
    case = _Case(calls, phase, weigh)
    found = list(case.of_error(error)) if error is not None else []
    if phase == "call":
        found += case.of_pace() if error is not None else [*case.of_pace(), *case.of_weather()]
    found.sort(key=lambda finding: list(Verdict).index(finding.verdict))
    return worst([finding.verdict for finding in found]), tuple(found)


@dataclass(frozen=True, slots=True)
class _Case:
    calls: Sequence[Call]
    phase: str
    weigh: Weigh

    def of_weather(self) -> list[Finding]:
        own = (call.attempts for call in self.calls if call.purpose not in _PROBES)
        recovered = (findings.recovery(attempts) for attempts in own if attempts)
        return [finding for finding in recovered if finding is not None]

    def of_pace(self) -> list[Finding]:
        return [
            findings.lateness(first_own(call.attempts) or call.attempts[0], call.late, call.ceiling)
            for call in self.calls
            if call.late is not None and call.ceiling is not None
        ]

    def of_error(self, error: BaseException) -> Iterator[Finding]:
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from self.of_error(inner)
        elif isinstance(error, AssertionError):
            yield self._of_assertion(error)
        elif isinstance(error, WriteDuplicated):
            yield _duplicate(error)
        elif isinstance(error, LeaseUnavailable):
            message, facts = _first_line(error), error.facts
            yield Finding(Verdict.INCONCLUSIVE, "lease.none_free", message, evidence=facts)
        elif isinstance(error, DocumentUnreachable):
            yield unheard(str(error))
        else:
            yield self._of_answer(error) or self._of_test(error)

    def _of_assertion(self, error: AssertionError) -> Finding:
        if isinstance(error, ExpectationFailed):
            return self._of_expectation(error)
        if isinstance(error, NothingObserved):
            return self._of_window(error)
        if (spoilt := self._unanswered()) is not None:
            return spoilt
        answered = any(made.is_complete for call in self.calls for made in call.attempts)
        verdict = Verdict.DEFECT if answered else Verdict.TEST_BUG
        code = "assert" if answered else "test.no_request"
        facts = ("a whole answer had arrived",) if answered else ("no answer had arrived",)
        return Finding(verdict, code, _first_line(error), evidence=facts)

    def _of_expectation(self, error: ExpectationFailed) -> Finding:
        attempt = error.attempt
        if attempt is None:
            return Finding(Verdict.DEFECT, "value", _first_line(error), "", error.violations)
        attempts = self._call_of(attempt)
        found = findings.of_violations(error.violations, attempt, attempts)
        if found.verdict is Verdict.INCONCLUSIVE and findings.is_weather(attempt):
            return replace(self.weigh(attempt, attempts), violations=found.violations)
        return found

    def _of_window(self, error: NothingObserved) -> Finding:
        """What `eventually` missed is judged by the last thing that it saw."""
        last = error.__cause__
        if not isinstance(last, AssertionError):
            return Finding(Verdict.DEFECT, "eventually", _first_line(error))
        found = self._of_assertion(last)
        code = "eventually" if found.verdict is Verdict.DEFECT else found.code
        return replace(found, code=code, message=_first_line(error))

    def _unanswered(self) -> Finding | None:
        """The weather that a plain assert may have met: a call that nothing else has judged."""
        for call in self.calls:
            lost = call.attempts and call.purpose == "test" and not call.checks
            if lost and findings.is_weather(call.attempts[-1]):
                return self.weigh(call.attempts[-1], call.attempts)
        return None

    def _call_of(self, attempt: Attempt) -> Sequence[Attempt]:
        calls = (call.attempts for call in self.calls if attempt in call.attempts)
        return next(calls, [attempt])

    def _of_answer(self, error: BaseException) -> Finding | None:
        """What the error says about an answer, or about the want of one; None where nothing."""
        if isinstance(error, CredentialUnavailable):
            return self._of_credential(error)
        if isinstance(error, _NO_ANSWER):
            attempts = attempts_behind(error)
            return self.weigh(attempts[-1], attempts)
        if isinstance(error, httpx2.TooManyRedirects):
            return Finding(Verdict.DEFECT, "http.redirect", f"redirected in a loop: {error}")
        if isinstance(error, httpx2.HTTPStatusError):
            status = str(error.response.status_code)
            wanted = Violation("status", "status", status, "a success", rule="raise_for_status")
            attempt = attempt_behind(error.response)
            return self._of_expectation(ExpectationFailed(status, [wanted], attempt))
        if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
            return self._of_unreadable(error)
        return None

    def _of_credential(self, error: CredentialUnavailable) -> Finding:
        """What kept a token from us: no answer, an answer of weather or a fault, or a refusal."""
        message, cause = _first_line(error), error.__cause__
        if isinstance(cause, httpx2.RequestError):
            attempts = attempts_behind(cause)
            return replace(self.weigh(attempts[-1], attempts), message=message)
        status = error.status or 0
        attempt = error.attempts[-1] if error.attempts else None
        if not error.stands and attempt is not None and findings.is_settled(attempt):
            return replace(self.weigh(attempt, error.attempts), message=message)
        facts = (f"the endpoint that hands out the credential answered {status}",)
        if attempt is not None and is_page(attempt) and not is_own(attempt):
            facts = (f"{facts[0]} with a page of HTML, as gateways do",)
            return Finding(Verdict.INCONCLUSIVE, "provenance.foreign", message, evidence=facts)
        if 200 <= status < 300:
            return Finding(Verdict.DRIFT, "auth.no_token", message, evidence=facts)
        return Finding(Verdict.INCONCLUSIVE, "auth.refused", message, evidence=facts)

    def _of_unreadable(self, error: json.JSONDecodeError | UnicodeDecodeError) -> Finding | None:
        """The answer whose body the test could not decode; None where it decoded something else."""
        text = isinstance(error, json.JSONDecodeError)
        content = error.doc.encode(errors="surrogatepass") if text else error.object  # type: ignore[union-attr]
        for made in (attempt for call in self.calls for attempt in call.attempts):
            if made.response_body == content:
                found = document.read(content, made.header("content-type") or "")
                if isinstance(found, Violation):
                    return findings.of_violations([found], made)
        return None

    def _of_test(self, error: BaseException) -> Finding:
        message = f"{type(error).__name__}: {_first_line(error)}".rstrip(": ")
        if isinstance(error, UsageError):
            return Finding(Verdict.TEST_BUG, "test.usage", _first_line(error))
        if isinstance(error, _UNSENT):
            return Finding(Verdict.TEST_BUG, "test.request", message)
        if isinstance(error, InternalError):
            return Finding(Verdict.TEST_BUG, "internal", message)
        if (spoilt := self._unanswered()) is not None:  # such as a key that no gateway sends
            return spoilt
        code = "test.exception" if self.phase == "call" else "test.fixture"
        return Finding(Verdict.TEST_BUG, code, message)


def _duplicate(error: WriteDuplicated) -> Finding:
    last = error.attempts[-1].id if error.attempts else ""
    facts = ("the look-up that is declared for this route found it more than once",)
    return Finding(Verdict.DEFECT, "write.duplicated", _first_line(error), last, evidence=facts)


def _first_line(error: BaseException) -> str:
    """The first line that says something; the error's name where none does."""
    lines = (line.strip() for line in str(error).splitlines())
    return next(filter(None, lines), type(error).__name__)
