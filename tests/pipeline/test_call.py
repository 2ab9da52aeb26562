"""A call, its timeline and the scope in which it was made."""

from __future__ import annotations

import gc
import math
import re
import weakref

import pytest

from redhanded.core.attempt import Attempt, Phase, Wait
from redhanded.pipeline.call import Call, Scope, Timeline
from redhanded.pipeline.origin import Origins
from tests.core.attempts import attempt
from tests.pipeline.driving import FakeClock, open_call, request


@pytest.fixture
def clock() -> FakeClock:
    """A clock that is moved by hand."""
    return FakeClock()


@pytest.fixture
def timeline(clock: FakeClock) -> Timeline:
    """The timeline of an attempt that begins now."""
    return Timeline(clock.monotonic, clock.monotonic())


def test_phases_are_marked_when_they_begin(timeline: Timeline, clock: FakeClock) -> None:
    """A mark is a phase and the seconds since the attempt began; one that goes on has one mark."""
    timeline.begin(Phase.CONNECT)
    for phase in (Phase.TLS, Phase.TLS, Phase.SEND):
        clock.advance(0.5)
        timeline.begin(phase)
    assert timeline.marks == [(Phase.CONNECT, 0.0), (Phase.TLS, 0.5), (Phase.SEND, 1.5)]


def test_the_wait_begins_with_the_last_byte_sent(timeline: Timeline, clock: FakeClock) -> None:
    """INVARIANT: the server's share is counted from the last write, not from our first read."""
    timeline.begin(Phase.SEND)
    clock.advance(1.0)
    timeline.write()
    clock.advance(5.0)
    timeline.wait()
    timeline.wait()
    assert timeline.marks == [(Phase.SEND, 0.0), (Phase.WAIT, 1.0)]


@pytest.mark.parametrize("phase", [None, Phase.CONNECT, Phase.TLS, Phase.READ], ids=str)
def test_nothing_is_awaited_before_something_was_sent(
    timeline: Timeline, phase: Phase | None
) -> None:
    """A read in another phase, such as that of a handshake, does not begin the wait."""
    if phase is not None:
        timeline.begin(phase)
    before = list(timeline.marks)
    timeline.wait()
    assert timeline.marks == before


def test_an_answer_ends_the_wait_although_nobody_read_for_us(
    timeline: Timeline, clock: FakeClock
) -> None:
    """Over HTTP/2 another call may read our answer: both marks are made when it is there."""
    timeline.begin(Phase.SEND)
    timeline.write()
    clock.advance(2.0)
    timeline.answer()
    assert timeline.marks == [(Phase.SEND, 0.0), (Phase.WAIT, 0.0), (Phase.READ, 2.0)]


@pytest.mark.parametrize(
    "phases, last, reused",
    [
        pytest.param([], Phase.POOL, False, id="nothing-yet"),
        pytest.param([Phase.CONNECT], Phase.CONNECT, False, id="connecting"),
        pytest.param([Phase.CONNECT, Phase.SEND], Phase.SEND, False, id="fresh"),
        pytest.param([Phase.SEND], Phase.SEND, True, id="reused"),
        pytest.param([Phase.SEND, Phase.WAIT, Phase.READ], Phase.READ, True, id="reused-read"),
    ],
)
def test_the_first_phase_tells_whether_the_connection_was_used(
    timeline: Timeline, phases: list[Phase], last: Phase, reused: bool
) -> None:
    """An attempt that begins by sending went out on a connection that stood already."""
    for phase in phases:
        timeline.begin(phase)
    assert (timeline.phase, timeline.is_reused) == (last, reused)


def test_a_scope_has_a_trace_of_its_own_unless_it_is_given_one() -> None:
    """Trace ids are those of W3C Trace Context: 32 hexadecimal digits, new each time."""
    first, second = Scope().trace_id, Scope().trace_id
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second
    assert Scope("abc").trace_id == "abc"


def numbered(number: int) -> Attempt:
    """An attempt that can be told from others."""
    return attempt(number=number)


def test_the_ledger_lists_probes_before_the_call_they_stood_in_for() -> None:
    """The attempts of a test come by call, and a call's probes were sent before it."""
    scope = Scope()
    first = open_call(request(), scope=scope)
    second = open_call(request(), scope=scope)
    probe = open_call(request())
    first.attempts.append(numbered(1))
    probe.attempts.append(numbered(2))
    second.probes = (probe,)
    second.attempts += [numbered(3), numbered(4)]
    assert [made.number for made in scope.attempts] == [1, 2, 3, 4]
    assert scope.calls == [first, second]


def test_a_scope_is_freed_without_the_garbage_collector() -> None:
    """INVARIANT: a call does not keep its scope alive, which would cost four per cent of a call."""
    scope = Scope()
    call = open_call(request(), scope=scope)
    gone = weakref.ref(scope)
    gc.disable()
    try:
        del scope
        assert (gone(), call.scope.trace_id != "") == (None, True)
    finally:
        gc.enable()


def new_call() -> Call:
    """A call of a scope that knows nothing."""
    origin = Origins(FakeClock().monotonic).of(request().url)
    return Call(Scope(shapes="strict").shared, origin, origin)


def test_waits_for_several_reasons_add_up() -> None:
    """The ledger shows one wait before an attempt, with each of its reasons."""
    call = new_call()
    call.pause(1.5, "retry after 503")
    call.pause(0.5, "pace")
    assert call.wait == Wait(2.0, "retry after 503, pace")


def test_a_call_begins_with_nothing_done() -> None:
    """A new call has no deadline, no attempt and no check, and the shapes of its scope."""
    call = new_call()
    call.note("first")
    call.note("second")
    assert (call.deadline, call.attempts, call.checks, call.sent) == (math.inf, [], 0, 0)
    assert (call.shapes, call.notes) == ("strict", ("first", "second"))
