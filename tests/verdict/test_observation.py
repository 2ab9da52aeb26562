"""The attempts behind responses and errors, ours and others'."""

from __future__ import annotations

import socket
import ssl

import httpx2
import pytest

from redhanded.core.attempt import Phase
from redhanded.pipeline.call import CALL
from redhanded.pipeline.errors import BodyTooLarge, CircuitOpen, DeadlineExceeded
from redhanded.verdict.observation import attempt_behind, attempts_behind, call_behind
from tests.verdict.answers import answered, call, from_pipeline, lost, response

REQUEST = httpx2.Request("POST", "http://h/orders", content=b"{}")


def caused(error: httpx2.RequestError, cause: BaseException) -> httpx2.RequestError:
    """The error as httpx2 raises it, with what lies beneath."""
    error.__cause__ = cause
    return error


def rejected() -> ssl.SSLError:
    """A rejection as OpenSSL words it."""
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.reason = "CERTIFICATE_VERIFY_FAILED"
    return error


class TestResponses:
    """An attempt stands behind every response."""

    def test_the_pipelines_attempt_is_the_one(self) -> None:
        """Nothing is made up where the ledger knows."""
        made = call()
        answer = from_pipeline(made=made)

        assert attempt_behind(answer) is made.attempts[0]
        assert call_behind(answer) is made

    def test_another_transports_response_tells_what_it_can(self) -> None:
        """A mock, or a client of the author's own."""
        answer = httpx2.Response(503, request=REQUEST, headers={"Retry-After": "1"}, text="busy")

        attempt = attempt_behind(answer)

        assert call_behind(answer) is None
        assert (attempt.method, attempt.url, attempt.status) == ("POST", "http://h/orders", 503)
        assert (attempt.request_body, attempt.response_body) == (b"{}", b"busy")
        assert attempt.row == "unavailable_told"
        assert attempt.is_complete

    def test_a_response_that_nobody_sent_has_an_attempt_too(self) -> None:
        """Made by hand, unread: what is unknown stays empty."""
        answer = httpx2.Response(200, stream=httpx2.ByteStream(b""))

        attempt = attempt_behind(answer)

        assert (attempt.method, attempt.url, attempt.elapsed) == ("GET", "/", 0.0)
        assert attempt.response_body is None


class TestErrors:
    """A failed attempt stands behind every error of a call."""

    def test_the_ledgers_attempts_are_the_ones(self) -> None:
        """The failed one last."""
        made = call(lost(number=1), lost(number=2))
        request = httpx2.Request("GET", "/", extensions={CALL: made})

        assert attempts_behind(httpx2.ConnectError("", request=request)) == made.attempts

    def test_a_call_that_was_held_back_failed_all_the_same(self) -> None:
        """The answer before a redirect is not what the error is about."""
        made = call(answered(302))
        request = httpx2.Request("GET", "http://h/", extensions={CALL: made})

        *before, last = attempts_behind(CircuitOpen("down", request=request))

        assert before == made.attempts
        assert last.row == "blocked"
        assert last.failure is not None
        assert last.failure.message == "down"

    @pytest.mark.parametrize(
        "error, row, phase",
        [
            pytest.param(httpx2.ConnectError("no"), "refused", Phase.CONNECT, id="refused"),
            pytest.param(
                caused(httpx2.ConnectError("no"), socket.gaierror(socket.EAI_AGAIN, "x")),
                "dns_temporary",
                Phase.CONNECT,
                id="name service",
            ),
            pytest.param(
                caused(httpx2.ConnectError("no"), rejected()),
                "certificate",
                Phase.TLS,
                id="certificate",
            ),
            pytest.param(
                httpx2.ConnectTimeout("no"), "connect_timeout", Phase.CONNECT, id="connect"
            ),
            pytest.param(httpx2.WriteError("no"), "upload_broken", Phase.SEND, id="upload"),
            pytest.param(httpx2.ReadTimeout("no"), "read_timeout", Phase.WAIT, id="read timeout"),
            pytest.param(httpx2.RemoteProtocolError("no"), "closed_fresh", Phase.WAIT, id="closed"),
            pytest.param(httpx2.ReadError("no"), "cut_after_headers", Phase.READ, id="cut"),
            pytest.param(httpx2.DecodingError("no"), "corrupt", Phase.POOL, id="corrupt"),
            pytest.param(httpx2.PoolTimeout("no"), "local", Phase.POOL, id="pool"),
            pytest.param(httpx2.UnsupportedProtocol("no"), "local", Phase.POOL, id="bad URL"),
            pytest.param(DeadlineExceeded("no"), "deadline", Phase.POOL, id="deadline"),
            pytest.param(BodyTooLarge("no"), "too_large", Phase.POOL, id="too large"),
        ],
    )
    def test_an_error_alone_tells_its_row(
        self, error: httpx2.RequestError, row: str, phase: Phase
    ) -> None:
        """From a client of the author's own: the class stands in for the phases."""
        error.request = REQUEST

        [attempt] = attempts_behind(error)

        assert attempt.failure is not None
        assert (attempt.row, attempt.failure.phase) == (row, phase)
        assert (attempt.method, attempt.is_complete) == ("POST", False)

    def test_an_error_without_a_request_has_an_attempt_too(self) -> None:
        """Raised by hand."""
        [attempt] = attempts_behind(httpx2.ReadError("cut"))

        assert attempt.url == "/"


def test_the_response_of_these_tests_is_read() -> None:
    """The builder gives what a client would: a body that has arrived."""
    assert response(text="x").content == b"x"
