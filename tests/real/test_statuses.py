"""Each status of httpbin is answered as the retry table says, attempt by attempt."""

from __future__ import annotations

import pytest

from tests.real.driving import Drive, call


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("status", [200, 201, 204, 301, 400, 403, 404, 409, 418, 500, 501, 505])
def test_an_answer_that_means_what_it_says_stands(drive: Drive, method: str, status: int) -> None:
    """INVARIANT: a complete answer is not asked for again, least of all a 500."""
    ended = drive(call(method, f"/status/{status}"))

    assert (ended.response.status_code, ended.statuses, ended.pauses) == (status, [status], [])


@pytest.mark.parametrize(
    "status, row, pauses",
    [
        pytest.param(408, "request_timeout", [0.05], id="408"),
        pytest.param(421, "misdirected", [], id="421"),
        pytest.param(425, "too_early", [], id="425"),
        pytest.param(429, "throttled", [1.0, 2.0], id="429"),
        pytest.param(502, "gateway", [0.2, 0.4], id="502"),
        pytest.param(503, "unavailable", [1.0], id="503"),
        pytest.param(504, "gateway", [0.2, 0.4], id="504"),
        pytest.param(520, "gateway", [0.2, 0.4], id="520"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_weather_is_waited_out(
    drive: Drive, method: str, status: int, row: str, pauses: list[float]
) -> None:
    """A request that may be repeated is sent again, twice at most; then the answer stands."""
    again = 2 if status in {429, 502, 504, 520} else 1

    ended = drive(call(method, f"/status/{status}"))

    assert ended.response.status_code == status
    assert ended.rows == [row] * (1 + again)
    assert ended.pauses == pauses


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("status", [408, 429, 502, 503, 504, 520])
def test_a_write_is_sent_once(drive: Drive, method: str, status: int) -> None:
    """INVARIANT: what may have been executed is not sent again."""
    assert drive(call(method, f"/status/{status}", json={})).statuses == [status]


@pytest.mark.parametrize("status", [421, 425])
def test_a_write_that_was_never_processed_is_sent_again(drive: Drive, status: int) -> None:
    """These two say that nothing happened."""
    assert drive(call("POST", f"/status/{status}", json={})).statuses == [status] * 2


def test_a_keyed_write_is_sent_again(drive: Drive) -> None:
    """Where the endpoint is declared to honour the key, and the key is there."""
    keyed = call("POST", "/status/503", json={}, headers={"Idempotency-Key": "k1"})
    bare = call("POST", "/status/503", json={})

    ended = drive(keyed, bare, retry={"keys": ["POST /status/{code}"]})

    assert [attempt.call_id for attempt in ended.attempts].count(ended.attempts[0].call_id) == 2
    assert ended.statuses == [503] * 3


def test_a_write_is_sent_again_where_a_429_is_declared_to_mean_no(drive: Drive) -> None:
    """The declaration names the route."""
    ended = drive(
        call("POST", "/status/429", json={}), retry={"throttled": ["POST /status/{code}"]}
    )

    assert ended.statuses == [429] * 3


def test_without_a_budget_nothing_is_sent_again(drive: Drive) -> None:
    """`retry.capacity = 0` switches every retry off, and the attempt says that it did."""
    ended = drive(call("GET", "/status/503"), retry={"capacity": 0})

    assert ended.statuses == [503]


def test_the_budget_is_shared_by_the_calls_of_an_origin(drive: Drive) -> None:
    """Ten tokens pay for one retry; the second call gets none."""
    ended = drive(call("GET", "/status/503"), call("GET", "/status/503"), retry={"capacity": 10})

    assert ended.statuses == [503, 503, 503]


def test_attempts_of_one_call_are_numbered(drive: Drive) -> None:
    """They share call and trace, and each has an id of its own."""
    attempts = drive(call("GET", "/status/502")).attempts

    assert [attempt.number for attempt in attempts] == [1, 2, 3]
    assert len({attempt.id for attempt in attempts}) == 3
    assert len({(attempt.call_id, attempt.trace_id) for attempt in attempts}) == 1


def test_the_wait_stands_in_the_ledger(drive: Drive) -> None:
    """Each attempt says how long we made it wait, and why."""
    waits = [attempt.wait for attempt in drive(call("GET", "/status/502")).attempts]

    assert [round(wait.seconds, 3) for wait in waits] == [0.0, 0.2, 0.4]
    assert ["502" in wait.reason for wait in waits] == [False, True, True]


def test_an_open_circuit_stops_calls(drive: Drive) -> None:
    """After enough bad gateways in a row the next call is not sent; the error says so."""
    bad = call("GET", "/status/502")

    ended = drive(bad, bad, timeouts={"total": 5.0}, breaker={"consecutive": 3, "open": 30})

    assert type(ended.error).__name__ == "CircuitOpen"
    assert ended.statuses == [502, 502, 502]
