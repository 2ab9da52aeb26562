"""Each rule can fail: a policy is broken on purpose, and the simulation sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import httpx2
import pytest

from redhanded.pipeline import admission, assembly, observe, retry
from redhanded.pipeline.breaker import Breaker, Permit, State
from redhanded.pipeline.bucket import Bucket
from redhanded.pipeline.call import ATTEMPT, CALL, Call
from redhanded.pipeline.ceiling import Ceiling
from redhanded.pipeline.deadline import Deadline
from redhanded.pipeline.flow import Flow, Proceed, Send, Sleep
from redhanded.pipeline.gate import CircuitBreaker, RateLimiter
from redhanded.pipeline.in_flight import InFlight, Place, Places
from redhanded.pipeline.integrity import Integrity
from redhanded.pipeline.limiter import Limiter
from redhanded.pipeline.observe import Observe
from redhanded.pipeline.retry import Retry
from redhanded.pipeline.retry_after import Told, told_pause
from redhanded.pipeline.shared_view import SharedView, _Asking
from redhanded.pipeline.table import ROWS
from tests.simulation.rules import RULES, Breach
from tests.simulation.world import World

pytestmark = pytest.mark.timeout(300)  # thousands of calls, on a machine that may be busy

Sabotage: TypeAlias = Callable[[pytest.MonkeyPatch], None]

WORLDS = 200  # of 200 calls: within 40,000 calls each must be seen


def seen(rule: int) -> Breach | None:
    """The first breach of that rule in so many worlds; those of other rules are passed over."""
    for index in range(WORLDS):
        try:
            World(3, index).run()
        except Breach as breach:
            if breach.rule == rule:
                return breach
    return None


def replaced(owner: object, name: str, stand_in: object) -> Sabotage:
    """Another attribute in the place of one of a policy's own."""
    return lambda patch: patch.setattr(owner, name, stand_in)


def around(policy: Any, change: Callable[[httpx2.Request, Flow], Flow]) -> Sabotage:  # noqa: ANN401
    """A policy whose flow goes through another one's hands."""
    original = policy.__call__

    def changed(self: Any, request: httpx2.Request, proceed: Proceed) -> Flow:  # noqa: ANN401
        return change(request, original(self, request, proceed))

    return replaced(policy, "__call__", changed)


def _late(request: httpx2.Request, flow: Flow) -> Flow:
    call: Call = request.extensions[CALL]
    call.deadline += 100.0
    return (yield from flow)


def _asked_twice(patch: pytest.MonkeyPatch) -> None:
    original = Retry.__call__

    def twice(self: Retry, request: httpx2.Request, proceed: Proceed) -> Flow:
        response = yield from original(self, request, proceed)
        is_good = response.status_code < 300
        return (yield from original(self, request, proceed)) if is_good else response

    patch.setattr(Retry, "__call__", twice)


def _without_end(self: Retry, row: Any, asked: Any, tries: Any, told: Any) -> bool:  # noqa: ANN401
    return row.performed_by == "retry" and self._allowed(row, asked, told) > 0


def _stale(patch: pytest.MonkeyPatch) -> None:
    earlier: list[httpx2.Response] = []

    def swap(_: httpx2.Request, flow: Flow) -> Flow:
        earlier.append((yield from flow))
        return earlier[-2:][0]

    around(Ceiling, swap)(patch)


def _mislabelled(request: httpx2.Request, flow: Flow) -> Flow:
    response = yield from flow
    response.extensions[ATTEMPT] = request.extensions[CALL].attempts[0]
    return response


def _careless(
    self: CircuitBreaker,
    request: httpx2.Request,
    proceed: Proceed,
    breaker: Breaker,
    permit: Permit,
    **_: object,
) -> Flow:
    """The circuit's policy without its `finally`: who is cancelled gives nothing back."""
    request.extensions[CALL].epoch = permit.epoch
    try:
        response = yield from proceed(request)
    except httpx2.RequestError:
        breaker.record(permit, "fail")
        raise
    breaker.record(permit, "success")
    return response


def _backwards(patch: pytest.MonkeyPatch) -> None:
    original = Breaker._enter  # noqa: SLF001  what a state machine does when it breaks

    def enter(self: Breaker, state: State, reason: str) -> None:
        original(self, state, reason)
        self.epoch -= 2
        self.permit = Permit(self.epoch)

    patch.setattr(Breaker, "_enter", enter)


def _stubborn(
    self: RateLimiter, call: Call, limiter: Limiter, request: httpx2.Request, proceed: Proceed
) -> Flow:
    """The wait for a turn, after which nobody looks at what has happened meanwhile."""
    seconds = self._reserved(call, limiter, request)
    if seconds:
        yield Sleep(seconds)
    return (yield from proceed(request))


def _overdrawn(self: Bucket, cost: float) -> bool:
    self.tokens -= cost
    return True


def _overfilled(self: Bucket, cost: float) -> None:
    self.tokens += cost


def _halved(headers: httpx2.Headers) -> Told:
    told = told_pause(headers)
    return told._replace(seconds=told.seconds and told.seconds / 2)


def _riding(request: httpx2.Request) -> Flow:
    return (yield Send(request))  # type: ignore[no-any-return]


def _generous(patch: pytest.MonkeyPatch) -> None:
    original = Places.give_back

    def give_back(self: Places, place: Place) -> None:
        original(self, place)
        place.is_over = not place.is_held
        original(self, place)

    patch.setattr(Places, "give_back", give_back)


_AGAIN_AFTER_500 = {**ROWS, "server_error": replace(ROWS["server_error"], idempotent=1)}

SABOTAGES: dict[str, tuple[int, Sabotage]] = {
    "writes are retried like reads": (
        1,
        replaced(Retry, "_allowed", lambda _, row, *__: row.idempotent),
    ),
    "the deadline is moved": (2, around(Deadline, _late)),
    "retries have no limit": (3, replaced(Retry, "_may_go_again", _without_end)),
    "a 500 is retried": (4, replaced(retry, "ROWS", _AGAIN_AFTER_500)),
    "a good answer is asked for again": (4, _asked_twice),
    "the answer before is returned": (5, _stale),
    "the first attempt is told for the last": (5, around(Ceiling, _mislabelled)),
    "the body is altered": (5, replaced(Integrity, "_decoded", lambda *_: b"{}")),
    "failures are not recorded": (6, replaced(Observe, "_fail", lambda *_: None)),
    "all failures get one row": (6, replaced(observe, "failure_row", lambda *_, **__: "refused")),
    "statuses get no row": (6, replaced(observe, "_answered_row", lambda *_: "")),
    "an open circuit lets all through": (
        7,
        replaced(Breaker, "acquire", lambda self, **_: self.permit),
    ),
    "the ramp is too wide": (7, replaced(Breaker, "_width", lambda _: 9)),
    "leases are kept": (7, replaced(CircuitBreaker, "_watched", _careless)),
    "epochs go backwards": (7, _backwards),
    "a circuit may open during a wait": (7, replaced(RateLimiter, "_paced", _stubborn)),
    "places are given at once": (8, replaced(Limiter, "reserve", lambda *_, **__: 0.0)),
    "bursts are too large": (8, replaced(Limiter, "_tolerance", lambda *_: 3.0)),
    "tokens are overdrawn": (9, replaced(Bucket, "take", _overdrawn)),
    "tokens are overfilled": (9, replaced(Bucket, "refund", _overfilled)),
    "half of a pause is kept": (10, replaced(retry, "told_pause", _halved)),
    "others do not hear of a pause": (10, replaced(Limiter, "slow_down", lambda *_: None)),
    "a pause may come during a wait": (10, replaced(RateLimiter, "_paced", _stubborn)),
    "probes do not heed a 429": (10, replaced(admission, "heed", lambda *_: None)),
    "redirects are followed at once": (
        10,
        replaced(Deadline, "_held", lambda _, __, asked, proceed: proceed(asked)),
    ),
    "nobody is told what came of a leave": (
        12,
        replaced(SharedView, "record", lambda *_: None),
    ),
    "leave that comes too late is kept": (12, replaced(_Asking, "abandon", lambda *_: None)),
    "there is always a place": (
        13,
        replaced(InFlight, "__call__", lambda _, asked, proceed: proceed(asked)),
    ),
    "places are given back twice": (13, _generous),
    "places are never given back": (13, replaced(Places, "give_back", lambda *_: None)),
    "writes ride on used connections": (11, replaced(assembly, "_to_wire", _riding)),
}


@pytest.mark.parametrize("rule, sabotage", SABOTAGES.values(), ids=SABOTAGES)
def test_a_broken_policy_is_seen(
    monkeypatch: pytest.MonkeyPatch, rule: int, sabotage: Sabotage
) -> None:
    """INVARIANT: a pipeline that breaks a rule does not get through 40,000 calls unseen."""
    sabotage(monkeypatch)

    breach = seen(rule)

    assert breach is not None
    assert breach.call >= 0
    assert RULES[rule] in str(breach)


def test_every_rule_is_sabotaged() -> None:
    """INVARIANT: there is no rule that nobody has seen fail."""
    assert {rule for rule, _ in SABOTAGES.values()} == set(RULES)


def test_calls_that_go_on_for_ever_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A world whose calls do not come to an end breaks the rule that every call ends."""
    monkeypatch.setattr("tests.simulation.world._MOST_STEPS", 50)

    breach = seen(2)

    assert breach is not None
    assert "after 50 steps" in breach.what
