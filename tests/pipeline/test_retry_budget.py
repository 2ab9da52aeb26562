from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from redhanded.core.attempt import Phase
from redhanded.core.errors import CallError
from redhanded.pipeline.call import ATTEMPT
from redhanded.pipeline.errors import BodyTooLarge
from tests.pipeline.driving import request
from tests.pipeline.failures import CONNECTED, FAILURES, OK, REFUSED, Outcome, answers, fails
from tests.pipeline.retried import Made

SPENT = "the retry budget is spent"


@pytest.mark.parametrize(
    "tokens, outcome, sends",
    [
        pytest.param(20.0, "refused", 3, id="just enough"),
        pytest.param(19.0, "refused", 2, id="enough for one"),
        pytest.param(9.0, "refused", 1, id="not enough"),
        pytest.param(0.0, "gateway", 1, id="none"),
        pytest.param(9.0, "throttled", 2, id="throttled ones cost half"),
        pytest.param(10.0, "throttled", 3, id="twice throttled"),
    ],
)
def test_a_retry_is_paid_for(tokens: float, outcome: str, sends: int) -> None:
    """INVARIANT: retries never become a storm; without tokens the outcome stands, and says so."""
    made = Made(tokens=tokens)

    driven = made.by(*[FAILURES[outcome]] * sends)

    assert len(driven.sends) == sends
    assert any(SPENT in note for note in made.call.attempts[-1].notes) is (sends < 3)


def test_the_answer_carries_why_it_was_the_last_one() -> None:
    """What a test holds in its hand is what the ledger shows."""
    made = Made(tokens=0.0)

    answer = made.by(FAILURES["gateway"]).result

    assert answer.extensions[ATTEMPT] is made.call.attempts[-1]
    assert SPENT in answer.extensions[ATTEMPT].notes[-1]


def test_what_a_call_costs_is_a_setting() -> None:
    """Both prices can be named."""
    made = Made(options={"cost": 30.0, "throttled_cost": 1.0})

    made.by(REFUSED, FAILURES["throttled"], FAILURES["server_error"])

    assert made.call.origin.bucket.tokens == 69.0


@pytest.mark.parametrize(
    "outcomes, left",
    [
        pytest.param([REFUSED, OK], 50.0, id="one retry"),
        pytest.param([FAILURES["throttled"], REFUSED, OK], 50.0, id="two of different prices"),
        pytest.param([REFUSED, answers(404)], 50.0, id="an answer for the assertion"),
        pytest.param([OK], 51.0, id="no retry gives one back"),
        pytest.param([REFUSED, answers(500)], 40.0, id="a defect gives nothing back"),
        pytest.param([REFUSED] * 3, 30.0, id="nor does a failure"),
        pytest.param([answers(502)] * 3, 30.0, id="nor does weather"),
    ],
)
def test_a_good_answer_gives_the_tokens_back(outcomes: list[Outcome], left: float) -> None:
    """A retry that paid off costs nothing, and one call in peace gives back one token."""
    made = Made()
    bucket = made.call.origin.bucket
    bucket.take(50.0)

    made.by(*outcomes)

    assert bucket.tokens == left


def test_the_bucket_never_runs_over() -> None:
    """Peace is not saved up for a storm."""
    made = Made()
    made.call.origin.bucket.take(0.5)

    made.by(OK)

    assert made.call.origin.bucket.tokens == 100.0


def chunks() -> Iterator[bytes]:
    """A body that is gone after the first time."""
    yield b"once"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"content": chunks()}, id="a generator"),
        pytest.param({"content": io.BytesIO(b"once")}, id="a file"),
        pytest.param({"files": {"f": io.BytesIO(b"once")}}, id="a form with a file"),
    ],
)
def test_a_body_that_is_gone_is_never_sent_again(body: dict[str, Any]) -> None:
    """INVARIANT: no attempt goes out with half a body, not even after a refused connection."""
    assert len(Made(request("PUT", **body)).by(REFUSED).sends) == 1


@pytest.mark.parametrize(
    "body, content",
    [
        pytest.param({}, b"", id="none"),
        pytest.param({"content": b"ab"}, b"ab", id="bytes"),
        pytest.param({"json": {"a": 1}}, b'{"a":1}', id="JSON"),
        pytest.param({"data": {"a": "1"}}, b"a=1", id="a form"),
    ],
)
def test_a_body_in_memory_is_sent_again_whole(body: dict[str, Any], content: bytes) -> None:
    """The next attempt carries what the first one did."""
    driven = Made(request("POST", **body)).by(REFUSED, OK)

    assert [send.request.read() for send in driven.sends] == [content] * 2


@pytest.mark.parametrize("key", ["closed_reused", "request_timeout", "misdirected"])
def test_a_spoilt_connection_is_not_used_again(key: str) -> None:
    """Rows 9, 16 and 27 go on over a connection that has carried nothing."""
    driven = Made().by(FAILURES[key], OK)

    assert [send.fresh for send in driven.sends] == [False, True]


@pytest.mark.parametrize("key", ["refused", "closed_fresh", "gateway", "throttled", "too_early"])
def test_any_other_connection_may_be_used_again(key: str) -> None:
    """A fresh connection is asked for where it helps."""
    driven = Made().by(FAILURES[key], OK)

    assert [send.fresh for send in driven.sends] == [False, False]


def test_freshness_is_asked_for_once() -> None:
    """It holds for the next attempt, not for the rest of the call."""
    driven = Made().by(FAILURES["closed_reused"], REFUSED, OK)

    assert [send.fresh for send in driven.sends] == [False, True, False]


def test_an_error_is_raised_as_it_came() -> None:
    """INVARIANT: what lies beneath an error is kept, and the last error is the one raised."""
    beneath = OSError("no route")
    driven = Made().by(REFUSED, REFUSED, fails(httpx2.ConnectError, Phase.CONNECT, cause=beneath))

    with pytest.raises(httpx2.ConnectError) as caught:
        _ = driven.result

    assert caught.value.__cause__ is beneath


def test_an_error_of_ours_carries_its_attempts() -> None:
    """Whoever catches it sees what was tried."""
    made = Made()
    driven = made.by(FAILURES["unavailable"], FAILURES["corrupt"], FAILURES["corrupt"])

    with pytest.raises(CallError) as caught:
        _ = driven.result

    assert [entry.row for entry in caught.value.attempts] == ["unavailable", "corrupt", "corrupt"]
    assert tuple(made.call.attempts) == tuple(caught.value.attempts)


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(KeyboardInterrupt, id="Ctrl-C"),
        pytest.param(ValueError, id="a fault of ours"),
        pytest.param(BodyTooLarge, id="a body over the cap, which is no row"),
    ],
)
def test_what_is_no_row_to_try_again_is_raised_at_once(kind: type[BaseException]) -> None:
    """INVARIANT: nobody's Ctrl-C is taken for the network."""
    driven = Made().by(fails(kind, *CONNECTED))

    with pytest.raises(kind):
        _ = driven.result


def test_a_dropped_answer_is_let_go() -> None:
    """Its connection goes back, or is closed; the last answer is the test's own."""
    driven = Made().by(FAILURES["gateway"], FAILURES["unavailable"], OK)

    assert [answer.status_code for answer in driven.closed] == [502, 503]
    assert driven.result not in driven.closed


def test_an_answer_is_let_go_before_the_wait() -> None:
    """A connection is not kept from others while we sleep."""
    driven = Made().by(FAILURES["gateway"], OK)

    assert [type(effect).__name__ for effect in driven.effects] == [
        "Send", "Close", "Sleep", "Send",
    ]  # fmt: skip


def test_a_stream_is_retried_before_the_test_reads_it() -> None:
    """What is dropped is recorded as it ends; what the test reads is left alone."""
    made = Made()
    made.call.streams = True

    driven = made.by(FAILURES["unavailable"], OK)

    assert driven.result.status_code == 200
    assert not driven.result.is_closed
    first, second = made.call.attempts
    assert [(first.row, first.marks[-1][0]), (second.row, second.marks)] == [
        ("unavailable", Phase.DONE),
        ("", ()),
    ]


def test_a_429_slows_all_calls_to_its_origin() -> None:
    """They keep still for as long as the server said, and go slower from then on."""
    made = Made(rate=10.0, deadline=3.0)
    limiter = made.call.origin.limiter

    made.by(answers(429, ("Retry-After", "5")))

    assert limiter.reserve(within=60.0) == 5.0
    assert limiter.reserve(within=60.0) == pytest.approx(5.0 + 1 / 7.0)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(("Retry-After", "61"), id="longer than the cap"),
        pytest.param(("Retry-After", "soon"), id="garbage"),
        pytest.param(("Retry-After", "0"), id="no pause"),
    ],
)
def test_nobody_is_kept_still_for_what_is_no_pause(header: tuple[str, str]) -> None:
    """INVARIANT: one answer cannot stop every test of a run."""
    made = Made(request("POST", content=chunks()), rate=10.0)

    made.by(answers(429, header))

    assert made.call.origin.limiter.reserve(within=60.0) == 0.0


def test_only_a_429_slows() -> None:
    """A 503 is the circuit breaker's."""
    made = Made(deadline=3.0)

    made.by(FAILURES["unavailable_told"])

    assert made.call.origin.limiter.is_idle


def test_a_call_may_do_without_retries() -> None:
    """What came of the only attempt stands."""
    made = Made()
    made.call.is_retried = False

    assert made.by(FAILURES["gateway"]).result.status_code == 502


def test_an_answer_after_which_nothing_is_tried_is_not_slept_on() -> None:
    """The outcome comes at once."""
    assert Made().by(FAILURES["server_error"]).sleeps == []
