"""What it means that a request was answered so now: the same, different, or nobody can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.contracts.glimpse import glimpse
from redhanded.pipeline.table import ROWS
from redhanded.session.replay.comparison import Comparison, compared
from redhanded.session.replay.outcome import Answer, Difference, Outcome, Result
from redhanded.session.replay.reproduction import Told, unseen
from redhanded.verdict.findings import is_weather

if TYPE_CHECKING:
    from redhanded.core.attempt import Attempt
    from redhanded.core.exchange import Body, Exchange
    from redhanded.session.replay.plan import Step

_ENOUGH: Final = 1000  # differences of one answer; a list of which all items differ has as many


def recorded_answer(exchange: Exchange) -> Answer:
    """What the record tells of its answer."""
    failed = exchange.failure.row if exchange.failure is not None else ""
    return Answer(
        exchange.status,
        _media(exchange),
        exchange.elapsed,
        exchange.response_size,
        failed,
    )


def cannot(step: Step, reason: str, *, notes: tuple[str, ...] = ()) -> Outcome:
    """The outcome of a request that was not sent, or of which nothing came."""
    made = step.sent.exchange
    return Outcome(
        exchange=made,
        result="cannot",
        recorded=recorded_answer(made),
        reason=reason,
        notes=notes,
    )


def judged(
    step: Step,
    attempt: Attempt,
    exchange: Exchange,
    body: Body,
    *,
    signed: bool,
    notes: tuple[str, ...] = (),
) -> Outcome:
    """The outcome of a request that was sent; `exchange` and `body` are its attempt, masked.

    `signed` says that it carried a credential which was made for it.
    """
    comparison, unread = _compared(step, body)
    result, reason, differences = _result(step, attempt, exchange, body, comparison, signed=signed)
    decisive = {*differences}
    is_alike = exchange.status == step.sent.exchange.status  # else another body is no news
    beside = (*comparison.values, *comparison.fleeting) if is_alike else ()
    return Outcome(
        exchange=step.sent.exchange,
        result=result,
        recorded=recorded_answer(step.sent.exchange),
        now=recorded_answer(exchange),
        reason=reason,
        differences=differences[:_ENOUGH],
        beside=tuple(found for found in beside if found not in decisive)[:_ENOUGH],
        notes=(*notes, *([unread] if unread else [])),
    )


def _compared(step: Step, body: Body) -> tuple[Comparison, str]:
    """What tells the bodies apart, or why they are not compared."""
    made, old = step.sent.exchange, step.sent.response
    if old is None:
        why = 'the recorded body was not kept and is not compared: evidence = "all" keeps it'
        return Comparison(), why if made.response_size else ""
    if old.kind == "binary" or body.kind == "binary":
        return Comparison(), "the bodies are no text, so only their sizes are told"
    if old.truncated or body.truncated:
        return Comparison(), "the bodies are longer than what is kept, so they are not compared"
    return compared(old.text, body.text), ""


def _result(
    step: Step,
    attempt: Attempt,
    exchange: Exchange,
    body: Body,
    comparison: Comparison,
    *,
    signed: bool,
) -> tuple[Result, str, tuple[Difference, ...]]:
    made = step.sent.exchange
    if not attempt.is_complete:
        return _unanswered(made, exchange)
    if made.status != exchange.status or made.failure is not None:
        return _other_status(made, attempt, signed=signed)
    if _media(made) != _media(exchange):
        found = Difference("headers.content-type", _media(made), _media(exchange))
        return "different", "the content is of another type", (found,)
    if comparison.form:
        return "different", "the body has another form", comparison.form
    gone = _gone(step, exchange, body, comparison)
    if gone:
        return "different", "what was found is not there as it was", gone
    return "same", "", ()


def _unanswered(made: Exchange, exchange: Exchange) -> tuple[Result, str, tuple[()]]:
    """A failure like the recorded one is the same, any other may be the weather of the moment."""
    failure = exchange.failure
    row = failure.row if failure is not None else exchange.row
    if made.failure is not None and made.failure.row == row:
        return "same", "", ()
    phase = f" (phase {failure.phase})" if failure is not None else ""
    return "cannot", f"no whole answer came: {_said(row)}{phase}", ()


def _said(row: str) -> str:
    known = ROWS.get(row)
    return known.failure if known is not None and known.failure else row.replace("_", " ")


def _other_status(
    made: Exchange, attempt: Attempt, *, signed: bool
) -> tuple[Result, str, tuple[Difference, ...]]:
    before = str(made.status) if made.failure is None else f"no answer ({made.failure.row})"
    found = Difference("status", before, str(attempt.status))
    if is_weather(attempt):
        return "cannot", f"{attempt.status} came, which may be the weather of the moment", (found,)
    if attempt.status == 401 and signed:
        return "cannot", "401 came: the credential that was made for it is refused", (found,)
    return "different", "the status is another", (found,)


def _gone(
    step: Step, exchange: Exchange, body: Body, comparison: Comparison
) -> tuple[Difference, ...]:
    """What of the findings is not seen again; of a plain assertion, each value that differs."""
    old = step.sent.response
    before = _told(step.sent.exchange, old.text if old is not None else "")
    after = _told(exchange, body.text)
    violations = [one for finding in step.findings for one in finding.violations]
    gone = [unseen(one, before, after) for one in violations if _is_kept(step, one.where)]
    if any(not finding.violations for finding in step.findings if finding.verdict.is_red):
        gone += comparison.values
    return tuple(dict.fromkeys(found for found in gone if found is not None))


def _is_kept(step: Step, where: str) -> bool:
    """Whether the record has what the breach speaks of."""
    return not where.startswith(("$", "body")) or step.sent.response is not None


def _told(exchange: Exchange, body: str) -> Told:
    headers = {name.lower(): value for name, value in exchange.response_headers}
    return Told(exchange.status, headers, body, exchange.elapsed)


def _media(exchange: Exchange) -> str:
    types = (value for name, value in exchange.response_headers if name.lower() == "content-type")
    return glimpse(next(types, "").partition(";")[0].strip().lower())[1:-1]
