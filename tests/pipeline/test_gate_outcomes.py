"""What the gate tells the circuit of each outcome."""

from __future__ import annotations

import httpx2
import pytest

from redhanded.pipeline.breaker import State
from redhanded.pipeline.call import CALL
from redhanded.pipeline.errors import BodyCorrupt, BodyTooLarge, CircuitOpen
from redhanded.pipeline.flow import Effect, Send
from tests.pipeline.door import Door, broke, came


@pytest.fixture
def door() -> Door:
    """An origin that is well so far."""
    return Door()


FAILING_ANSWERS = {"gateway", "unavailable", "unavailable_told"}
OTHER_ANSWERS = {
    "", "client_error", "key_in_flight", "misdirected", "not_supported", "redirect",
    "request_timeout", "server_error", "throttled", "too_early", "unauthorised",
}  # fmt: skip
FAILING_ERRORS = {
    "closed_fresh", "connect_timeout", "cut_after_headers", "dns_no_such_name", "dns_temporary",
    "read_timeout", "refused", "tls_handshake", "upload_broken",
}  # fmt: skip
OTHER_ERRORS = {"certificate", "closed_reused", "local", "cancelled", "blocked", "unheard_of"}


@pytest.mark.parametrize("row", sorted(FAILING_ANSWERS | OTHER_ANSWERS), ids=lambda row: row or "-")
def test_answers_count_as_the_table_says(door: Door, row: str) -> None:
    """Only what a gateway or an unavailable server answers opens the circuit, never a 500."""
    for _ in range(3):
        door.send(door.call(), came(row))

    assert door.breaker.state is (State.OPEN if row in FAILING_ANSWERS else State.CLOSED)


@pytest.mark.parametrize("row", sorted(FAILING_ERRORS | OTHER_ERRORS))
def test_failures_count_as_the_table_says(door: Door, row: str) -> None:
    """Failures of the way to the server open the circuit, and the error passes through."""
    for _ in range(3):
        driven = door.send(door.call(), broke(row))
        assert isinstance(driven.error, httpx2.ReadError)

    assert door.breaker.state is (State.OPEN if row in FAILING_ERRORS else State.CLOSED)


@pytest.mark.parametrize(
    "row, error",
    [
        pytest.param("corrupt", BodyCorrupt("cut"), id="corrupt"),
        pytest.param("corrupt", httpx2.DecodingError("cut"), id="undecodable"),
        pytest.param("protocol", httpx2.RemoteProtocolError("two lengths"), id="protocol"),
        pytest.param("too_large", BodyTooLarge("endless"), id="too large"),
    ],
)
def test_a_bad_answer_shows_that_the_origin_is_there(
    door: Door, row: str, error: Exception
) -> None:
    """A server that answers badly answers: two failures before it are forgotten."""
    for answer in (broke("refused"), broke("refused"), broke(row, error), broke("refused")):
        door.send(door.call(), answer)

    assert door.breaker.state is State.CLOSED


def test_hanging_counts_as_slow_and_failed(door: Door) -> None:
    """Deadlines that pass are slow, and ten of them open the circuit."""
    for number in range(10):
        assert door.breaker.state is State.CLOSED, number
        door.send(door.call(), broke("deadline", httpx2.ReadTimeout("late")))

    assert door.breaker.state is State.OPEN


def test_what_was_never_sent_shows_nothing(door: Door) -> None:
    """A failure before the request went out says nothing of the origin."""

    def refused(effect: Effect) -> httpx2.Response:
        assert isinstance(effect, Send)
        effect.request.extensions[CALL].row = "refused"
        raise CircuitOpen("limited")

    for _ in range(5):
        assert isinstance(door.send(door.call(), refused).error, CircuitOpen)

    assert door.breaker.state is State.CLOSED
