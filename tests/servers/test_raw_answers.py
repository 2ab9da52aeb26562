"""The scripts that keep to the protocol."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2
import pytest

from tests.servers import raw
from tests.servers.fixtures import StartRaw

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.answer(), id="counted"),
        pytest.param(raw.chunked(raw.DOCUMENT[:7], raw.DOCUMENT[7:]), id="chunked"),
        pytest.param(raw.close_delimited(), id="ended by closing"),
        pytest.param(raw.answer_then_close(), id="closed afterwards"),
        pytest.param(raw.coded("br", raw.brotli(raw.DOCUMENT)), id="coded"),
    ],
)
def test_a_whole_answer_is_whole(raw_server: StartRaw, script: raw.Script) -> None:
    """However its end is told, the client gets the document."""
    response = httpx2.get(raw_server(script).url)

    assert (response.status_code, response.content) == (200, raw.DOCUMENT)


def test_status_body_and_headers_are_the_callers(raw_server: StartRaw) -> None:
    """An answer says what it was told to say, repeated headers included."""
    told = [("Retry-After", "7"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    server = raw_server(raw.answer_json({"error": "busy"}, 429, headers=told))

    response = httpx2.get(server.url)

    assert (response.status_code, response.json()) == (429, {"error": "busy"})
    assert response.headers["Retry-After"] == "7"
    assert response.headers.get_list("Set-Cookie") == ["a=1", "b=2"]


def test_a_redirect_leads_elsewhere(raw_server: StartRaw) -> None:
    """The client ends where the Location points, with the status asked for."""
    target = raw_server(raw.answer_json("there"))
    server = raw_server(raw.redirect(f"{target.url}/new", 308))

    response = httpx2.post(server.url, content=b"kept", follow_redirects=True)

    assert response.json() == "there"
    assert [(request.path, request.body) for request in target.requests] == [("/new", b"kept")]


def test_a_redirect_loop_has_no_end(raw_server: StartRaw) -> None:
    """Each hop leads to the same target, until the client gives up."""
    server = raw_server(raw.redirect_loop())

    with pytest.raises(httpx2.TooManyRedirects):
        httpx2.get(f"{server.url}/again?x=1", follow_redirects=True)

    assert {request.target for request in server.requests} == {"/again?x=1"}


def test_a_server_may_live_at_another_time(raw_server: StartRaw) -> None:
    """The Date is the moment given, in the form that HTTP wants."""
    response = httpx2.get(raw_server(raw.dated(NOON)).url)

    assert response.headers["Date"] == "Sun, 01 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize("size", [1, 255, 65_536])
def test_a_stored_brotli_stream_is_one(raw_server: StartRaw, size: int) -> None:
    """A real decoder finds the same bytes again."""
    data = bytes(number % 251 for number in range(size))

    assert httpx2.get(raw_server(raw.coded("br", raw.brotli(data))).url).content == data


@pytest.mark.parametrize(
    "data", [pytest.param(b"", id="none"), pytest.param(bytes(65_537), id="too many")]
)
def test_a_stored_brotli_stream_has_its_limits(data: bytes) -> None:
    """What one meta-block cannot hold is refused with its limits."""
    with pytest.raises(ValueError, match="1 to 65536 bytes"):
        raw.brotli(data)
