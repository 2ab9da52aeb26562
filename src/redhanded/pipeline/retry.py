"""Retries, exactly by the table: a retry may acquit the network, never the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2

from redhanded.pipeline.call import Call, call_of
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Sends a call again where its row of the table allows it, within budget and deadline."""

    now: Callable[[], float]
    random: Callable[[], float]
    keyed: Routes = field(default_factory=Routes)
    opted_in: Mapping[str, Routes] = field(default_factory=dict)
    cost: float = 10.0
    throttled_cost: float = 5.0

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        call = call_of(request)
        spent = 0.0
        tries: dict[str, int] = {}
        while True:
            response = None
            try:
                response = yield from proceed(request)
            except (httpx2.TransportError, httpx2.DecodingError):
                pause = self._pause(request, call, tries, None)
                if pause is None:
                    raise
            else:
                pause = self._pause(request, call, tries, response)
                if pause is None:
                    if spent and not call.row:
                        call.origin.bucket.refund(spent)
                    return response
                yield Close(response)
            spent += self._cost(call.row)
            if pause:
                yield Sleep(pause)

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
            call.origin.limiter.slow_down(told)
        if row.performed_by != "retry" or not _is_replayable(request):
            return None
        done = tries.get(row.key, 0)
        if done >= self._allowed(row, request, told):
            return None
        if sum(tries.values()) + 1 >= ATTEMPTS and row.key not in _UNCAPPED:
            return None
        pause = self._wait(row, done, told)
        if call.deadline - self.now() <= pause or (row.wait == "told" and pause > row.cap):
            call.notes.append(f"no retry after {row.failure}: {pause:.1f} s is over the deadline")
            return None
        if not call.origin.bucket.take(self._cost(row.key)):
            call.notes.append(f"no retry after {row.failure}: the retry budget is spent")
            return None
        tries[row.key] = done + 1
        call.fresh = row.fresh
        call.pause(pause, f"retry after {row.failure}")
        return pause

    def _allowed(self, row: Row, request: httpx2.Request, told: float | None) -> int:
        """Extra attempts that the row grants to this request."""
        if row.safe_only:
            return row.idempotent if request.method in SAFE_METHODS else row.other
        if request.method in IDEMPOTENT_METHODS or self._is_keyed(request):
            return row.idempotent
        target = (request.method, request.url.path)
        if target in self.opted_in.get(row.opt_in, ()):
            return row.idempotent
        return row.idempotent if row.told_other and told is not None else row.other

    def _is_keyed(self, request: httpx2.Request) -> bool:
        keyed = "idempotency-key" in request.headers
        return keyed and (request.method, request.url.path) in self.keyed

    def _wait(self, row: Row, done: int, told: float | None) -> float:
        if row.wait == "told" and told is not None:
            return told
        if row.wait == "doubling":
            return min(row.cap, row.base * 2**done)
        return self.random() * min(LONGEST_PAUSE, row.base * 2**done)  # full jitter

    def _cost(self, row: str) -> float:
        return self.throttled_cost if row == "throttled" else self.cost


def _is_replayable(request: httpx2.Request) -> bool:
    """Whether the body can be sent again: a generator or a file is gone after the first time."""
    return isinstance(request.stream, httpx2.ByteStream)
