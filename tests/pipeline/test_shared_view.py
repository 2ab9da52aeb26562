"""What one process knows of a shared gate between two askings."""

from __future__ import annotations

import threading

import pytest

from redhanded.pipeline.breaker import Change, Denied, Outcome, State
from redhanded.pipeline.drivers import run
from redhanded.pipeline.flow import Consult, Effect
from redhanded.pipeline.shared_gate import Asked, Late, Turn
from redhanded.pipeline.shared_view import SharedView
from tests.pipeline.sharing import Answer, FakeGate

ASKED = Asked(may_probe=True, lease=31.0, within=30.0)
PROBE = Turn(7, "lease-1")


def viewed(*answers: Answer, is_remote: bool = False) -> tuple[SharedView, FakeGate]:
    """A gate that answers so, and what is seen of it."""
    gate = FakeGate(*answers, is_remote=is_remote)
    return SharedView(gate, lambda: 4), gate


@pytest.mark.parametrize(
    "answer, is_down",
    [
        pytest.param(Denied(1.0), True, id="refused"),
        pytest.param(Turn(1), False, id="admitted"),
        pytest.param(Late(9.0), False, id="only late"),
        pytest.param(None, False, id="nobody to ask"),
    ],
)
@pytest.mark.parametrize("before", [True, False], ids=["down", "calm"])
def test_the_last_answer_is_what_is_known(answer: Answer, *, before: bool, is_down: bool) -> None:
    """INVARIANT: who cannot ask anybody holds nobody back for what he heard long ago."""
    view, _ = viewed(answer)
    view.is_down = before

    assert view.acquire(ASKED) == answer

    assert view.is_down is is_down


def test_what_goes_past_the_circuit_learns_nothing_of_it() -> None:
    """A canary's turn at the pace does not say that the circuit is closed."""
    view, _ = viewed(Denied(1.0), Turn(-1))
    view.acquire(ASKED)

    view.acquire(ASKED._replace(held=False))

    assert view.is_down


@pytest.mark.parametrize(
    "turn, outcome, is_down",
    [
        pytest.param(PROBE, "fail", True, id="a failed probe"),
        pytest.param(PROBE, "slow", True, id="a slow probe"),
        pytest.param(PROBE, "success", False, id="a good probe"),
        pytest.param(PROBE, "none", False, id="a probe that was given up"),
        pytest.param(Turn(7), "fail", False, id="no probe"),
    ],
)
def test_a_bad_probe_opens_the_circuit(turn: Turn, outcome: Outcome, *, is_down: bool) -> None:
    """INVARIANT: who has sent it knows so without asking."""
    view, gate = viewed()

    view.record(turn, outcome)

    assert view.is_down is is_down
    assert gate.told == [(turn, outcome)]


@pytest.mark.parametrize(
    "answer, seen, told",
    [
        pytest.param(Denied(1.0), Denied(1.0), [], id="open"),
        pytest.param(Denied(0.05, probe=True), Denied(0.05, probe=True), [], id="due"),
        pytest.param(Turn(3), None, [(Turn(3), "none")], id="closed"),
        pytest.param(Late(2.0), None, [], id="closed, and the pace is used up"),
        pytest.param(None, None, [], id="away"),
    ],
)
def test_a_look_takes_nothing(
    answer: Answer, seen: Denied | None, told: list[tuple[Turn, Outcome]]
) -> None:
    """INVARIANT: it never holds a probe's lease, and gives back what it was given."""
    view, gate = viewed(answer)

    assert view.look() == seen

    assert gate.told == told
    assert not gate.asked[0].may_probe


def test_who_vouches_takes_it_for_calm() -> None:
    """A canary that was well is known here before anybody asks again."""
    view, gate = viewed(Denied(1.0))
    view.acquire(ASKED)

    view.vouch()

    assert not view.is_down
    assert gate.vouched == 1


def test_leave_is_void_once_a_newer_epoch_is_known() -> None:
    """INVARIANT: epochs only grow, in whatever order their answers arrive."""
    view, _ = viewed(Turn(8), Turn(7))

    view.acquire(ASKED)
    view.acquire(ASKED)

    assert view.has_moved(Turn(7))
    assert not view.has_moved(Turn(8))


@pytest.mark.parametrize("turn, is_void", [(Turn(8), True), (Turn(8, "l"), False)], ids=str)
def test_a_refusal_voids_leave_of_a_closed_circuit_alone(turn: Turn, *, is_void: bool) -> None:
    """A half-open circuit refuses all others while a probe is out."""
    view, _ = viewed(Turn(8), Denied(1.0))
    view.acquire(ASKED)

    view.acquire(ASKED)

    assert view.has_moved(turn) is is_void


def test_what_arrives_while_it_is_given_up_is_let_go_once() -> None:
    """INVARIANT: whichever comes first, the answer or the end of its call, leave goes back once."""
    for _ in range(200):
        view, gate = viewed(PROBE, is_remote=True)
        flow = view.ask(ASKED)
        effect: Effect = next(flow)
        assert isinstance(effect, Consult)
        asking = threading.Thread(target=effect.act)

        asking.start()
        flow.close()
        asking.join()

        assert gate.told == [(PROBE, "none")]


def test_a_remote_gate_is_consulted_and_its_answer_returned() -> None:
    """The answer comes by way of the effect, whoever performs it."""
    view, _ = viewed(PROBE, is_remote=True)
    performed: list[Effect] = []

    def perform(effect: Effect) -> object:
        performed.append(effect)
        assert isinstance(effect, Consult)
        return effect.act()

    assert run(view.ask(ASKED), perform) == PROBE
    assert len(performed) == 1


def test_what_is_seen_of_the_shared_circuit_is_told_once() -> None:
    """INVARIANT: a worker tells of each state that it meets, not of each request that meets it."""
    told: list[Change] = []
    answers = (Turn(1), Denied(1.0), Denied(1.0), PROBE, PROBE, None, Turn(8), Turn(8))
    view = SharedView(FakeGate(*answers), lambda: 4, told.append)
    for _ in answers:
        view.acquire(ASKED)

    assert told == [
        Change(State.OPEN, 1, "other workers have seen it down", is_shared=True),
        Change(State.HALF_OPEN, 7, "a probe of this worker is admitted", is_shared=True),
        Change(State.CLOSED, 8, "probes were answered", is_shared=True),
    ]


def test_a_probe_that_failed_is_told_by_its_sender() -> None:
    """Who has sent it need not ask to know that the circuit is open again."""
    told: list[Change] = []
    view = SharedView(FakeGate(PROBE), lambda: 4, told.append)
    view.acquire(ASKED)
    view.record(PROBE, "fail")
    assert told[-1] == Change(State.OPEN, 7, "a probe of this worker failed", is_shared=True)
