"""What the ledger knows of an attempt, and what the server saw of it."""

from __future__ import annotations

from redhanded.core.attempt import Phase
from tests.real.driving import Drive, call


def test_the_server_sees_the_trace(drive: Drive) -> None:
    """Its log and our ledger name the same trace and the same attempt."""
    ended = drive(call("GET", "/headers"))

    attempt = ended.attempts[0]
    seen = ended.response.json()["headers"]
    assert seen["Traceparent"] == f"00-{attempt.trace_id}-{attempt.id}-01"
    assert seen["X-Correlation-Id"] == attempt.trace_id


def test_each_attempt_has_a_span_of_its_own(drive: Drive) -> None:
    """The trace is the client's, the span the attempt's."""
    ended = drive(call("GET", "/status/503"), call("GET", "/headers"))

    assert len({attempt.trace_id for attempt in ended.attempts}) == 1
    assert len({attempt.id for attempt in ended.attempts}) == 3


def test_phases_follow_each_other(drive: Drive) -> None:
    """From the connection to the last byte, in order, within the time that the attempt took."""
    attempt = drive(call("GET", "/drip?numbytes=2&duration=0.1&delay=0.1")).attempts[0]

    phases = [phase for phase, _ in attempt.marks]
    times = [seconds for _, seconds in attempt.marks]
    assert phases == [phase for phase in Phase if phase in phases]
    assert {Phase.CONNECT, Phase.SEND, Phase.WAIT, Phase.READ} <= set(phases)
    assert times == sorted(times)
    assert times[-1] <= attempt.elapsed


def test_reads_share_a_connection_and_writes_get_their_own(drive: Drive) -> None:
    """A write never rides on a connection that the server may just be closing."""
    ended = drive(call("GET", "/get"), call("GET", "/get"), call("POST", "/post"))

    assert [attempt.reused for attempt in ended.attempts] == [False, True, False]


def test_request_and_answer_are_kept(drive: Drive, httpbin_url: str) -> None:
    """Method, address, headers and bodies as they went over the wire."""
    ended = drive(call("PUT", "/anything?a=1", json={"x": 1}, headers={"X-Tag": "t"}))

    attempt = ended.attempts[0]
    assert (attempt.method, attempt.url) == ("PUT", f"{httpbin_url}/anything?a=1")
    assert attempt.request_body == b'{"x":1}'
    assert ("X-Tag", "t") in attempt.request_headers
    assert attempt.response_body == ended.response.content
    assert attempt.header("content-type") == "application/json"
    assert httpbin_url.endswith(attempt.peer)


def test_a_condition_that_fails_is_an_answer(drive: Drive) -> None:
    """304 and 412 are what the caller asked for."""
    ended = drive(
        call("GET", "/etag/v1", headers={"If-None-Match": "v1"}),
        call("GET", "/etag/v1", headers={"If-Match": "v2"}),
    )

    assert ended.statuses == [304, 412]
    assert [attempt.failure for attempt in ended.attempts] == [None, None]
