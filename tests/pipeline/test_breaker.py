"""The circuit of one origin: when it opens, who may probe, how it closes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from redhanded.pipeline.breaker import (
    LOOK_AGAIN,
    MOST_SUCCESSES,
    Breaker,
    BreakerLimits,
    Change,
    Denied,
    Outcome,
    Permit,
    State,
)
from tests.pipeline.driving import FakeClock

LEASE = 5.0
SHAKY: tuple[Outcome, ...] = ("success", "fail")


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture
def breaker(clock: FakeClock) -> Breaker:
    """A closed circuit with the limits that a project has by default."""
    return Breaker(BreakerLimits(), clock.monotonic)


def ask(breaker: Breaker, *, may_probe: bool = True) -> Permit | Denied:
    """What the breaker answers now."""
    return breaker.acquire(may_probe=may_probe, lease_seconds=LEASE)


def admitted(breaker: Breaker) -> Permit:
    """The leave that the breaker must give now."""
    answer = ask(breaker)
    assert isinstance(answer, Permit)
    return answer


def denied(breaker: Breaker, *, may_probe: bool = True) -> Denied:
    """The refusal that the breaker must give now."""
    answer = ask(breaker, may_probe=may_probe)
    assert isinstance(answer, Denied)
    return answer


def count(breaker: Breaker, *outcomes: Outcome) -> None:
    """Let requests go one after the other, with these outcomes."""
    for outcome in outcomes:
        breaker.record(admitted(breaker), outcome)


def opened(breaker: Breaker) -> None:
    """Open the circuit by three failures."""
    count(breaker, "fail", "fail", "fail")
    assert breaker.state is State.OPEN


def half_open(breaker: Breaker, clock: FakeClock) -> None:
    """Open the circuit, and let its time pass: the next caller makes it half-open."""
    opened(breaker)
    clock.advance(1.0)


def test_a_new_circuit_lets_everything_pass(breaker: Breaker) -> None:
    """A circuit begins closed, and a closed one admits writes as well as reads."""
    assert breaker.state is State.CLOSED
    assert ask(breaker, may_probe=False) == ask(breaker) == Permit(0)
    assert breaker.seconds_down == 0.0


@pytest.mark.parametrize(
    "outcomes, state",
    [
        pytest.param(["fail", "fail"], State.CLOSED, id="two failures"),
        pytest.param(["fail", "fail", "fail"], State.OPEN, id="three failures in a row"),
        pytest.param(["hang", "fail", "hang"], State.OPEN, id="a hang is a failure"),
        pytest.param(["fail", "fail", "success", "fail"], State.CLOSED, id="broken by a success"),
        pytest.param(["fail", "fail", "slow", "fail"], State.CLOSED, id="broken by a slow answer"),
        pytest.param(["fail", "fail", "none", "fail"], State.OPEN, id="not broken by no outcome"),
        pytest.param(["none"] * 20, State.CLOSED, id="no outcome counts for nothing"),
        pytest.param(["success"] * 5 + ["fail", "success"] * 4, State.CLOSED, id="4 of 13"),
        pytest.param(["success", "fail"] * 5, State.OPEN, id="half of ten"),
        pytest.param(["success", "fail"] * 4, State.CLOSED, id="half of eight: too few to tell"),
        pytest.param(["slow"] * 9, State.CLOSED, id="nine slow: too few to tell"),
        pytest.param(["slow"] * 10, State.OPEN, id="ten slow"),
        pytest.param(["success"] * 3 + ["slow"] * 7, State.CLOSED, id="70 % slow"),
        pytest.param(["success"] * 2 + ["slow"] * 8, State.OPEN, id="80 % slow"),
    ],
)
def test_failures_open_the_circuit(breaker: Breaker, outcomes: list[Outcome], state: State) -> None:
    """Three failures in a row, half of at least ten, or 80 % slow ones open the circuit."""
    count(breaker, *outcomes)

    assert breaker.state is state


def test_the_limits_are_the_authors(clock: FakeClock) -> None:
    """Window, minimum, rates and the number in a row are taken from the limits."""
    limits = BreakerLimits(minimum=2, rate=1.0, slow_rate=0.5, consecutive=9)
    breaker = Breaker(limits, clock.monotonic)

    count(breaker, "success", "slow")

    assert breaker.state is State.OPEN


@pytest.mark.parametrize(
    "gap, state",
    [
        pytest.param(9.9, State.OPEN, id="within the window"),
        pytest.param(10.0, State.CLOSED, id="just out of the window"),
    ],
)
def test_only_the_window_counts_for_the_rate(
    breaker: Breaker, clock: FakeClock, gap: float, state: State
) -> None:
    """Results older than the window say nothing of the rate."""
    count(breaker, *SHAKY * 4, "success")
    clock.advance(gap)
    count(breaker, "fail")

    assert breaker.state is state


def test_old_successes_leave_the_window(breaker: Breaker, clock: FakeClock) -> None:
    """A thousand successes of long ago do not dilute a share of failures of now."""
    permit = admitted(breaker)
    for _ in range(1000):
        breaker.record(permit, "success")
    clock.advance(10.0)
    count(breaker, *SHAKY * 5)

    assert breaker.state is State.OPEN


def test_successes_take_bounded_memory(breaker: Breaker) -> None:
    """INVARIANT: a breaker remembers a bounded number of successes, however many come."""
    permit = admitted(breaker)
    for _ in range(MOST_SUCCESSES + 10):
        breaker.record(permit, "success")

    assert len(breaker._successes) == MOST_SUCCESSES  # noqa: SLF001  nothing shows it outside


def test_an_open_circuit_refuses_everybody(breaker: Breaker, clock: FakeClock) -> None:
    """An open circuit says how long it stays open, to reads and writes alike."""
    opened(breaker)
    clock.advance(0.25)

    assert denied(breaker) == denied(breaker, may_probe=False) == Denied(0.75)


def test_after_its_time_an_open_circuit_admits_one_probe(
    breaker: Breaker, clock: FakeClock
) -> None:
    """INVARIANT: when the time has passed, exactly one probe goes, and all others wait."""
    half_open(breaker, clock)

    first = admitted(breaker)

    assert first.lease
    assert breaker.state is State.HALF_OPEN
    assert denied(breaker) == Denied(LOOK_AGAIN)


def test_a_write_never_probes(breaker: Breaker, clock: FakeClock) -> None:
    """INVARIANT: who may not probe is told that a probe is awaited, and takes no lease."""
    half_open(breaker, clock)

    assert denied(breaker, may_probe=False) == Denied(LOOK_AGAIN, probe=True)
    assert admitted(breaker).lease
    assert denied(breaker, may_probe=False) == Denied(LOOK_AGAIN)


def test_the_ramp_widens_with_each_success(breaker: Breaker, clock: FakeClock) -> None:
    """After one good probe two may go, then four, and the third success closes the circuit."""
    half_open(breaker, clock)

    breaker.record(admitted(breaker), "success")
    pair = [admitted(breaker), admitted(breaker)]
    assert isinstance(ask(breaker), Denied)

    breaker.record(pair[0], "success")
    more = [admitted(breaker) for _ in range(3)]
    assert isinstance(ask(breaker), Denied)

    breaker.record(more[0], "success")
    assert breaker.state is State.CLOSED
    assert ask(breaker, may_probe=False) == breaker.permit


@pytest.mark.parametrize("outcome", ["fail", "slow", "hang"])
def test_a_bad_probe_opens_the_circuit_for_twice_as_long(
    breaker: Breaker, clock: FakeClock, outcome: Outcome
) -> None:
    """Each bad probe doubles the time, to at most the longest; a recovery starts again at one."""
    half_open(breaker, clock)
    waits = []

    for _ in range(6):
        breaker.record(admitted(breaker), outcome)
        waits.append(denied(breaker).retry_after)
        clock.advance(waits[-1])
    count(breaker, "success", "success", "success")
    opened(breaker)

    assert waits == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert denied(breaker) == Denied(1.0)


def test_a_probe_that_shows_nothing_only_gives_its_lease_back(
    breaker: Breaker, clock: FakeClock
) -> None:
    """A cancelled probe neither closes nor opens the circuit: the next one goes at once."""
    half_open(breaker, clock)

    breaker.record(admitted(breaker), "none")

    assert breaker.state is State.HALF_OPEN
    assert admitted(breaker).lease
    assert denied(breaker) == Denied(LOOK_AGAIN)


def test_an_expired_lease_is_reclaimed(breaker: Breaker, clock: FakeClock) -> None:
    """INVARIANT: a holder that never comes back cannot stick the state; its late word is void."""
    half_open(breaker, clock)
    lost = admitted(breaker)

    clock.advance(LEASE - 0.01)
    assert denied(breaker).retry_after == pytest.approx(0.01)
    clock.advance(0.02)
    found = admitted(breaker)
    breaker.record(lost, "fail")

    assert breaker.state is State.HALF_OPEN
    assert found.lease != lost.lease


def test_a_lease_counts_until_it_ends(breaker: Breaker, clock: FakeClock) -> None:
    """A probe whose lease ran out is not believed, even where nobody has taken its place."""
    half_open(breaker, clock)
    late = admitted(breaker)

    clock.advance(LEASE)
    for _ in range(3):
        breaker.record(late, "success")

    assert breaker.state is State.HALF_OPEN


@pytest.mark.parametrize("outcome", ["success", "fail", "slow", "hang", "none"])
def test_results_of_an_older_epoch_are_dropped(
    breaker: Breaker, clock: FakeClock, outcome: Outcome
) -> None:
    """INVARIANT: what was sent before the state changed says nothing of the state since."""
    old = admitted(breaker)
    half_open(breaker, clock)
    probe = admitted(breaker)
    before = (breaker.state, breaker.epoch)

    for _ in range(5):
        breaker.record(old, outcome)
    breaker.record(Permit(old.epoch, probe.lease), outcome)

    assert (breaker.state, breaker.epoch) == before
    assert denied(breaker) == Denied(LOOK_AGAIN)


def test_a_probe_of_an_earlier_half_open_time_is_dropped(
    breaker: Breaker, clock: FakeClock
) -> None:
    """INVARIANT: a late success of an earlier probe does not close a circuit opened again since."""
    half_open(breaker, clock)
    breaker.record(admitted(breaker), "success")
    late, failing = admitted(breaker), admitted(breaker)
    breaker.record(failing, "fail")
    clock.advance(2.0)
    admitted(breaker)

    breaker.record(late, "success")

    assert denied(breaker) == Denied(LOOK_AGAIN)


def test_every_change_of_state_begins_an_epoch(breaker: Breaker, clock: FakeClock) -> None:
    """Closed, open, half-open, open, half-open and closed again are six epochs."""
    half_open(breaker, clock)
    count(breaker, "fail")
    clock.advance(2.0)
    count(breaker, "success", "success", "success")

    assert (breaker.state, breaker.epoch) == (State.CLOSED, 5)
    assert breaker.permit == Permit(5)


def test_a_closed_circuit_forgets_what_opened_it(breaker: Breaker, clock: FakeClock) -> None:
    """Failures of before the outage do not count towards the next one."""
    half_open(breaker, clock)
    count(breaker, "success", "success", "success", "fail", "fail")

    assert breaker.state is State.CLOSED


def test_the_time_down_counts_from_the_first_opening(breaker: Breaker, clock: FakeClock) -> None:
    """An outage lasts from the first opening, over failed probes, until the circuit closes."""
    half_open(breaker, clock)
    count(breaker, "fail")
    clock.advance(7.0)

    assert breaker.seconds_down == 8.0
    count(breaker, "success", "success", "success")
    assert breaker.seconds_down == 0.0


class ClosingLock:
    """A lock for which one waits so long that the circuit closes meanwhile."""

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker

    def __enter__(self) -> None:
        self._breaker._enter(State.CLOSED, "")  # noqa: SLF001  as the thread that had the lock

    def __exit__(self, *_: object) -> None: ...


def test_who_waited_for_the_lock_sees_the_circuit_closed(breaker: Breaker) -> None:
    """A caller that finds the circuit open, and closed once it has the lock, is let in."""
    opened(breaker)
    breaker._lock = ClosingLock(breaker)  # type: ignore[assignment]  # noqa: SLF001  a fake

    assert ask(breaker, may_probe=False) == Permit(2)


def test_threads_share_one_probe(breaker: Breaker, clock: FakeClock) -> None:
    """INVARIANT: of 30 threads that ask at once exactly one gets the probe."""
    half_open(breaker, clock)
    together = threading.Barrier(30)

    def one(_: int) -> Permit | Denied:
        together.wait(10)
        return ask(breaker)

    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(one, range(30)))

    assert len([answer for answer in answers if isinstance(answer, Permit)]) == 1


def test_control_requests_that_were_well_close_a_circuit(breaker: Breaker) -> None:
    """One request that fails by itself opens it; who looks closer closes it again."""
    for _ in range(3):
        breaker.record(breaker.permit, "fail")
    assert breaker.seconds_to_probe == 1.0

    states = []
    for _ in range(4):
        breaker.vouch()
        states.append(breaker.state)

    assert states == [State.HALF_OPEN, State.HALF_OPEN, State.CLOSED, State.CLOSED]
    assert breaker.seconds_to_probe == 0.0
    assert breaker.is_closed


@pytest.mark.parametrize(
    "outcomes, reason",
    [
        pytest.param(["fail"] * 3, "3 requests in a row failed", id="in-a-row"),
        pytest.param(["success", "fail"] * 5, "5 of 10 requests within 10 s failed", id="half"),
        pytest.param(["slow"] * 10, "10 of 10 requests within 10 s were slow", id="slow"),
    ],
)
def test_who_asks_is_told_why_a_circuit_opened(
    clock: FakeClock, outcomes: list[Outcome], reason: str
) -> None:
    """The reason is what was counted, as its reader would count it."""
    told: list[Change] = []
    count(Breaker(BreakerLimits(), clock.monotonic, told.append), *outcomes)
    assert told == [Change(State.OPEN, 1, reason)]


def test_each_change_of_a_circuit_is_told_once(clock: FakeClock) -> None:
    """INVARIANT: in the order of its epochs, from the first opening to the last probe."""
    told: list[Change] = []
    breaker = Breaker(BreakerLimits(), clock.monotonic, told.append)
    half_open(breaker, clock)
    count(breaker, "fail")
    clock.advance(2.0)
    count(breaker, "success", "success", "success")
    assert told == [
        Change(State.OPEN, 1, "3 requests in a row failed"),
        Change(State.HALF_OPEN, 2, "it was open for 1.0 s"),
        Change(State.OPEN, 3, "a probe failed"),
        Change(State.HALF_OPEN, 4, "it was open for 2.0 s"),
        Change(State.CLOSED, 5, "3 probes were answered"),
    ]


def test_a_control_request_is_told_as_the_reason(clock: FakeClock) -> None:
    """Whoever looked closer is why the circuit tries again before its time."""
    told: list[Change] = []
    breaker = Breaker(BreakerLimits(), clock.monotonic, told.append)
    opened(breaker)
    breaker.vouch()
    assert told[-1] == Change(State.HALF_OPEN, 2, "a control request was answered well")
