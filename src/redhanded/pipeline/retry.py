"""Retries, exactly by the table: a retry may acquit the network, never the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2

from redhanded.core.errors import CallError
from redhanded.pipeline.admission import heed
from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.flow import Close, Sleep
from redhanded.pipeline.retry_after import told_pause
from redhanded.pipeline.routes import Routes
from redhanded.pipeline.table import IDEMPOTENT_METHODS, ROWS, SAFE_METHODS, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redhanded.pipeline.flow import Flow, Proceed

ATTEMPTS = 3
LONGEST_PAUSE = 5.0
_UNCAPPED = frozenset({"key_in_flight"})  # row 26 names its own number of attempts
# A removal has two attempts in all: beyond what the table repeats, after these as well.
_REMOVED_AGAIN = frozenset({"server_error", "protocol"})
_BETWEEN_REMOVALS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Sends a call again where its row of the table allows it, within budget and deadline.

    A removal of what a test made has one more attempt after any failure that may pass, out of no
    budget: what it leaves behind disturbs others.
    """

    now: Callable[[], float]
    random: Callable[[], float]
    keyed: Routes = field(default_factory=Routes)
    opted_in: Mapping[str, Routes] = field(default_factory=dict)
    cost: float = 10.0
    throttled_cost: float = 5.0

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response of the last attempt."""
        call: Call = request.extensions[CALL]
        spent = 0.0
        tries: dict[str, int] = {}
        while True:
            try:
                response = yield from proceed(request)
            except (httpx2.TransportError, httpx2.DecodingError) as error:
                pause = self._pause(request, call, tries, None)
                if pause is None:
                    if isinstance(error, CallError):
                        error.attempts = tuple(call.attempts)
                    raise
                spent += 0.0 if _is_removal(request, call) else self._cost(call.row)
            else:
                pause = self._pause(request, call, tries, response) if call.row else None
                if pause is None:
                    self._settle(call, spent)
                    return response
                spent += 0.0 if _is_removal(request, call) else self._cost(call.row)
                yield Close(response)
            if pause:
                yield Sleep(pause)

    def _settle(self, call: Call, spent: float) -> None:
        """Give the budget back what a good answer shows to have been well spent."""
        bucket = call.origin.bucket
        if not bucket.is_full and (not call.row or ROWS[call.row].verdict == "assertion"):
            bucket.refund(spent or 1.0)

    def _pause(
        self,
        request: httpx2.Request,
        call: Call,
        tries: dict[str, int],
        response: httpx2.Response | None,
    ) -> float | None:
        """Seconds before the next attempt; None where the outcome stands."""
        row = ROWS.get(call.row)
        if row is None:
            return None
        told = told_pause(response.headers).seconds if response is not None else None
        if row.key == "throttled":
            heed(call.origin, told)
        is_removal = _is_removal(request, call)
        if is_removal:
            may_go_again = not tries and _is_removed_again(row, request)
        else:
            may_go_again = self._may_go_again(row, request, tries, told)
        if not call.is_retried or not may_go_again:
            return None
        pause = self._wait(row, tries.get(row.key, 0), told)
        if is_removal:
            pause = pause or self.random() * _BETWEEN_REMOVALS
        if call.deadline - self.now() <= pause or (row.wait == "told" and pause > row.cap):
            call.remark(f"no retry after {row.failure}: {pause:.1f} s is too long", response)
            return None
        if not is_removal and not call.origin.bucket.take(self._cost(row.key)):
            call.remark(f"no retry after {row.failure}: the retry budget is spent", response)
            return None
        tries[row.key] = tries.get(row.key, 0) + 1
        call.fresh = row.fresh
        call.pause(pause, f"retry after {row.failure}")
        return pause

    def _may_go_again(
        self, row: Row, request: httpx2.Request, tries: dict[str, int], told: float | None
    ) -> bool:
        if row.performed_by != "retry" or not is_replayable(request):
            return False
        if tries.get(row.key, 0) >= self._allowed(row, request, told):
            return False
        return sum(tries.values()) + 1 < ATTEMPTS or row.key in _UNCAPPED

    def _allowed(self, row: Row, request: httpx2.Request, told: float | None) -> int:
        """Extra attempts that the row grants to this request."""
        if row.safe_only:
            return row.idempotent if request.method in SAFE_METHODS else row.other
        if is_idempotent(request, self.keyed):
            return row.idempotent
        target = (request.method, request.url.path)
        if target in self.opted_in.get(row.opt_in, ()):
            return row.idempotent
        return row.idempotent if row.told_other and told is not None else row.other

    def _wait(self, row: Row, done: int, told: float | None) -> float:
        if row.wait == "told" and told is not None:
            return told
        if row.wait == "doubling":
            return min(row.cap, row.base * 2.0**done)
        return self.random() * min(LONGEST_PAUSE, row.base * 2.0**done)  # full jitter

    def _cost(self, row: str) -> float:
        return self.throttled_cost if row == "throttled" else self.cost


def _is_removal(request: httpx2.Request, call: Call) -> bool:
    """Whether cleanup asks for something that may be asked for twice."""
    return call.purpose == "cleanup" and request.method in IDEMPOTENT_METHODS


def _is_removed_again(row: Row, request: httpx2.Request) -> bool:
    """Whether a removal that failed so is worth its second attempt: gone is gone, however often."""
    is_open = row.idempotent > 0 or row.key in _REMOVED_AGAIN
    return is_open and row.performed_by == "retry" and is_replayable(request)


def is_idempotent(request: httpx2.Request, keyed: Routes) -> bool:
    """Whether its effect is the same however often it arrives: by its method, or by its key."""
    if request.method in IDEMPOTENT_METHODS:
        return True
    has_key = "idempotency-key" in request.headers
    return has_key and (request.method, request.url.path) in keyed


def is_replayable(request: httpx2.Request) -> bool:
    """Whether the body can be sent again: a generator or a file is gone after the first time."""
    return isinstance(request.stream, httpx2.ByteStream)
