"""Reconciling: a write whose answer was lost is looked up, not sent again on a guess."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import httpx2

from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.classify import words
from redhanded.pipeline.errors import WriteDuplicated
from redhanded.pipeline.flow import Close, Sleep
from redhanded.pipeline.lookup import Lookups, NotKnown, SentTags, shows
from redhanded.pipeline.retry import is_idempotent, is_replayable
from redhanded.pipeline.routes import Routes
from redhanded.pipeline.table import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from redhanded.core.attempt import Attempt
    from redhanded.pipeline.call import Reconciled
    from redhanded.pipeline.flow import Effect, Flow, Proceed
    from redhanded.pipeline.lookup import Lookup, Question

FIRST_PAUSE = 0.1
# A gateway's word that the answer is late: what stands behind it may be at work.
_LATE = frozenset({504, 524})
# Retries of these are opted in: the server is said, not seen, to have left the write undone.
_SAID_UNDONE = frozenset({"request_timeout", "unavailable", "unavailable_told"})


class Seen(NamedTuple):
    """How often a write was found; None where that is not known, for that reason."""

    times: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconcile:
    """Learns by a look-up what became of a write whose answer was lost.

    Found once, it was applied: the failure stands, and the call says so. Found more than once, it
    is a defect. Not found when the time is up, it is sent once more, unless the server may still
    be at work on it. Where no look-up is declared, or none tells, the failure stands.
    """

    now: Callable[[], float]
    lookups: Lookups = field(default_factory=Lookups)
    keyed: Routes = field(default_factory=Routes)
    cost: float = 10.0
    sent: SentTags = field(default_factory=SentTags)

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response to the write; to the second one, where the first was not applied."""
        call: Call = request.extensions[CALL]
        if call.purpose != "test" or is_idempotent(request, self.keyed):
            return proceed(request)
        lookup = self.lookups.of_write(request)
        if lookup is not None and not call.attempts:
            self.sent.add(lookup, request)
        return self._followed(request, call, proceed)

    def _followed(self, request: httpx2.Request, call: Call, proceed: Proceed) -> Flow:
        made = len(call.attempts)
        try:
            response = yield from proceed(request)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            if not _is_lost(call, made):
                raise
            if not (yield from self._reconciled(request, call, proceed, error)):
                raise
        else:
            if not _is_lost(call, made):
                return response
            if not (yield from self._reconciled(request, call, proceed, response)):
                return response
            yield Close(response)
        response = yield from self._followed(request, call, proceed)
        if not call.row:
            call.origin.bucket.refund(self.cost)
        return response

    def _reconciled(
        self,
        request: httpx2.Request,
        call: Call,
        proceed: Proceed,
        lost: httpx2.Response | httpx2.RequestError,
    ) -> Generator[Effect, object, bool]:
        """Whether the write is to be sent once more; raises WriteDuplicated."""
        lookup = self.lookups.of_write(request)
        if lookup is None:
            call.reconciled = "unknown"
            return False
        began = self.now()
        seen = yield from self._seen(request, call, proceed, lookup)
        if seen.times and (others := self.sent.times(lookup, request) - 1) > 0:
            seen = Seen(None, f"of the writes with its tag it is only one, beside {others} more")
        call.reconciled, told = _told(call, seen)
        hindrance = self._hindrance(request, call) if call.reconciled == "not_applied" else ""
        response = lost if isinstance(lost, httpx2.Response) else None
        call.remark(f"looked up: {told}{hindrance and f'; not sent again: {hindrance}'}", response)
        if call.reconciled == "duplicated":
            if response is not None:
                yield Close(response)
            raise _duplicate(request, call, lookup, seen) from (
                lost if isinstance(lost, httpx2.RequestError) else None
            )
        if call.reconciled != "not_applied" or hindrance:
            return False
        call.pause(self.now() - began, "looked up: not applied")
        return True

    def _hindrance(self, request: httpx2.Request, call: Call) -> str:
        """Why a write that was not applied is not sent again; empty where it is."""
        if not call.is_retried:
            return "this call is never retried"
        if not is_replayable(request):
            return "its body cannot be sent twice"
        if (sent := _times_sent(call)) > 1:
            return f"it was sent {sent} times"
        return "" if call.origin.bucket.take(self.cost) else "the retry budget is spent"

    def _seen(
        self, request: httpx2.Request, call: Call, proceed: Proceed, lookup: Lookup
    ) -> Generator[Effect, object, Seen]:
        """What look-ups after growing pauses show: the first find, or the last want of one."""
        try:
            question = lookup.question(request)
        except NotKnown as reason:
            return Seen(None, str(reason))
        until, pause = self.now() + lookup.seconds, FIRST_PAUSE
        while True:
            left = until - self.now()
            wait = max(0.0, min(pause, left))
            if call.deadline - self.now() <= wait:
                return Seen(None, "the call's deadline leaves no time for it")
            if wait:
                yield Sleep(wait)
            seen = yield from _look(call, proceed, lookup, question)
            # That nothing is there counts only where it was asked when the time was up.
            if seen.times or pause >= left or self._is_settled(call, seen, until):
                return seen
            pause *= 2

    def _is_settled(self, call: Call, seen: Seen, until: float) -> bool:
        """Whether another look would tell no more: only weather passes, while there is time."""
        if seen.times is not None:
            return False
        row = ROWS.get(call.probes[-1].row)
        return row is None or row.verdict == "assertion" or self.now() >= until


def _look(
    call: Call, proceed: Proceed, lookup: Lookup, question: Question
) -> Generator[Effect, object, Seen]:
    """What one look shows; where the finds do not show the tag, whether it was heeded at all."""
    try:
        found = yield from _asked(call, proceed, lookup, question.asked)
        own = sum(shows(item, question.tags) for item in found)
        if found and not own:
            if (yield from _asked(call, proceed, lookup, question.control)):
                return Seen(None, "the look-up finds as much by a tag that nobody has")
            own = len(found)
    except NotKnown as reason:
        return Seen(None, str(reason))
    return Seen(own)


def _asked(
    call: Call, proceed: Proceed, lookup: Lookup, asked: httpx2.Request
) -> Generator[Effect, object, list[object]]:
    """What the look-up finds; it stands in the ledger beside the call, and is not retried."""
    probe = Call(
        call.scope,
        call.origin,
        call.home,
        purpose="probe",
        deadline=call.deadline,
        is_retried=False,
    )
    call.probes = (*call.probes, probe)
    asked.extensions[CALL] = probe
    try:
        answer = yield from proceed(asked)
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        raise NotKnown(f"the look-up brought no answer ({words(error)})") from error
    return lookup.found(answer)


def _is_lost(call: Call, made: int) -> bool:
    """Whether the last attempt since then may have been carried out unanswered."""
    return len(call.attempts) > made and _may_be_done(call.attempts[-1])


def _may_be_done(attempt: Attempt) -> bool:
    row = ROWS.get(attempt.row)
    return row is not None and row.reconcile


def _times_sent(call: Call) -> int:
    """How often the write may have been carried out on our account."""
    return sum(made.row in _SAID_UNDONE or _may_be_done(made) for made in call.attempts)


def _told(call: Call, seen: Seen) -> tuple[Reconciled, str]:
    """What became of the write, and the words for it."""
    if seen.times is None:
        return "unknown", f"not known: {seen.reason}"
    if seen.times == 0:
        last = call.attempts[-1]
        if ROWS[last.row].slow or last.status in _LATE:
            return "unknown", "not there yet, and the server may still be at work on it"
        return "not_applied", "not applied"
    if seen.times == 1:
        return "applied", "applied"
    if (sent := _times_sent(call)) > 1:
        return "unknown", f"there {seen.times} times, and it was sent {sent} times"
    return "duplicated", f"there {seen.times} times"


def _duplicate(request: httpx2.Request, call: Call, lookup: Lookup, seen: Seen) -> WriteDuplicated:
    error = WriteDuplicated(
        f"{lookup.route} was sent once, its answer was lost, and {lookup.find} finds it "
        f"{seen.times} times: follow trace {call.scope.trace_id} through gateway and queue, "
        "unless other runs use the same tag",
        request=request,
    )
    error.attempts = tuple(call.attempts)
    return error
