"""`expect`: holds a response against everything that a test says about it, all at once."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, overload

import httpx2

from redhanded.core.errors import (
    ContractViolated,
    ExpectationFailed,
    ObjectiveMissed,
    UsageError,
)
from redhanded.core.redaction import Redactor
from redhanded.core.verdicts import Verdict
from redhanded.pipeline.call import Held
from redhanded.verdict.expectation import UNSET, Expectation, Outcome
from redhanded.verdict.findings import of_violations, verdict_of
from redhanded.verdict.observation import attempt_behind, call_behind
from redhanded.verdict.seconds import require_seconds
from redhanded.verdict.status import allowed
from redhanded.verdict.words import Scene, complaint

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import TypeAdapter

    from redhanded.contracts.model import Extra
    from redhanded.core.violation import Violation
    from redhanded.pipeline.call import Call
    from redhanded.verdict.conditions import Where
    from redhanded.verdict.status import Status

T = TypeVar("T")


@overload
def expect(
    response: httpx2.Response,
    status: Status = ...,
    *,
    headers: Mapping[str, object] = ...,
    within: float | None = ...,
    where: Where = ...,
) -> httpx2.Response: ...
@overload
def expect(
    response: httpx2.Response,
    status: Status,
    shape: type[T],
    *,
    headers: Mapping[str, object] = ...,
    within: float | None = ...,
    where: Where = ...,
    strict: bool | None = ...,
    extra: Extra | None = ...,
) -> T: ...
@overload
def expect(
    response: httpx2.Response,
    status: Status,
    shape: TypeAdapter[T],
    *,
    headers: Mapping[str, object] = ...,
    within: float | None = ...,
    where: Where = ...,
    strict: bool | None = ...,
    extra: Extra | None = ...,
) -> T: ...
@overload
def expect(
    response: httpx2.Response,
    status: Status = ...,
    shape: object = ...,
    *,
    headers: Mapping[str, object] = ...,
    within: float | None = ...,
    where: Where = ...,
    strict: bool | None = ...,
    extra: Extra | None = ...,
) -> Any: ...  # noqa: ANN401  the value of a shape that only pydantic knows
def expect(
    response: httpx2.Response,
    status: Status = "2xx",
    shape: object = UNSET,
    *,
    headers: Mapping[str, object] | None = None,
    within: float | None = None,
    where: Where = (),
    strict: bool | None = None,
    extra: Extra | None = None,
) -> Any:
    """The value of the body as its shape reads it; the response itself where no shape is given.

    `status` is 200, {200, 204}, range(200, 300) or "2xx". `shape` is a type (a model,
    `list[Model]`, anything pydantic reads; `str` and `bytes` are the body as it came) or a value
    to equal, with dirty-equals values anywhere in it. `headers` gives for a name a text, a
    pattern, `...` (any value) or None (absent); a `content-type` there takes the place of the
    check for JSON.
    `within` is how many seconds the server may take to begin its answer. `where` holds functions
    of the value and mappings of JSON paths to values. `strict` and `extra` say for this call how a
    pydantic type is read, else the project's settings do.

    Raises ContractViolated where only the shape is broken, ObjectiveMissed where only the answer's
    time is, ExpectationFailed otherwise: an AssertionError that holds every violation.
    """
    __tracebackhide__ = True
    answer = _response(response)
    call = call_behind(answer)
    expectation = Expectation(
        status=status,
        shape=shape,
        headers=_headers(headers),
        within=_seconds(within),
        where=where,
        strict=_setting(call, "strict", strict, default=True),
        extra=_setting(call, "extra", extra, default="forbid"),
        mask=_mask(call),
    )
    outcome = _held(expectation, answer)
    if call is not None:
        call.checks += 1
        call.held += _shapes_held(answer, expectation, outcome)
    if outcome.violations:
        _fail(answer, outcome.violations, call, expectation.mask)
    return outcome.value


def _shapes_held(
    answer: httpx2.Response, expectation: Expectation, outcome: Outcome
) -> tuple[Held, ...]:
    """The shape that the body was held against, if any, so that no contract does it again."""
    if expectation.shape is UNSET or answer.status_code not in allowed(expectation.status):
        return ()
    is_kept = not any(violation.code.startswith("body") for violation in outcome.violations)
    return (Held(attempt_behind(answer).id, expectation.shape, is_kept),)


def _held(expectation: Expectation, answer: httpx2.Response) -> Outcome:
    __tracebackhide__ = True
    try:
        return expectation.hold(answer)
    except UsageError as error:
        raise error.with_traceback(None) from error.__cause__  # the author's line, not ours


def _response(given: object) -> httpx2.Response:
    __tracebackhide__ = True
    if isinstance(given, httpx2.Response):
        return given
    if inspect.isawaitable(given):
        if inspect.iscoroutine(given):
            given.close()
        raise UsageError("The call was not awaited: write expect(await async_api.get(...), ...).")
    kind = type(given)
    raise UsageError(
        f"expect(...) takes an httpx2.Response, not {kind.__module__}.{kind.__qualname__}."
    )


def _headers(given: object) -> Mapping[str, object]:
    __tracebackhide__ = True
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return given
    raise UsageError(f"headers={given!r} must be a mapping of names to expected values.")


def _seconds(within: float | None) -> float | None:
    __tracebackhide__ = True
    return within if within is None else require_seconds("within", within)


def _setting(call: Call | None, name: str, given: object, *, default: object) -> Any:  # noqa: ANN401
    """What the call says, else the project, else what is right for most."""
    if given is not None:
        return given
    return getattr(call.shapes if call is not None else None, name, default)


def _mask(call: Call | None) -> Callable[[str], str]:
    """The run's own mask; without one, that of what gives itself away as a secret."""
    known: Callable[[str], str] | None = getattr(call and call.scope, "mask", None)
    return known or (lambda text: Redactor().text(text))


def _fail(
    response: httpx2.Response,
    violations: tuple[Violation, ...],
    call: Call | None,
    mask: Callable[[str], str],
) -> NoReturn:
    __tracebackhide__ = True
    attempt = attempt_behind(response)
    attempts = call.attempts if call is not None else [attempt]
    finding = of_violations(violations, attempt, attempts)
    text = complaint(finding, Scene(attempt=attempt, attempts=len(attempts)), mask=mask)
    kinds = {verdict_of(violation) for violation in violations}
    if kinds == {Verdict.DRIFT}:
        raise ContractViolated(text, violations, attempt)
    if kinds == {Verdict.SLOW}:
        raise ObjectiveMissed(text, violations, attempt)
    raise ExpectationFailed(text, violations, attempt)
