"""What every store of a fleet does: scenarios, each a function that is given a `Fleet`.

A store joins by a fixture that makes a Fleet of it, and a test over the lists:

    @pytest.mark.parametrize("scenario", SCENARIOS, ids=name_of)
    def test_it_is_a_store_of_a_fleet(scenario: Scenario, fleet: Fleet) -> None:
        '''INVARIANT: the store does what every store does.'''
        scenario(fleet)

ANYTIME    needs no time to pass, and holds whatever time passes: what is to last lasts for minutes.
PASSING    lets tenths of a second pass by `Fleet.pass_time`: a fake clock is moved, a store with a
           clock of its own is asked for the time until it is over. What is asserted then holds
           also where more time has passed.
STANDING   needs a clock that stands still while the scenario runs: for fake clocks only.
MACHINES   concerns stores that several machines share.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, TypeAlias

import pytest

from redhanded.fleet.store import GateLimits, Member, Store
from redhanded.pipeline.breaker import LOOK_AGAIN, BreakerLimits, Denied, Outcome
from redhanded.pipeline.shared_gate import Asked, Late, SharedGate, Turn

ORIGIN = "https://api.example.com"
NEVER = 1_000_000  # so many in a row do not come

PATIENT = GateLimits(
    BreakerLimits(window=60.0, open=600.0, longest=9600.0, consecutive=NEVER), quorum=2
)
BRISK = GateLimits(BreakerLimits(window=60.0, open=0.1, longest=0.4, consecutive=NEVER), quorum=1)
SLOW = PATIENT._replace(rate=0.01)  # a request in a hundred seconds
SECONDS = pytest.approx(0.0, abs=20.0)  # what a slow machine may take for a scenario

PROBE = Asked(may_probe=True, lease=600.0, within=math.inf)
WRITE = PROBE._replace(may_probe=False)
BRIEF = PROBE._replace(lease=0.1)
CLEANUP = PROBE._replace(held=False, reserved=True)

ANN, BOB, CAT = Member("h1", "gw0"), Member("h1", "gw1"), Member("h2", "gw0")


class Fleet(Protocol):
    """One place that members share, as the scenarios use it."""

    def join(self, member: Member, limits: GateLimits) -> Store:
        """The store of a member."""
        ...

    def pass_time(self, seconds: float) -> None:
        """Let the store's clock go on by so much at least."""
        ...

    def settle(self) -> None:
        """See to it that all that was recorded is counted."""
        ...


Scenario: TypeAlias = Callable[[Fleet], None]


def name_of(scenario: Scenario) -> str:
    """The scenario's name, as the id of a test."""
    return scenario.__name__.replace("_", " ")


def gate(fleet: Fleet, member: Member = ANN, limits: GateLimits = PATIENT) -> SharedGate:
    """The gate of an origin as a member sees it."""
    return fleet.join(member, limits).gate(ORIGIN)


def turn(gate: SharedGate, asked: Asked = PROBE) -> Turn:
    """The leave that the gate must give now."""
    answer = gate.acquire(asked)
    assert isinstance(answer, Turn), answer
    return answer


def denied(gate: SharedGate, asked: Asked = PROBE) -> Denied:
    """The refusal of the circuit that the gate must give now."""
    answer = gate.acquire(asked)
    assert isinstance(answer, Denied), answer
    assert answer.retry_after > 0
    return answer


def times(number: int, *outcomes: Outcome) -> tuple[Outcome, ...]:
    """The outcomes, so many times over."""
    return number * outcomes


def count(fleet: Fleet, gate: SharedGate, *outcomes: Outcome) -> None:
    """Let requests go one after the other, with these outcomes."""
    for outcome in outcomes:
        gate.record(turn(gate), outcome)
    fleet.settle()


def broken(fleet: Fleet, limits: GateLimits = PATIENT) -> SharedGate:
    """Ann's gate, after ten failures of ten have opened the circuit."""
    ann = gate(fleet, ANN, limits)
    turns = [turn(ann) for _ in range(10)]
    for one in turns:
        ann.record(one, "fail")
    fleet.settle()
    return ann


def half_open(fleet: Fleet) -> SharedGate:
    """Ann's gate, half-open by a control request that was answered: two probes may go."""
    ann = broken(fleet)
    vouched(fleet, ann)
    return ann


def vouched(fleet: Fleet, gate: SharedGate) -> None:
    """Let a control request be answered well."""
    gate.vouch()
    fleet.settle()


def reopened(fleet: Fleet) -> SharedGate:
    """Ann's gate, when the time is over for which the circuit was open."""
    ann = broken(fleet, BRISK)
    fleet.pass_time(0.1)
    return ann


def a_new_origin_lets_everything_pass(fleet: Fleet) -> None:
    """A circuit begins closed, for writes as well as for reads, and nobody waits."""
    ann = gate(fleet)

    answers = [turn(ann, asked) for asked in (PROBE, WRITE, CLEANUP)]

    assert [(one.lease, one.wait) for one in answers] == [("", 0.0)] * 3


def failures_open_it_for_all(fleet: Fleet) -> None:
    """Half of ten failing requests open the circuit, also for members that saw nothing of it."""
    ann, bob = gate(fleet), gate(fleet, BOB)

    count(fleet, ann, *times(4, "success", "fail"), "success")
    turn(bob)
    count(fleet, ann, "fail")

    assert 480.0 - 20.0 <= denied(bob).retry_after <= 720.0
    assert not denied(ann, WRITE).probe


def members_are_counted_together(fleet: Fleet) -> None:
    """What two members of a machine saw is one outage."""
    ann, bob = gate(fleet), gate(fleet, BOB)

    count(fleet, ann, *times(5, "fail"))
    count(fleet, bob, *times(4, "fail"))
    turn(ann)
    count(fleet, bob, "hang")

    denied(ann)


def slow_answers_open_it(fleet: Fleet) -> None:
    """80 % of slow answers open the circuit, 70 % do not."""
    ann = gate(fleet)

    count(fleet, ann, *times(3, "success"), *times(7, "slow"))
    turn(ann)
    count(fleet, ann, *times(5, "slow"))

    denied(ann)


def what_shows_nothing_is_not_counted(fleet: Fleet) -> None:
    """No outcome, and results of requests that were not held by the circuit, open nothing."""
    ann = gate(fleet)

    count(fleet, ann, *times(20, "none"))
    for _ in range(20):
        ann.record(turn(ann, CLEANUP), "fail")
    fleet.settle()

    turn(ann)


def one_machine_does_not_stop_the_others(fleet: Fleet) -> None:
    """Where two machines are there, the circuit opens when both see the outage."""
    ann, cat = gate(fleet), gate(fleet, CAT)

    count(fleet, cat, *times(3, "success"))
    count(fleet, ann, *times(30, "fail"))
    turn(ann)
    turn(cat)
    count(fleet, cat, *times(3, "fail"))

    denied(ann)
    denied(cat)


def whoever_is_not_held_passes_an_open_circuit(fleet: Fleet) -> None:
    """Cleanup and control requests are none of the circuit's."""
    ann = broken(fleet)

    answer = turn(ann, CLEANUP)
    ann.record(answer, "success")
    fleet.settle()

    assert not answer.lease
    denied(ann)


def late_results_are_dropped(fleet: Fleet) -> None:
    """INVARIANT: what was sent in an older epoch changes nothing, whatever came of it."""
    ann = gate(fleet)
    late = [turn(ann) for _ in range(20)]
    half_open(fleet)

    for one in late[:10]:
        ann.record(one, "success")
    for one in late[10:]:
        ann.record(one, "fail")
    fleet.settle()

    turn(ann)
    turn(ann)
    denied(ann)


def epochs_grow(fleet: Fleet) -> None:
    """INVARIANT: each change of state has a greater number."""
    ann = gate(fleet)

    epochs = [turn(ann).epoch]
    half_open(fleet)
    epochs.append(turn(ann).epoch)
    vouched(fleet, ann)
    vouched(fleet, ann)
    epochs.append(turn(ann).epoch)

    assert epochs == sorted(set(epochs))


def three_control_requests_close_it(fleet: Fleet) -> None:
    """Whoever looks closer may vouch for the origin, as a probe does."""
    ann = half_open(fleet)

    vouched(fleet, ann)
    assert turn(ann, PROBE).lease
    vouched(fleet, ann)

    assert not turn(ann, WRITE).lease


def the_ramp_is_two_then_four(fleet: Fleet) -> None:
    """As more is answered more probes may be out at a time."""
    ann = half_open(fleet)

    leases = [turn(ann).lease for _ in range(2)]
    denied(ann)
    vouched(fleet, ann)
    leases += [turn(ann).lease for _ in range(2)]

    assert denied(ann).retry_after <= LOOK_AGAIN * 1.2
    assert len({*leases, ""}) == 5


def a_write_is_no_probe(fleet: Fleet) -> None:
    """A write is told that a safe request is awaited; where enough are out, it is not."""
    ann = half_open(fleet)

    assert denied(ann, WRITE).probe
    turn(ann)
    turn(ann)
    assert not denied(ann, WRITE).probe


def a_probe_without_outcome_lets_go(fleet: Fleet) -> None:
    """A probe that was cancelled gives its lease back, and shows nothing."""
    ann = half_open(fleet)
    first, _ = turn(ann), turn(ann)
    denied(ann)

    ann.record(first, "none")
    fleet.settle()

    assert turn(ann).lease
    denied(ann)


def a_failed_probe_opens_it_again(fleet: Fleet) -> None:
    """One probe that fails is enough, and the circuit stays open for twice as long."""
    ann = half_open(fleet)

    ann.record(turn(ann), "hang")
    fleet.settle()

    assert 960.0 - 20.0 <= denied(ann).retry_after <= 1440.0


def a_lease_is_good_for_one_result(fleet: Fleet) -> None:
    """The same probe told twice counts once."""
    ann = half_open(fleet)
    probe = turn(ann)

    ann.record(probe, "success")
    ann.record(probe, "success")
    fleet.settle()

    assert turn(ann, PROBE).lease


def origins_have_nothing_in_common(fleet: Fleet) -> None:
    """The outage of one origin is none of another's."""
    broken(fleet)

    turn(fleet.join(ANN, PATIENT).gate("https://other.example.com"))


def places_are_handed_out_in_the_order_of_asking(fleet: Fleet) -> None:
    """Each waits one interval longer than the one before, whoever asks."""
    ann, bob = gate(fleet, ANN, SLOW), gate(fleet, BOB, SLOW)

    waits = [turn(one).wait for one in (ann, bob, bob, ann)]

    assert [wait - 100.0 * place for place, wait in enumerate(waits)] == [SECONDS] * 4


def a_burst_goes_at_once_but_for_its_margin(fleet: Fleet) -> None:
    """Of a burst of three two go at once: one place is left for those that wake up late."""
    ann = gate(fleet, ANN, SLOW._replace(burst=3.0))

    waits = [turn(ann).wait for _ in range(4)]

    assert waits[:2] == [0.0, 0.0]
    assert [waits[2] - 100.0, waits[3] - 200.0] == [SECONDS] * 2


def a_turn_that_comes_too_late_takes_no_place(fleet: Fleet) -> None:
    """Who cannot wait is told how long it would have been, and the next one has the place."""
    ann = gate(fleet, ANN, SLOW)
    turn(ann)

    late = [ann.acquire(PROBE._replace(within=30.0)) for _ in range(3)]

    assert all(isinstance(one, Late) and one.wait - 100.0 == SECONDS for one in late)
    assert turn(ann).wait - 100.0 == SECONDS


def who_is_denied_takes_no_place(fleet: Fleet) -> None:
    """A place of the pace is taken only where the circuit admits the request."""
    ann = broken(fleet, SLOW)
    begun = turn(ann, CLEANUP).wait

    for _ in range(5):
        denied(ann)

    assert turn(ann, CLEANUP).wait - begun - 100.0 == SECONDS


def a_pause_holds_all(fleet: Fleet) -> None:
    """After a 429 that names a time no member goes before it, with a rate or without."""
    ann, bob = gate(fleet), gate(fleet, BOB)

    ann.slow_down(300.0)
    fleet.settle()

    assert turn(bob).wait - 300.0 == SECONDS
    assert turn(bob, CLEANUP).wait - 300.0 == SECONDS
    assert isinstance(ann.acquire(PROBE._replace(within=200.0)), Late)


def a_429_slows_the_pace_of_all(fleet: Fleet) -> None:
    """A 429 takes three tenths of the pace; those that come together with it take no more."""
    ann, bob = gate(fleet, ANN, SLOW), gate(fleet, BOB, SLOW)

    ann.slow_down(None)
    ann.slow_down(None)
    fleet.settle()

    waits = [turn(bob).wait for _ in range(2)]
    assert waits[1] - waits[0] - 100.0 / 0.7 == SECONDS


def cleanup_does_not_stand_behind_a_long_queue(fleet: Fleet) -> None:
    """Of the places that are far ahead one in ten is kept for the cleanup, and given once."""
    ann = gate(fleet, ANN, SLOW)

    waits = [turn(ann).wait for _ in range(40)]
    kept, second, third = (turn(ann, CLEANUP).wait for _ in range(3))

    assert len({round(wait, -1) for wait in [*waits, kept, second, third]}) == 43
    assert waits[25] < kept < waits[26]
    assert waits[34] < second < waits[35]
    assert third > waits[-1]


def a_key_has_one_holder(fleet: Fleet) -> None:
    """The first to claim a key holds it, may claim it again, and alone can give it back."""
    ann, bob = fleet.join(ANN, PATIENT), fleet.join(BOB, PATIENT)

    assert ann.claim("login", "ann", 600.0) == "ann"
    assert bob.claim("login", "bob", 600.0) == "ann"
    assert ann.claim("login", "ann", 600.0) == "ann"
    bob.release("login", "bob")
    assert bob.claim("login", "bob", 600.0) == "ann"
    ann.release("login", "ann")
    assert bob.claim("login", "bob", 600.0) == "bob"
    assert bob.claim("other", "bob", 600.0) == "bob"


def a_text_is_kept(fleet: Fleet) -> None:
    """What one member puts under a key all get, the last one of them; before it nothing."""
    ann, bob = fleet.join(ANN, PATIENT), fleet.join(BOB, PATIENT)

    assert bob.get("token") is None
    ann.put("token", '{"é": "\\n"}', 600.0)
    assert bob.get("token") == '{"é": "\\n"}'
    bob.put("token", "", 600.0)
    assert ann.get("token") == ""
    assert ann.get("other") is None


def a_group_knows_its_members(fleet: Fleet) -> None:
    """Whoever beats is told who is there, and is there until it leaves."""
    ann, bob = fleet.join(ANN, PATIENT), fleet.join(BOB, PATIENT)

    assert ann.beat("run", "ann", 600.0) == {"ann"}
    assert bob.beat("run", "bob", 600.0) == {"ann", "bob"}
    assert bob.beat("other", "bob", 600.0) == {"bob"}
    ann.leave("run", "ann")
    assert bob.beat("run", "bob", 600.0) == {"bob"}
    ann.leave("run", "ann")
    ann.leave("nobody", "ann")


def an_open_circuit_admits_one_probe(fleet: Fleet) -> None:
    """When its time is over one probe may go, of whoever asks first; all others wait for it."""
    ann = reopened(fleet)
    bob = gate(fleet, BOB, BRISK)

    probe = turn(ann)

    assert probe.lease
    assert denied(bob).retry_after <= LOOK_AGAIN * 1.2
    assert not denied(ann, WRITE).probe


def three_answered_probes_close_it(fleet: Fleet) -> None:
    """One, two, then three probes that were answered show that the origin is back."""
    ann = reopened(fleet)

    for _ in range(3):
        probe = turn(ann)
        assert probe.lease
        ann.record(probe, "success")
        fleet.settle()

    assert not turn(ann, WRITE).lease


def the_lease_of_a_dead_holder_ends(fleet: Fleet) -> None:
    """A probe whose holder never comes back is given to another, and told late it shows nothing."""
    ann = reopened(fleet)
    bob = gate(fleet, BOB, BRISK)
    dead = turn(ann, BRIEF)

    fleet.pass_time(0.1)
    heir = turn(bob)
    ann.record(dead, "fail")
    fleet.settle()

    assert heir.lease != dead.lease
    bob.record(heir, "success")
    fleet.settle()
    assert turn(bob).lease


def it_stays_open_for_longer_each_time_but_not_for_ever(fleet: Fleet) -> None:
    """Each failed probe doubles the time up to the longest, which is told with its jitter."""
    ann = reopened(fleet)

    for seconds in (0.2, 0.4, 0.4):
        ann.record(turn(ann), "fail")
        fleet.settle()
        answer = ann.acquire(PROBE)
        # A machine that stood still meanwhile has let the time pass: then it is a probe.
        if isinstance(answer, Denied):
            assert answer.retry_after <= seconds * 1.2
        else:
            assert isinstance(answer, Turn)
            ann.record(answer, "none")
            fleet.settle()
        fleet.pass_time(seconds)


def claims_texts_and_members_end(fleet: Fleet) -> None:
    """What is kept for a while is not there after it."""
    ann, bob = fleet.join(ANN, PATIENT), fleet.join(BOB, PATIENT)
    ann.claim("login", "ann", 0.1)
    ann.put("token", "t", 0.1)
    ann.beat("run", "ann", 0.1)

    fleet.pass_time(0.11)

    assert bob.get("token") is None
    assert bob.claim("login", "bob", 600.0) == "bob"
    assert bob.beat("run", "bob", 600.0) == {"bob"}


def a_place_is_free_again_in_time(fleet: Fleet) -> None:
    """At ten a second the place is there after a tenth of one."""
    ann = gate(fleet, ANN, PATIENT._replace(rate=10.0))
    turn(ann)

    fleet.pass_time(0.1)

    assert turn(ann).wait == 0.0


def a_worker_does_not_probe_twice_while_another_waits(fleet: Fleet) -> None:
    """The holder of the last probe is sent to wait until the one that waits has had its own."""
    ann = half_open(fleet)
    bob = gate(fleet, BOB)
    first, second = turn(ann), turn(ann)
    denied(bob)
    ann.record(first, "none")
    fleet.settle()

    denied(ann)
    probe = turn(bob)
    bob.record(probe, "none")
    fleet.settle()

    assert turn(ann).lease not in {first.lease, second.lease, probe.lease}


def nobody_waits_for_one_that_has_given_up(fleet: Fleet) -> None:
    """A worker that does not come back when it was told to is not waited for much longer."""
    ann = half_open(fleet)
    bob = gate(fleet, BOB)
    first, _ = turn(ann), turn(ann)
    denied(bob)
    ann.record(first, "none")
    fleet.settle()

    fleet.pass_time(LOOK_AGAIN * 1.2 + 0.26)

    assert turn(ann).lease


ANYTIME: list[Scenario] = [
    a_new_origin_lets_everything_pass,
    failures_open_it_for_all,
    members_are_counted_together,
    slow_answers_open_it,
    what_shows_nothing_is_not_counted,
    whoever_is_not_held_passes_an_open_circuit,
    late_results_are_dropped,
    epochs_grow,
    three_control_requests_close_it,
    the_ramp_is_two_then_four,
    a_write_is_no_probe,
    a_probe_without_outcome_lets_go,
    a_failed_probe_opens_it_again,
    a_lease_is_good_for_one_result,
    origins_have_nothing_in_common,
    places_are_handed_out_in_the_order_of_asking,
    a_burst_goes_at_once_but_for_its_margin,
    a_turn_that_comes_too_late_takes_no_place,
    who_is_denied_takes_no_place,
    a_pause_holds_all,
    a_429_slows_the_pace_of_all,
    cleanup_does_not_stand_behind_a_long_queue,
    a_key_has_one_holder,
    a_text_is_kept,
    a_group_knows_its_members,
]
PASSING: list[Scenario] = [
    an_open_circuit_admits_one_probe,
    three_answered_probes_close_it,
    the_lease_of_a_dead_holder_ends,
    it_stays_open_for_longer_each_time_but_not_for_ever,
    claims_texts_and_members_end,
    a_place_is_free_again_in_time,
    nobody_waits_for_one_that_has_given_up,
]
STANDING: list[Scenario] = [
    a_worker_does_not_probe_twice_while_another_waits,
]
MACHINES: list[Scenario] = [
    one_machine_does_not_stop_the_others,
]
SCENARIOS: list[Scenario] = [*ANYTIME, *PASSING]
