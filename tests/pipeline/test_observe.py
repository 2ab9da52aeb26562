"""Every attempt is written down, whatever came of it."""

from __future__ import annotations

from datetime import timedelta

import h11
import httpcore2
import httpx2
import pytest

from redhanded.core.attempt import NO_WAIT, Attempt, Failure, Phase, Wait
from redhanded.pipeline.call import ATTEMPT, CALL
from redhanded.pipeline.errors import BodyCorrupt, DeadlineExceeded, ProtocolViolated
from redhanded.pipeline.flow import Send
from tests.pipeline.driving import AtRead, unread
from tests.pipeline.driving import request as ask
from tests.pipeline.observed import TRACE, Observed, answered


@pytest.fixture
def observed() -> Observed:
    """A GET under observation."""
    return Observed()


def test_an_answer_is_written_down_with_all_its_facts() -> None:
    """The attempt holds the request, the answer, the phases, the wait before and the notes."""
    observed = Observed(ask("POST", "/orders", content=b"{1}"))
    observed.call.pause(0.5, "pace")
    observed.call.note("remark")
    observed.call.epoch = 3
    phases = (Phase.CONNECT, Phase.SEND, Phase.WAIT, Phase.READ)
    driven = observed.drive(observed.arriving(answered(201, ("Server", "x")), *phases))
    assert observed.attempt == Attempt(
        id="00f067aa0ba902b7",
        trace_id=TRACE,
        call_id="b9c7c989f97918e1",
        number=1,
        purpose="test",
        method="POST",
        url="http://api.test/orders",
        raw_request_headers=[(b"Accept", b"*/*")],
        request_body=b"{1}",
        started_at=1_700_000_000.0,
        elapsed=4.0,
        marks=((Phase.CONNECT, 0.0), (Phase.SEND, 1.0), (Phase.WAIT, 2.0), (Phase.READ, 3.0)),
        reused=False,
        row="",
        status=201,
        http_version="HTTP/1.1",
        raw_response_headers=driven.result.headers.raw,
        response_body=b"{}",
        failure=None,
        wait=Wait(0.5, "pace"),
        peer="127.0.0.1:80",
        bucket=100.0,
        epoch=3,
        notes=("remark",),
    )


def test_the_response_carries_its_attempt_and_its_call(observed: Observed) -> None:
    """Who has a response has its evidence, and the time it took."""
    driven = observed.drive(observed.arriving(answered(), Phase.SEND))
    facts = driven.result.extensions
    assert (facts[ATTEMPT], facts[CALL]) == (observed.attempt, observed.call)
    assert driven.result.elapsed == timedelta(seconds=1)


def test_the_headers_are_written_down_as_they_came(observed: Observed) -> None:
    """What the wire had is evidence, not what the client library made of it."""

    def come(_: Send) -> httpx2.Response:
        observed.call.timeline.received = [(b"X-ODD", b"1"), (b"X-ODD", b"2")]
        return answered()

    observed.drive(come)
    assert observed.attempt.raw_response_headers == [(b"X-ODD", b"1"), (b"X-ODD", b"2")]


def test_what_belongs_to_one_attempt_is_not_in_the_next(observed: Observed) -> None:
    """Waits, notes and the wish for a fresh connection end with the attempt they were for."""
    observed.call.pause(1.0, "retry")
    observed.call.note("remark")
    observed.call.fresh = True
    observed.drive(answered(503))
    assert (observed.call.wait, observed.call.notes, observed.call.fresh) == (NO_WAIT, (), False)
    observed.drive(answered())
    first, second = observed.recorded
    assert (first.notes, first.wait.seconds, second.notes, second.wait) == (
        ("remark",),
        1.0,
        (),
        NO_WAIT,
    )


@pytest.mark.parametrize(
    "error, phases, row",
    [
        pytest.param(httpx2.ConnectError("no"), [Phase.CONNECT], "refused", id="refused"),
        pytest.param(
            httpx2.ReadTimeout("slow"), [Phase.SEND, Phase.WAIT], "read_timeout", id="slow"
        ),
        pytest.param(
            httpx2.ReadError("cut"), [Phase.SEND, Phase.READ], "cut_after_headers", id="cut"
        ),
        pytest.param(BodyCorrupt("half"), [Phase.SEND, Phase.READ], "corrupt", id="corrupt"),
        pytest.param(httpx2.DecodingError("odd"), [Phase.DONE], "corrupt", id="decoding"),
        pytest.param(httpx2.PoolTimeout("full"), [], "local", id="pool"),
    ],
)
def test_a_failure_is_written_down_and_raised_as_it_was(
    observed: Observed, error: Exception, phases: list[Phase], row: str
) -> None:
    """INVARIANT: an attempt that failed is in the ledger, with row, phase, class and words."""
    driven = observed.drive(observed.arriving(error, *phases))
    phase = phases[-1] if phases else Phase.POOL
    assert driven.error is error
    assert observed.attempt.failure == Failure(row, phase, type(error).__name__, str(error))
    assert (observed.call.row, observed.attempt.row, observed.attempt.status) == (row, row, None)


@pytest.mark.parametrize(
    "error, row",
    [
        pytest.param(KeyboardInterrupt(), "cancelled", id="ctrl-c"),
        pytest.param(GeneratorExit(), "cancelled", id="abandoned"),
        pytest.param(ZeroDivisionError("ours"), "local", id="bug"),
    ],
)
def test_what_is_no_outcome_is_written_down_as_well(
    observed: Observed, error: BaseException, row: str
) -> None:
    """INVARIANT: a request that was cancelled may be at work, so the ledger holds it."""
    driven = observed.drive(observed.arriving(error, Phase.SEND))
    assert (driven.error is error, observed.attempt.row) == (True, row)


def test_an_error_without_words_takes_those_of_its_cause(observed: Observed) -> None:
    """Async back ends raise empty messages; the first one beneath that speaks is the cause."""
    error = httpx2.ReadError("")
    error.__cause__ = httpcore2.ReadError(ConnectionResetError(104, "reset by peer"))
    observed.drive(observed.arriving(error, Phase.SEND))
    assert observed.attempt.failure is not None
    assert "reset by peer" in observed.attempt.failure.message


@pytest.mark.parametrize(
    "error, words",
    [
        pytest.param(httpx2.ReadError(""), "the connection broke off", id="network"),
        pytest.param(httpx2.ReadTimeout(""), "timed out", id="time-out"),
        pytest.param(httpx2.RemoteProtocolError(""), "RemoteProtocolError", id="any-other"),
    ],
)
def test_an_error_that_nobody_explains(
    observed: Observed, error: httpx2.RequestError, words: str
) -> None:
    """Where nothing beneath an error speaks, its kind does."""
    observed.drive(observed.arriving(error, Phase.SEND))
    assert observed.attempt.failure is not None
    assert observed.attempt.failure.message == words


def test_a_body_that_fails_leaves_the_status_in_the_ledger(observed: Observed) -> None:
    """An answer whose body was cut is known by its status and headers."""
    headers = [("Server", "x")]
    driven = observed.drive(unread(500, b"", headers), AtRead(httpx2.ReadError("cut")), reads=True)
    made = observed.attempt
    assert isinstance(driven.error, httpx2.ReadError)
    assert (made.status, made.header("server"), made.response_body) == (500, "x", None)


@pytest.mark.parametrize(
    "error, late, raised",
    [
        pytest.param(httpx2.ReadTimeout(""), True, DeadlineExceeded, id="timeout-at-deadline"),
        pytest.param(httpx2.ReadTimeout(""), False, httpx2.ReadTimeout, id="timeout-before"),
        pytest.param(httpx2.ReadError(""), True, httpx2.ReadError, id="reset-at-deadline"),
    ],
)
def test_a_timeout_at_the_deadline_is_the_deadlines(
    observed: Observed, error: Exception, late: bool, raised: type[Exception]
) -> None:
    """Timeouts are cut to the time left, so one that ends with the call's time is the call's."""
    observed.call.deadline = observed.clock.monotonic() + (1.0 if late else 60.0)
    driven = observed.drive(observed.arriving(error, Phase.SEND))
    assert type(driven.error) is raised
    if raised is DeadlineExceeded:
        assert driven.error is not None
        assert driven.error.__cause__ is error
        assert "timeouts.total" in str(driven.error)
        assert (observed.attempt.row, observed.attempt.failure is not None) == ("deadline", True)


@pytest.mark.parametrize(
    "first, words",
    [
        pytest.param(b"SSH-2.0", "the answer is not HTTP: it begins with b'SSH-2.0'", id="ssh"),
        pytest.param(b"\x15\x03\x03", "write https:// in the base URL", id="tls"),
        pytest.param(b"HTTQ", "the answer is not HTTP", id="nearly"),
    ],
)
def test_an_answer_in_another_language_is_a_violation(
    observed: Observed, first: bytes, words: str
) -> None:
    """Who speaks no HTTP is told so by the first bytes, whatever the parser made of them."""

    def come(_: Send) -> httpx2.Response:
        observed.call.timeline.begin(Phase.WAIT)
        observed.call.timeline.first = first
        raise httpx2.RemoteProtocolError("illegal")

    driven = observed.drive(come)
    assert isinstance(driven.error, ProtocolViolated)
    assert (words in str(driven.error), observed.attempt.row) == (True, "protocol")


@pytest.mark.parametrize("first", [b"", b"HT", b"HTTP/1.1 200 OK"], ids=["none", "part", "whole"])
def test_an_answer_that_begins_as_http_is_judged_by_its_error(
    observed: Observed, first: bytes
) -> None:
    """A connection that breaks within the status line is one that was closed."""

    def come(_: Send) -> httpx2.Response:
        observed.call.timeline.begin(Phase.WAIT)
        observed.call.timeline.first = first
        raise httpx2.RemoteProtocolError("closed")

    observed.drive(come)
    assert observed.attempt.row == "closed_fresh"


def test_a_flood_of_headers_is_a_violation(observed: Observed) -> None:
    """More headers than any client takes break HTTP, and the sentence says how many."""
    error = httpx2.RemoteProtocolError("illegal")
    error.__cause__ = h11.RemoteProtocolError("illegal", error_status_hint=431)
    driven = observed.drive(observed.arriving(error, Phase.WAIT))
    assert isinstance(driven.error, ProtocolViolated)
    assert "headers of the answer are larger than 100 KiB" in str(driven.error)


@pytest.mark.parametrize(
    "status, headers, row, note",
    [
        pytest.param(200, [("Retry-After", "soon")], "", None, id="200"),
        pytest.param(503, [], "unavailable", None, id="503"),
        pytest.param(503, [("Retry-After", "2")], "unavailable_told", None, id="503-told"),
        pytest.param(503, [("Retry-After", "soon")], "unavailable", "'soon'", id="503-garbage"),
        pytest.param(503, [("RateLimit-Reset", "2")], "unavailable", None, id="503-rate-limit"),
        pytest.param(429, [("Retry-After", "1")], "throttled", None, id="429"),
        pytest.param(404, [], "client_error", None, id="404"),
        pytest.param(302, [("Retry-After", "1")], "redirect", None, id="302"),
    ],
)
def test_an_answer_has_its_row(
    observed: Observed, status: int, headers: list[tuple[str, str]], row: str, note: str | None
) -> None:
    """The row of a status is written down; a Retry-After that makes no sense is noted."""
    observed.drive(answered(status, *headers))
    assert (observed.attempt.row, observed.call.row) == (row, row)
    assert bool(observed.attempt.notes) == (note is not None)
    assert all(note is None or note in words for words in observed.attempt.notes)


@pytest.mark.parametrize(
    "headers, hold",
    [([("Retry-After", "7")], 7.0), ([], 0.0), ([("Retry-After", "x")], 0.0)],
    ids=["told", "untold", "garbage"],
)
def test_a_redirect_says_how_long_it_is_held(
    observed: Observed, headers: list[tuple[str, str]], hold: float
) -> None:
    """RFC 9110, section 10.2.3: Retry-After of a redirect is the least time before the next hop."""
    observed.drive(answered(302, *headers))
    assert observed.call.hold == hold


@pytest.mark.parametrize(
    "earlier, keyed, row",
    [
        pytest.param(httpx2.ReadTimeout(""), True, "key_in_flight", id="ambiguous-and-keyed"),
        pytest.param(httpx2.ReadTimeout(""), False, "client_error", id="ambiguous-unkeyed"),
        pytest.param(httpx2.ConnectError(""), True, "client_error", id="never-sent"),
    ],
)
def test_a_409_may_be_our_own_earlier_attempt(earlier: Exception, keyed: bool, row: str) -> None:
    """409 is our own only where an attempt with the same key may still be at work."""
    headers = {"Idempotency-Key": "k1"} if keyed else {}
    observed = Observed(ask("POST", "/orders", headers=headers))
    phase = Phase.CONNECT if isinstance(earlier, httpx2.ConnectError) else Phase.WAIT
    observed.drive(observed.arriving(earlier, phase))
    observed.drive(answered(409))
    assert observed.recorded[-1].row == row


def test_a_409_of_where_a_write_was_redirected_is_the_servers_word() -> None:
    """What was lost was another request: its key may mean nothing where the redirect leads."""
    observed = Observed(ask("POST", "/orders", headers={"Idempotency-Key": "k1"}))
    observed.drive(observed.arriving(httpx2.ReadTimeout(""), Phase.WAIT))
    observed.asked.url = observed.asked.url.join("/payments")
    observed.drive(answered(409))
    assert observed.recorded[-1].row == "client_error"


def test_a_409_at_once_is_the_servers_word() -> None:
    """Without an earlier attempt nothing of ours is in flight, key or not."""
    observed = Observed(ask("POST", "/orders", headers={"Idempotency-Key": "k1"}))
    observed.drive(answered(409))
    assert observed.attempt.row == "client_error"


def test_a_streamed_upload_has_no_body_to_show() -> None:
    """The body of a generator is gone when it was sent, so the ledger has none."""
    observed = Observed(ask("POST", content=(part for part in (b"a", b"b"))))
    observed.drive(answered())
    assert observed.attempt.request_body is None
