"""What the benchmark of a Redis in trouble would notice, and where its troubles come."""

from __future__ import annotations

import pytest

from bench.figures import Figure
from bench.fleet.onlooker import TimedGate, stage_of
from bench.fleet.sessions import Ended, Timed
from bench.fleet.trouble import SHORT, TROUBLES, Tally, chosen, most_lost, summary
from redhanded.fleet.memory import MemoryStore
from redhanded.fleet.store import GateLimits, Member
from redhanded.pipeline.breaker import BreakerLimits
from redhanded.pipeline.shared_gate import Asked, Turn


def ended(verdict: str, *times: Timed) -> Ended:
    """A session of one test that ended so."""
    return Ended(exit_code=0, verdicts={"test_it": verdict}, times=times, said="")


def asked(began: float, seconds: float, answer: str = "Turn") -> Timed:
    """A question that took so long."""
    return Timed("acquire", began, seconds, answer)


def told(*sessions: Ended, short: bool = False) -> dict[str, Figure]:
    """The figures of these sessions, whose test passes without Redis."""
    tally = Tally({"test_it": "pass"})
    for session in sessions:
        tally.add("refused at start", session)
    return {figure.name.split(",")[0].strip(): figure for figure in summary(tally, short=short)}


CHANGED = "verdicts that a Redis in trouble changed"
LONGEST = "longest that the shared layer held a call"


def test_one_verdict_that_changed_misses_the_goal(capsys: pytest.CaptureFixture[str]) -> None:
    """INVARIANT: it is counted, and told with its session and its test."""
    figures = told(ended("pass", asked(0, 0.1)), ended("inconclusive", asked(0, 0.1)))

    assert not figures[CHANGED].is_met
    assert figures[CHANGED].measured == "50 % (1 of 2)"
    assert capsys.readouterr().out == "  refused at start: test_it was inconclusive, not pass\n"


def test_a_test_that_is_missing_has_changed() -> None:
    """INVARIANT: a session that broke down is no session without a change."""
    broken = Ended(exit_code=3, verdicts={}, times=(asked(0, 0.1),), said="")

    assert not told(broken)[CHANGED].is_met


@pytest.mark.parametrize(
    "seconds, short, is_met",
    [
        pytest.param(0.25, False, True, id="on the goal"),
        pytest.param(0.26, False, False, id="beyond it"),
        pytest.param(0.26, True, True, id="beyond it, where times are only told"),
    ],
)
def test_times_are_held_to_their_goal_in_the_long_form(
    seconds: float, *, short: bool, is_met: bool
) -> None:
    """A machine that is held up by others cannot fail the gate."""
    assert told(ended("pass", asked(0, seconds)), short=short)[LONGEST].is_met is is_met


def test_a_redis_that_nobody_reached_proves_nothing() -> None:
    """INVARIANT: sessions in which Redis never answered are no measurement."""
    figures = told(ended("pass", asked(0, 0.1, "NoneType")))

    assert not figures["acts that Redis answered"].is_met


@pytest.mark.parametrize(
    "times, most",
    [
        pytest.param([], 0.0, id="none"),
        pytest.param([(0, 0.2), (4.9, 0.2), (5.1, 0.2)], 0.4, id="a span that slides"),
        pytest.param([(0, 0.2), (6, 0.3), (20, 0.1)], 0.3, id="apart"),
        pytest.param([(6, 0.1), (0, 0.1), (5.5, 0.1)], 0.2, id="out of order"),
    ],
)
def test_the_worst_span_counts(times: list[tuple[float, float]], most: float) -> None:
    """What began within any five seconds is added up."""
    found = most_lost([asked(began, seconds) for began, seconds in times], 5.0)

    assert found == pytest.approx(most)


@pytest.mark.parametrize(
    "position, stage",
    [(0, "start"), (14, "start"), (15, "middle"), (23, "middle"), (24, "end"), (29, "end")],
)
def test_a_session_has_three_stages(position: int, stage: str) -> None:
    """The last fifth is the end; the half before it is the middle."""
    assert stage_of(position, 30) == stage


def test_every_trouble_comes_at_every_stage() -> None:
    """The long form leaves nothing out, and the short one is part of it."""
    every = {(trouble.name, stage) for trouble, stage in chosen(short=False)}

    assert len(every) == 3 * len(TROUBLES) == 30
    assert {(trouble.name, stage) for trouble, stage in chosen(short=True)} == set(SHORT)


def test_a_timed_gate_is_the_gate_and_a_note() -> None:
    """What is asked is answered by the gate, and both acts are noted with what they gave."""
    store = MemoryStore(GateLimits(BreakerLimits()), Member("here", "gw0"))
    noted: list[tuple[str, str]] = []
    gate = TimedGate(
        store.gate("https://a.example"), lambda act, _at, _took, gave: noted.append((act, gave))
    )

    turn = gate.acquire(Asked(may_probe=True, lease=1, within=1))
    assert isinstance(turn, Turn)
    gate.record(turn, "success")

    assert noted == [("acquire", "Turn"), ("record", "NoneType")]
    assert gate.is_remote is False
