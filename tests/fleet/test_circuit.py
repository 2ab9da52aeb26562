"""The circuit that a fleet shares: when it opens, who may probe and when, how it closes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redhanded.fleet.circuit import OVERDUE, jitter
from redhanded.fleet.origin_state import HOST_SECONDS
from redhanded.fleet.store import GateLimits, Member
from redhanded.pipeline.breaker import LOOK_AGAIN, BreakerLimits, Denied, Outcome, State
from redhanded.pipeline.shared_gate import Turn
from tests.fleet.acts import ANN, BOB, CAT, LEASE, LIMITS, Acts

SHAKY: tuple[Outcome, ...] = ("success", "fail")
HOUR = 3600.0


@pytest.fixture
def acts() -> Acts:
    """A state that nothing has happened to yet."""
    return Acts()


def limited(**changes: object) -> Acts:
    """Acts under limits that differ in something."""
    return Acts(GateLimits(replace(BreakerLimits(), **changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "outcomes, state",
    [
        pytest.param(["fail"] * 9, State.CLOSED, id="nine failures: too few to tell"),
        pytest.param(["fail"] * 10, State.OPEN, id="ten failures"),
        pytest.param(["hang"] * 10, State.OPEN, id="a hang is a failure"),
        pytest.param(["success", "fail"] * 5, State.OPEN, id="half of ten"),
        pytest.param(["fail"] * 5 + ["success"] * 9, State.CLOSED, id="judged where one fails"),
        pytest.param(["success"] * 6 + ["fail"] * 5, State.CLOSED, id="5 of 11"),
        pytest.param(["none"] * 9 + ["fail"] * 9, State.CLOSED, id="no outcome counts for nothing"),
        pytest.param(["slow"] * 9, State.CLOSED, id="nine slow: too few to tell"),
        pytest.param(["slow"] * 10, State.OPEN, id="ten slow"),
        pytest.param(["success"] * 3 + ["slow"] * 7, State.CLOSED, id="70 % slow"),
        pytest.param(["success"] * 2 + ["slow"] * 8, State.OPEN, id="80 % slow"),
        pytest.param(["success"] * 2 + ["hang", "slow"] * 4, State.OPEN, id="a hang is slow too"),
    ],
)
def test_an_outage_opens_the_circuit(acts: Acts, outcomes: list[Outcome], state: State) -> None:
    """Half of at least ten failing, or 80 % of them slow, opens the circuit."""
    acts.count(*outcomes)

    assert acts.where() is state


@pytest.mark.parametrize(
    "outcomes, state",
    [
        pytest.param(["fail"] * 2, State.CLOSED, id="two"),
        pytest.param(["fail", "hang", "fail"], State.OPEN, id="three"),
        pytest.param(["fail", "fail", "success", "fail"], State.CLOSED, id="broken by a success"),
        pytest.param(["fail", "fail", "slow", "fail"], State.CLOSED, id="broken by a slow answer"),
        pytest.param(["fail", "fail", "none", "fail"], State.OPEN, id="not broken by no outcome"),
        pytest.param(["success"] * 8 + ["fail"] * 3, State.OPEN, id="after many successes"),
    ],
)
def test_failures_in_a_row_open_it_where_that_is_a_rule(
    outcomes: list[Outcome], state: State
) -> None:
    """Where the limits name a number in a row, that many of one worker open the circuit.

    A success of whichever worker breaks the row.
    """
    acts = Acts(LIMITS._replace(consecutive=3))

    for outcome in outcomes:
        acts.count(outcome, member=BOB if outcome in ("success", "slow") else ANN)

    assert acts.where() is state


def test_what_fails_by_itself_for_several_workers_is_no_outage() -> None:
    """INVARIANT: failures of workers that each are well are no row, nor does one add to another's.

    Each may have met the one route that is broken, beside which nobody asked for anything else.
    """
    acts = Acts(LIMITS._replace(consecutive=3))

    for member in (ANN, BOB, CAT):
        acts.count("fail", "fail", member=member)
    assert acts.where() is State.CLOSED

    acts.count("fail", member=BOB)
    assert acts.where() is State.OPEN


def test_failures_far_apart_are_not_in_a_row() -> None:
    """Between failures that are further apart than the window others have had successes."""
    acts = Acts(LIMITS._replace(consecutive=3))
    acts.count("fail", "fail")

    acts.at += 10.1
    acts.count("fail", "fail")
    assert acts.where() is State.CLOSED

    acts.count("fail")
    assert acts.where() is State.OPEN


def test_a_success_told_late_does_not_lie_between_failures() -> None:
    """What came before the failures and is told after them breaks no row."""
    acts = Acts(LIMITS._replace(consecutive=3))
    turn = acts.turn()
    acts.at += 1.0
    acts.count("fail", "fail")

    acts.state.record(turn, "success", BOB, acts.at, acts.limits, at=acts.at - 0.5)
    acts.count("fail")

    assert acts.where() is State.OPEN


@pytest.mark.parametrize(
    "apart, state",
    [
        pytest.param(9.9, State.OPEN, id="within ten buckets"),
        pytest.param(10.0, State.CLOSED, id="the first bucket is out"),
        pytest.param(HOUR, State.CLOSED, id="much later"),
    ],
)
def test_only_the_window_counts(acts: Acts, apart: float, state: State) -> None:
    """Results of ten seconds are judged together."""
    acts.several(9, "fail")

    acts.at += apart
    acts.count("fail")

    assert acts.where() is state


def test_the_window_keeps_no_more_than_it_needs(acts: Acts) -> None:
    """INVARIANT: a state does not grow with the run, also where all is well."""
    for _ in range(100):
        acts.at += 0.5
        acts.count("success")

    assert len(acts.state.circuit.window.buckets) <= 10


def test_a_result_that_is_told_too_late_is_not_judged(acts: Acts) -> None:
    """What happened before the window began is counted for nothing."""
    turns = [acts.turn() for _ in range(10)]
    acts.at += 20.0

    for turn in turns:
        acts.state.record(turn, "fail", ANN, acts.at, acts.limits, at=1_000.0)

    assert acts.where() is State.CLOSED


def test_a_host_with_a_bad_way_out_stops_nobody(acts: Acts) -> None:
    """Where two hosts are there the outage must be one to both, each by its own results."""
    acts.several(5, "success", member=CAT)

    acts.several(50, "fail", member=ANN)
    acts.count("fail", member=CAT)
    assert acts.where() is State.CLOSED

    acts.several(4, "fail", member=CAT)
    assert acts.where() is State.OPEN


def test_slowness_too_must_be_seen_by_two_hosts(acts: Acts) -> None:
    """A host on a slow line does not stop the others."""
    acts.count("success", member=CAT)

    acts.several(50, "slow", member=ANN)
    assert acts.where() is State.CLOSED

    acts.several(4, "slow", member=CAT)
    assert acts.where() is State.OPEN


def test_a_host_that_has_left_is_not_asked_for(acts: Acts) -> None:
    """A host that was not heard of for a minute is none that must see the outage."""
    acts.count("success", member=CAT)

    acts.at += HOST_SECONDS
    acts.several(10, "fail")
    assert acts.where() is State.CLOSED

    acts.at += 0.1
    acts.count("fail")
    assert acts.where() is State.OPEN


def test_the_quorum_is_the_authors() -> None:
    """With a quorum of one, one host stops all."""
    acts = Acts(LIMITS._replace(quorum=1))
    acts.count("success", member=CAT)

    acts.several(9, "fail")

    assert acts.where() is State.OPEN


def test_an_open_circuit_refuses_all_until_its_time_is_over(acts: Acts) -> None:
    """Everybody is told how long that is, a write as well as a read."""
    acts.open()

    acts.at += 0.25

    assert acts.denied() == acts.denied(BOB, may_probe=False) == Denied(0.75)


def test_what_callers_are_told_is_spread(acts: Acts) -> None:
    """The wait is multiplied by the jitter, so that not all come back at once."""
    acts.open()

    acts.jitter = 1.2

    assert acts.denied() == Denied(1.2)


def test_the_jitter_is_a_fifth_either_way() -> None:
    """Chance between 0 and 1 gives a factor between 0.8 and 1.2."""
    assert [jitter(0.0), jitter(0.5), jitter(1.0)] == pytest.approx([0.8, 1.0, 1.2])


def test_the_ramp_is_one_two_four(acts: Acts) -> None:
    """INVARIANT: as many probes are out as the ramp says, and three answers close the circuit."""
    acts.half_open()
    out: list[Turn] = []

    for width in (1, 2, 4):
        while isinstance(answer := acts.ask(), Turn):
            out.append(answer)
        assert answer == Denied(LOOK_AGAIN)
        assert len(out) == width
        assert len({turn.lease for turn in out}) == width
        acts.tell(out.pop(0), "success")

    assert acts.where() is State.CLOSED
    assert acts.turn().lease == ""


@pytest.mark.parametrize(
    "outcome, state",
    [
        pytest.param("success", State.HALF_OPEN, id="an answer"),
        pytest.param("none", State.HALF_OPEN, id="nothing"),
        pytest.param("fail", State.OPEN, id="a failure"),
        pytest.param("slow", State.OPEN, id="a slow answer"),
        pytest.param("hang", State.OPEN, id="a hang"),
    ],
)
def test_a_probe_is_judged(acts: Acts, outcome: Outcome, state: State) -> None:
    """One bad probe opens the circuit again; one that shows nothing lets its lease go."""
    acts.half_open()

    acts.tell(acts.turn(), outcome)

    assert acts.where() is state
    assert acts.state.circuit.leases == {}


def test_it_is_open_for_twice_as_long_each_time(acts: Acts) -> None:
    """From a second to half a minute, and from a second again once it was closed."""
    acts.open()
    told = [acts.denied().retry_after]

    for _ in range(7):
        acts.at += told[-1]
        acts.tell(acts.turn(), "fail")
        told.append(acts.denied().retry_after)
    for _ in range(3):
        acts.vouch()
    acts.open()

    assert told == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert acts.denied() == Denied(1.0)


def test_a_write_is_told_that_a_probe_is_awaited(acts: Acts) -> None:
    """A write is no probe, and is told so only where one may be sent."""
    acts.half_open()

    assert acts.denied(may_probe=False) == Denied(LOOK_AGAIN, probe=True)
    acts.turn()
    assert acts.denied(BOB, may_probe=False) == Denied(LOOK_AGAIN)


def test_a_lease_that_ends_soon_is_waited_for_no_longer(acts: Acts) -> None:
    """Whoever waits for a probe comes back when its lease ends, if that is sooner."""
    acts.half_open()
    acts.turn(lease=0.02)

    assert acts.denied(BOB).retry_after == pytest.approx(0.02)


def test_the_lease_of_a_dead_holder_ends(acts: Acts) -> None:
    """INVARIANT: a holder that never comes back does not stick the circuit, and counts no more."""
    acts.half_open()
    dead = acts.turn()

    acts.at += LEASE
    heir = acts.turn(BOB)
    acts.tell(dead, "fail")
    assert acts.where() is State.HALF_OPEN

    acts.tell(heir, "fail", BOB)
    assert acts.where() is State.OPEN


def test_a_lease_covers_the_wait_for_the_pace() -> None:
    """A probe that has to wait for its turn holds its lease for so much longer."""
    acts = Acts(LIMITS._replace(rate=0.1))
    acts.half_open()
    probe = acts.turn()
    assert probe.wait == pytest.approx(99.0)

    acts.at += probe.wait + LEASE - 0.1
    acts.tell(probe, "success")

    assert acts.state.circuit.succeeded == 1


def test_results_of_an_older_epoch_are_dropped(acts: Acts) -> None:
    """INVARIANT: nothing of the closed era counts once the circuit has opened."""
    late = [acts.turn() for _ in range(20)]
    acts.half_open()
    probe = acts.turn()

    for turn in late:
        acts.tell(turn, "success")
        acts.tell(turn, "fail")

    assert acts.where() is State.HALF_OPEN
    assert acts.state.circuit.leases.keys() == {probe.lease}


def test_results_of_an_earlier_closed_era_are_dropped(acts: Acts) -> None:
    """INVARIANT: failures that come in after the circuit has closed again do not open it."""
    late = [acts.turn() for _ in range(20)]
    acts.open()
    for _ in range(3):
        acts.vouch()

    for turn in late:
        acts.tell(turn, "fail")

    assert acts.where() is State.CLOSED
    assert acts.state.circuit.window.buckets == {}


def test_epochs_are_the_microseconds_of_the_clock(acts: Acts) -> None:
    """An epoch is the moment at which it began, and more than the one before at any rate."""
    acts.open()
    opened = acts.epoch
    acts.vouch()
    acts.vouch()
    acts.vouch()

    assert opened == 1_000_000_000
    assert acts.epoch == 1_000_000_002
    acts.at = 2_000.5
    acts.open()
    assert acts.epoch == 2_000_500_000


@pytest.mark.parametrize("number", [1, 2], ids=["once", "twice"])
def test_a_control_request_opens_it_half(acts: Acts, number: int) -> None:
    """Whoever looks closer shows that the origin answers; the probes go on from there."""
    acts.open()

    for _ in range(number):
        acts.vouch()

    assert acts.where() is State.HALF_OPEN
    assert acts.state.circuit.succeeded == number


def test_a_control_request_of_a_closed_circuit_changes_nothing(acts: Acts) -> None:
    """A circuit that is closed needs nobody to vouch for it."""
    acts.vouch()

    assert acts.where() is State.CLOSED
    assert acts.epoch == 0


def test_a_worker_does_not_probe_twice_while_another_waits(acts: Acts) -> None:
    """INVARIANT: the holder of the last probe stands back for one that waits, and only then."""
    acts.half_open()
    acts.tell(acts.turn(ANN), "none")
    acts.tell(acts.turn(ANN), "none")
    probe = acts.turn(ANN)
    acts.denied(BOB)
    acts.tell(probe, "none")

    assert acts.denied(ANN) == acts.denied(ANN, may_probe=False) == Denied(LOOK_AGAIN)
    assert acts.turn(BOB).lease


def test_who_waited_while_it_was_open_is_waited_for(acts: Acts) -> None:
    """The last prober does not take the first probe from one that was told to come back."""
    acts.half_open()
    acts.tell(acts.turn(ANN), "fail")
    acts.at += 0.5
    acts.jitter = 1.2
    acts.denied(BOB)

    acts.at += 1.5
    acts.denied(ANN)
    acts.at += 0.3

    assert acts.turn(BOB).lease


def test_nobody_waits_for_one_that_was_sent_away_for_long(acts: Acts) -> None:
    """Who is told more than a call waits for has given up, and holds nobody back."""
    acts.half_open()
    acts.tell(acts.turn(ANN), "fail")
    acts.at += 2.0
    acts.tell(acts.turn(ANN), "fail")
    acts.denied(BOB)

    acts.at += 4.0

    assert acts.turn(ANN).lease


def test_nobody_waits_for_one_that_is_overdue(acts: Acts) -> None:
    """A worker that does not come back in time has given up, and its wait is forgotten."""
    acts.half_open()
    probe = acts.turn(ANN)
    acts.denied(BOB)
    acts.tell(probe, "none")

    acts.at += LOOK_AGAIN + OVERDUE - 0.01
    acts.denied(ANN)
    acts.at += 0.01

    assert acts.turn(ANN).lease


def test_nobody_waits_for_a_write(acts: Acts) -> None:
    """What cannot probe itself does not keep others from it."""
    acts.half_open()
    probe = acts.turn(ANN)
    acts.denied(BOB, may_probe=False)
    acts.tell(probe, "none")

    assert acts.turn(ANN).lease


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["forward", "back"])
def test_a_clock_that_is_set_anew_does_not_stick_the_circuit(acts: Acts, seconds: float) -> None:
    """INVARIANT: a jump of an hour, either way, ends an outage early and never prolongs it."""
    acts.open()
    epoch = acts.epoch

    acts.at += seconds

    acts.turn()
    assert acts.where() is not State.OPEN
    assert acts.epoch > epoch


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["forward", "back"])
def test_a_clock_that_is_set_anew_does_not_stick_a_lease(acts: Acts, seconds: float) -> None:
    """A probe that is out meanwhile is given up: its result is dropped."""
    acts.half_open()
    probe = acts.turn()

    acts.at += seconds
    acts.turn(BOB)
    state, epoch = acts.where(), acts.epoch
    acts.tell(probe, "fail")

    assert (acts.where(), acts.epoch) == (state, epoch)


@pytest.mark.parametrize("state", [State.OPEN, State.HALF_OPEN], ids=["open", "half-open"])
def test_a_control_request_after_a_jump_back_begins_anew(acts: Acts, state: State) -> None:
    """Whichever act comes first after the jump notices it."""
    acts.open()
    if state is State.HALF_OPEN:
        acts.vouch()

    acts.at -= HOUR
    acts.vouch()

    assert acts.where() is State.CLOSED


def test_hosts_of_before_a_jump_back_are_forgotten(acts: Acts) -> None:
    """A host that was heard of later than now is none that must see the outage for an hour."""
    acts.count("success", member=CAT)

    acts.at -= HOUR

    acts.open()


def test_a_clock_that_is_slowed_a_little_is_no_jump(acts: Acts) -> None:
    """A clock may go back by less than a second; nobody waits longer for it."""
    acts.open()

    acts.at -= 0.9

    assert acts.denied() == Denied(1.0)


def test_the_limits_are_the_authors() -> None:
    """Window, minimum, rates, times and the ramp are taken from the limits."""
    acts = limited(minimum=2, rate=1.0, slow_rate=0.5, open=3.0, longest=4.0, ramp=(2,))
    acts.count("success", "slow")
    assert acts.denied() == Denied(3.0)

    acts.at += 3.0
    probe = acts.turn()
    acts.turn()
    acts.denied()
    acts.tell(probe, "fail")
    assert acts.denied() == Denied(4.0)

    acts.vouch()
    assert acts.where() is State.CLOSED


def test_a_minimum_of_nothing_needs_one_result() -> None:
    """INVARIANT: a circuit does not open on results that are not there."""
    acts = limited(minimum=0)
    turn = acts.turn()
    acts.at += 30.0

    acts.state.record(turn, "fail", ANN, acts.at, acts.limits, at=1_000.0)
    assert acts.where() is State.CLOSED

    acts.count("fail")
    assert acts.where() is State.OPEN


def test_members_are_told_apart_by_host_and_name(acts: Acts) -> None:
    """Workers of one name on two hosts are two."""
    acts.half_open()
    probe = acts.turn(ANN)
    acts.denied(Member(CAT.host, ANN.worker))
    acts.tell(probe, "none")

    acts.denied(ANN)
