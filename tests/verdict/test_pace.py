"""Pace: whose time a late answer took."""

from __future__ import annotations

from typing import Any

import pytest

from redhanded.core.attempt import Attempt, Phase
from redhanded.core.verdicts import Finding, Verdict
from redhanded.verdict.arms import Arm, Situation
from redhanded.verdict.pace import Late, of_lateness
from tests.verdict.arms import HOME, World, own, situation

CEILING = 0.5
SLOW = Finding(Verdict.SLOW, "latency.ceiling", "3.00 s, want at most 500 ms")
START = 1_700_000_000.0


def taking(seconds: float, **facts: Any) -> Attempt:  # noqa: ANN401  each fact has its type
    """An answer that began so many seconds after the request was out."""
    marks = ((Phase.WAIT, 0.0), (Phase.READ, seconds), (Phase.DONE, seconds))
    ordinary: dict[str, Any] = {"marks": marks, "elapsed": seconds, "started_at": START}
    return own(**ordinary | facts)


LATE = taking(3.0, id="late", call_id="late")
QUICK = taking(0.01, id="quick")
NEIGHBOUR = taking(0.01, id="before", call_id="before", started_at=START - 0.5)


def found(world: World, around: Situation, *late: Attempt, ceiling: float = CEILING) -> Finding:
    """What these late attempts mean in that world."""
    return world.finds(of_lateness(SLOW, [Late(one, ceiling) for one in late], around))


def test_a_breach_between_quick_neighbours_is_the_servers() -> None:
    """INVARIANT: one attributable breach is enough."""
    finding = found(World(target=[QUICK], canary=[QUICK]), situation(NEIGHBOUR), LATE)

    assert finding.verdict is Verdict.SLOW
    assert finding.evidence[-1] == "calls before it and the canary after it were quick"


def test_a_breach_that_is_seen_again_is_the_servers() -> None:
    """A replay that is late as well needs no neighbours."""
    finding = found(World(target=[QUICK, LATE], canary=[QUICK]), situation(), LATE)

    assert finding.verdict is Verdict.SLOW
    assert finding.evidence[-1] == "asked again, it was late again (try 2)"


def test_slow_canaries_acquit() -> None:
    """INVARIANT: three seconds more on every path are the environment's."""
    world = World(canary=[taking(3.0)])

    finding = found(world, situation(NEIGHBOUR), LATE)

    assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "latency.unattributed")
    assert world.counts()[Arm.TARGET] == 0


def test_slow_neighbours_acquit() -> None:
    """The end of a slow spell: what came before was slow, what comes after is not."""
    before = NEIGHBOUR._replace(
        marks=((Phase.WAIT, 0.0), (Phase.READ, 3.0)), started_at=START - 3.2, elapsed=3.1
    )

    finding = found(World(target=[QUICK], canary=[QUICK]), situation(before), LATE)

    assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "latency.unattributed")


def test_without_neighbours_a_single_breach_is_not_attributed() -> None:
    """Nobody knows how the environment was before."""
    finding = found(World(target=[QUICK], canary=[QUICK]), situation(), LATE)

    assert finding.code == "latency.once"
    assert finding.evidence[-1] == "no other call shows how the environment was before it"


def test_a_small_breach_must_be_seen_twice() -> None:
    """A lost packet is sent again within a second and a half."""
    late = taking(1.2, call_id="late")

    finding = found(World(target=[QUICK], canary=[QUICK]), situation(NEIGHBOUR), late)

    assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "latency.once")
    assert "a lost packet would explain it" in finding.evidence[-1]


@pytest.mark.parametrize("peer", ["127.0.0.1:8000", "[::1]:8000"])
def test_a_machine_loses_no_packets_on_the_way_to_itself(peer: str) -> None:
    """A small breach of a server on loopback is its own."""
    late = taking(0.7, call_id="late", peer=peer)

    finding = found(World(target=[QUICK], canary=[QUICK]), situation(NEIGHBOUR), late)

    assert finding.verdict is Verdict.SLOW


def test_two_small_breaches_of_one_test_are_two() -> None:
    """One in five is slow: a test that calls often enough has its proof."""
    one, other = taking(1.2, call_id="one", id="1"), taking(1.2, call_id="other", id="2")
    world = World(canary=[QUICK])

    finding = found(world, situation(NEIGHBOUR), one, other)

    assert finding.verdict is Verdict.SLOW
    assert finding.evidence[-1] == "2 calls of the test were late"
    assert world.counts()[Arm.TARGET] == 0


def test_a_breach_in_an_earlier_round_counts() -> None:
    """INVARIANT: a later success does not erase an earlier breach."""
    around = situation(NEIGHBOUR)
    write = taking(1.2, call_id="late", method="POST")
    again = Situation(almanac=around.almanac, home=HOME, test_id="test_it", round=1, rounds=3)

    first = found(World(canary=[QUICK]), around, write)
    second = found(World(canary=[QUICK]), again, write)

    assert [first.verdict, second.verdict] == [Verdict.INCONCLUSIVE, Verdict.SLOW]


def test_a_stalled_runner_acquits() -> None:
    """INVARIANT: the runner paused for 6 s while the answer was on time."""
    world = World()
    around = situation(NEIGHBOUR, stall=lambda _began, _ended: 2.9)

    finding = found(world, around, LATE)

    assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "latency.unattributed")
    assert finding.evidence[-1] == "without the runner's and the way's own time it held"
    assert world.asked == []


def test_the_way_takes_its_time_too() -> None:
    """The quickest connection to the origin is taken off."""
    far = NEIGHBOUR._replace(marks=((Phase.CONNECT, 0.0), (Phase.SEND, 0.3)))

    finding = found(World(), situation(far), taking(0.7))

    assert finding.code == "latency.unattributed"


def test_a_late_write_is_not_measured_again() -> None:
    """INVARIANT: only safe requests are replayed."""
    world = World(canary=[QUICK])

    finding = found(world, situation(NEIGHBOUR), LATE._replace(method="POST"))

    assert finding.verdict is Verdict.SLOW
    assert world.counts() == {Arm.TARGET: 0, Arm.INPUT: 0, Arm.CANARY: 1, Arm.LOGIN: 0}


@pytest.mark.parametrize("canary", [None, QUICK])
def test_a_spent_budget_leaves_what_is_known(canary: Attempt | None) -> None:
    """Neighbours before it decide alone."""
    world = World(target=[None], canary=[canary])

    assert found(world, situation(NEIGHBOUR), LATE).verdict is Verdict.SLOW
