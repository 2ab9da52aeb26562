"""The link to Redis: who waits for it, what breaks it, and what becomes of what is queued."""

from __future__ import annotations

import threading

import pytest

from redhanded.fleet.redis_limits import LinkLimits
from redhanded.fleet.store import FleetUnavailable
from tests.fleet.redis_wires import NAME, REFUSED, Exchange, HandLink, word
from tests.servers.processes import Patience

AWAY = f"the fleet's Redis at {NAME} is away ({REFUSED})"
LOST = (
    f"2 results did not reach the fleet's Redis at {NAME}: other processes may have called an API"
    " that was down a little longer."
)
NOTE = f"{AWAY}: each process keeps its own circuit and a share of the pace."


def test_a_link_answers_once_it_is_connected() -> None:
    """A question goes out on the connection that is there, with what is left of its time."""
    exchange = Exchange()

    answer = exchange.link().ask(("PING",), word)

    assert answer == "PING"
    assert exchange.sent == [[("PING",)]]
    assert exchange.seconds_left == [0.25]
    assert exchange.opened == 1


def test_a_link_connects_by_its_own_thread() -> None:
    """The first question waits for the first attempt to connect, which is not its own affair."""
    exchange = Exchange()
    threads: list[str] = []

    class Noting(HandLink):
        def _serve(self) -> None:
            threads.append(threading.current_thread().name)
            self.tend()

    link = Noting(exchange.dial, name=NAME, tell=exchange.told.append, limits=LinkLimits(answer=30))

    assert link.ask(("PING",), word) == "PING"
    assert threads == ["fleet"]


def test_a_first_attempt_that_takes_too_long_is_waited_for_once() -> None:
    """Whoever comes after the first question has waited in vain does not wait at all."""
    exchange = Exchange()
    link = exchange.fresh(answer=0.01)

    with pytest.raises(FleetUnavailable, match=r"it is not connected yet"):
        link.ask(("PING",), word)
    is_known = link.has_tried
    link.tend()

    assert is_known
    assert link.ask(("PING",), word) == "PING"


def test_a_refused_link_says_why_and_tells_the_run_once() -> None:
    """The reason stands in the error and, once for all that follow, in a note of the run."""
    exchange = Exchange(fault=REFUSED)
    link = exchange.link()

    with pytest.raises(FleetUnavailable) as caught:
        link.ask(("PING",), word)
    exchange.now += 5.0
    link.tend()

    assert str(caught.value) == f"{AWAY}."
    assert exchange.told == [NOTE]
    assert exchange.opened == 2


def test_a_link_that_is_away_is_not_tried_for_five_seconds() -> None:
    """No question and no attempt goes out before the time is over; then it is up again."""
    exchange = Exchange()
    link = exchange.link()
    exchange.fault = REFUSED
    with pytest.raises(FleetUnavailable):
        link.ask(("PING",), word)
    exchange.fault = ""

    rests = []
    for passed in (0.0, 2.0, 2.9):
        exchange.now += passed
        rests.append(link.tend())
        with pytest.raises(FleetUnavailable):
            link.ask(("PING",), word)
    tried = exchange.opened, len(exchange.sent)
    exchange.now += 0.2
    link.tend()

    assert rests == pytest.approx([5.0, 3.0, 0.1])
    assert tried == (1, 1)
    assert link.ask(("PING",), word) == "PING"
    assert exchange.opened == 2


def test_a_broken_connection_is_hung_up() -> None:
    """What still comes through it would be taken for the answer to something else."""
    exchange = Exchange()
    link = exchange.link()
    exchange.fault = REFUSED

    with pytest.raises(FleetUnavailable):
        link.ask(("PING",), word)

    assert [wire.is_closed for wire in exchange.wires] == [True]


def test_an_answer_that_cannot_be_meant_puts_the_link_away() -> None:
    """Whatever answers there is no Redis that holds our scripts."""
    exchange = Exchange(answer=lambda _: 42)
    link = exchange.link()

    with pytest.raises(FleetUnavailable, match=r"no Redis; mend redis_url"):
        link.ask(("PING",), word)

    assert not link.is_up


@pytest.mark.parametrize(
    "seconds, answers",
    [
        pytest.param(0.05, 500, id="quick enough"),
        pytest.param(0.1, 8, id="somewhat slow"),
        pytest.param(0.25, 4, id="slow"),
    ],
)
def test_slow_answers_take_a_fifth_of_the_time_at_most(seconds: float, answers: int) -> None:
    """Past a second of slow answers within five the link is away, as after an error."""
    exchange = Exchange(seconds=seconds)
    link = exchange.link()

    given = 0
    while link.is_up and given < 500:
        link.ask(("PING",), word)
        given += 1

    assert given == answers
    assert ("it answers too slowly" in "".join(exchange.told)) == (answers < 500)


def test_a_slow_answer_now_and_then_is_borne() -> None:
    """What slow answers took is forgotten after five seconds."""
    exchange = Exchange(seconds=0.2)
    link = exchange.link()

    for _ in range(100):
        link.ask(("PING",), word)
        exchange.now += 1.5

    assert link.is_up
    assert exchange.told == []


def test_results_go_out_with_the_next_question_and_before_it() -> None:
    """So a process's own last result is counted when it asks again, in the same round trip."""
    exchange = Exchange()
    link = exchange.link()
    link.send(("RESULT", 1))
    link.send(("RESULT", 2))

    answer = link.ask(("PING",), word)

    assert answer == "PING"
    assert exchange.sent == [[("RESULT", 1), ("RESULT", 2), ("PING",)]]


def test_results_that_nobody_asks_after_go_out_by_the_thread() -> None:
    """In round trips of a hundred, so that a question never waits for a thousand of them."""
    exchange = Exchange()
    link = exchange.link()
    for number in range(250):
        link.send(("RESULT", number))

    rest = link.tend()

    assert rest is None
    assert [len(commands) for commands in exchange.sent] == [100, 100, 50]


def test_the_queue_drops_the_oldest_and_says_so_once() -> None:
    """A thousand results wait at most; how many were lost is told at the end."""
    exchange = Exchange()
    link = exchange.link(queue=3)
    for number in range(5):
        link.send(("RESULT", number))

    link.close()

    assert exchange.sent == [[("RESULT", 2), ("RESULT", 3), ("RESULT", 4)]]
    assert exchange.told == [LOST]


def test_results_of_a_link_that_is_away_are_dropped() -> None:
    """They would be counted at a time at which they say nothing any more."""
    exchange = Exchange()
    link = exchange.link()
    link.send(("RESULT", 1))
    exchange.fault = REFUSED
    link.tend()
    link.send(("RESULT", 2))
    exchange.fault, exchange.now = "", exchange.now + 5.0

    link.tend()
    link.close()

    assert exchange.sent == [[("RESULT", 1)]]
    assert exchange.told[0] == NOTE


def test_results_wait_for_the_first_connection() -> None:
    """What is queued before anything was tried goes out as soon as there is a way."""
    exchange = Exchange()
    link = exchange.fresh()
    link.send(("RESULT", 1))

    link.tend()

    assert exchange.sent == [[("RESULT", 1)]]


def test_closing_sends_what_is_queued() -> None:
    """A process that ends has its last results counted."""
    exchange = Exchange()
    link = exchange.link()
    for number in range(120):
        link.send(("RESULT", number))

    link.close()

    assert [len(commands) for commands in exchange.sent] == [100, 20]
    assert [wire.is_closed for wire in exchange.wires] == [True]
    assert exchange.told == []


def test_closing_takes_no_longer_than_an_answer_may() -> None:
    """What cannot be sent in that time is given up."""
    exchange = Exchange(seconds=0.2)
    link = exchange.link()
    for number in range(1000):
        link.send(("RESULT", number))

    link.close()

    assert [len(commands) for commands in exchange.sent] == [100, 100]


def test_a_closed_link_answers_nobody() -> None:
    """It neither connects again nor makes anybody wait."""
    exchange = Exchange()
    link = exchange.fresh(answer=30)
    link.close()

    with pytest.raises(FleetUnavailable):
        link.ask(("PING",), word)
    link.send(("RESULT", 1))
    link.tend()

    assert exchange.sent == []
    assert not link.is_up


def test_an_interrupted_question_leaves_no_answer_behind() -> None:
    """INVARIANT: after Ctrl-C nobody reads what was meant for the one who was interrupted."""
    exchange = Exchange()
    link = exchange.link()

    def interrupt() -> None:
        raise KeyboardInterrupt

    exchange.meanwhile = interrupt
    with pytest.raises(KeyboardInterrupt):
        link.ask(("FIRST",), word)
    exchange.meanwhile = lambda: None
    link.tend()

    assert [wire.is_closed for wire in exchange.wires] == [True, False]
    assert link.ask(("SECOND",), word) == "SECOND"
    assert exchange.sent[-1] == [("SECOND",)]


def test_whoever_has_the_turn_asks_for_all_who_wait() -> None:
    """Twenty threads take two round trips, and each gets its own answer."""
    exchange = Exchange()
    link = exchange.link(answer=30)
    answers: list[str] = []
    first_is_out, others_wait = threading.Event(), threading.Event()

    def hold() -> None:
        first_is_out.set()
        assert others_wait.wait(30)

    def question(number: int) -> threading.Thread:
        thread = threading.Thread(
            target=lambda: answers.append(link.ask((f"Q{number}",), word)), daemon=True
        )
        thread.start()
        return thread

    exchange.meanwhile = hold
    threads = [question(0)]
    assert first_is_out.wait(30)
    threads += [question(number) for number in range(1, 20)]
    assert Patience().until(lambda: link.questions == 19)
    others_wait.set()
    for thread in threads:
        thread.join(30)

    assert sorted(answers) == sorted(f"Q{number}" for number in range(20))
    assert [len(commands) for commands in exchange.sent] == [1, 19]


def test_whoever_cannot_get_its_turn_in_time_goes_alone() -> None:
    """It waits for nobody longer than for an answer, and its question is not sent any more."""
    exchange = Exchange()
    link = exchange.link(answer=0.01)
    exchange.step = 0.004

    with link.taken(), pytest.raises(FleetUnavailable, match="did not come in time"):
        link.ask(("LATE",), word)
    exchange.step = 0.0
    link.send(("RESULT", 1))
    link.tend()

    assert exchange.sent == [[("RESULT", 1)]]
    assert link.is_up


def test_a_fork_leaves_the_connection_to_its_parent() -> None:
    """INVARIANT: two processes never read each other's answers."""
    exchange = Exchange()
    link = exchange.link()
    link.send(("RESULT", 1))

    link.begin_anew()
    link.tend()

    assert link.ask(("PING",), word) == "PING"
    assert exchange.sent == [[("PING",)]]
    assert [wire.is_closed for wire in exchange.wires] == [False, False]


def test_a_thread_that_cannot_be_had_costs_no_more_than_a_redis_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where no thread can be started, the process goes alone."""

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    exchange = Exchange()
    link = exchange.fresh(answer=0.01)

    with pytest.raises(FleetUnavailable):
        link.ask(("PING",), word)
