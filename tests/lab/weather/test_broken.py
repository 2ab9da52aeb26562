"""Connections that break: what the client meets, what the upstream sees, what the log says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.lab.weather.conftest import SECONDS, Blow
from tests.servers import raw


@pytest.mark.parametrize(
    "code, params, error, arrived",
    [
        pytest.param("E12", {}, httpx2.ReadError, 1, id="E12-forwarded"),
        pytest.param("E12", {"forwarded": False}, httpx2.ReadError, 0, id="E12-not-forwarded"),
        pytest.param("E13", {}, httpx2.RemoteProtocolError, 0, id="E13-not-forwarded"),
        pytest.param("E13", {"forwarded": True}, httpx2.RemoteProtocolError, 1, id="E13-forwarded"),
        pytest.param("E14", {}, httpx2.RemoteProtocolError, 1, id="E14"),
        pytest.param("E15", {}, httpx2.RemoteProtocolError, 1, id="E15"),
        pytest.param("E16", {}, httpx2.RemoteProtocolError, 1, id="E16-unfinished"),
        pytest.param("E16", {"kind": "bad"}, httpx2.RemoteProtocolError, 1, id="E16-bad"),
        pytest.param("E40", {}, httpx2.ReadError, 0, id="E40"),
    ],
)
def test_a_connection_breaks_once(
    blow: Blow,
    upstream: raw.RawServer,
    *,
    code: str,
    params: dict[str, object],
    error: type[Exception],
    arrived: int,
) -> None:
    """The struck request fails as the catalogue says, is logged once, and the next one is well."""
    weather = blow({"fault": code, "nth": 1, "params": params})

    with weather.client() as client:
        with pytest.raises(error):
            client.post("/x", content=b"data", headers={"X-Episode": "one"})
        after = client.get("/y")

    assert after.status_code == 200
    assert len(upstream.requests) == arrived + 1
    assert len(weather.arrivals) == arrived + 1
    (fault,) = weather.faults
    assert (fault["code"], fault["rule"], fault["n"]) == (code, 0, 1)
    assert (fault["method"], fault["path"], fault["episode"]) == ("POST", "/x", "one")
    assert fault["forwarded"] is bool(arrived)


def test_the_server_has_committed_when_its_answer_is_lost(blow: Blow) -> None:
    """INVARIANT: a lost answer is logged after the request's arrival, before the client knows."""
    weather = blow({"fault": "E12"})

    with pytest.raises(httpx2.ReadError):
        weather.get()

    assert [event["event"] for event in weather.events] == ["upstream", "fault"]
    assert weather.arrivals[0]["status"] == 200


def test_a_cut_head_ends_within_the_headers(blow: Blow) -> None:
    """Some bytes of the answer arrive, and no whole header."""
    weather = blow({"fault": "E14"})

    with pytest.raises(httpx2.RemoteProtocolError) as caught, weather.client() as client:
        client.get("/x")

    assert "without sending a response" in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(raw.answer(), id="counted"),
        pytest.param(raw.chunked(b"hello", b"world"), id="chunked"),
    ],
)
def test_half_of_a_body_without_a_length_looks_whole(blow: Blow, body: raw.Script) -> None:
    """E17 shows in the contents alone: no client can tell it by the framing."""
    with raw.serve(body) as server:
        whole = httpx2.get(server.url, trust_env=False).content
        weather = blow({"fault": "E17"}, url=server.url)
        with weather.client() as client:
            struck, after = client.get("/x"), client.get("/x")

    assert struck.content == whole[: len(whole) // 2]
    assert "content-length" not in struck.headers
    assert "transfer-encoding" not in struck.headers
    assert after.content == whole
    assert [fault["code"] for fault in weather.faults] == ["E17"]


@pytest.mark.parametrize("code", ["E15", "E16", "E17", "E19", "E20"])
@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.answer(204, b""), id="204"),
        pytest.param(raw.answer(200, b""), id="no-byte"),
        pytest.param(raw.exactly(raw.message()[:-9]), id="already-cut"),
    ],
)
def test_a_body_that_cannot_be_spoiled_is_not_struck(
    blow: Blow, code: str, script: raw.Script
) -> None:
    """INVARIANT: no fault is logged that no client could notice, and its number is not spent."""
    with raw.serve(script, raw.answer()) as server:
        weather = blow({"fault": code, "nth": 1}, url=server.url)
        with weather.client() as client:
            try:
                client.get("/x")
            except httpx2.RemoteProtocolError:
                assert script == raw.exactly(raw.message()[:-9])

    assert weather.faults == []
    assert [front.seen for front in weather.proxy.storm.fronts] == [0]


@pytest.mark.parametrize(
    "kind, error",
    [
        pytest.param("reset", httpx2.ReadError, id="reset"),
        pytest.param("close", httpx2.RemoteProtocolError, id="close"),
    ],
)
def test_a_kept_connection_is_stale_on_reuse(
    blow: Blow, upstream: raw.RawServer, kind: str, error: type[Exception]
) -> None:
    """E11 strikes no first request of a connection, and the upstream never sees the struck one."""
    weather = blow({"fault": "E11", "nth": 1, "params": {"kind": kind}})

    with weather.client() as client:
        first = client.get("/1")
        with pytest.raises(error):
            client.get("/2")
        third = client.get("/3")

    assert (first.status_code, third.status_code) == (200, 200)
    assert [request.target for request in upstream.requests] == ["/1", "/3"]
    assert [(fault["n"], fault["path"]) for fault in weather.faults] == [(1, "/2")]


def test_a_third_of_the_requests_meets_the_dead_backend(blow: Blow) -> None:
    """E40's own shape is each third request."""
    weather = blow({"fault": "E40"})
    lost = []

    with weather.client() as client:
        for number in range(1, 8):
            try:
                client.get("/x")
            except httpx2.ReadError:
                lost.append(number)

    assert lost == [3, 6]
    assert [fault["n"] for fault in weather.faults] == [3, 6]


def test_each_failure_has_one_line_under_many_clients(blow: Blow) -> None:
    """INVARIANT: what clients met and what the log says are the same, one to one."""
    codes = ["E12", "E13", "E14", "E15", "E16", "E40"]
    weather = blow(*({"fault": code, "rate": 0.1} for code in codes), seed=5)

    def call(name: int) -> list[str]:
        met = []
        with weather.client(timeout=SECONDS) as client:
            for number in range(20):
                episode = f"{name}-{number}"
                try:
                    client.get("/x", headers={"X-Episode": episode})
                except httpx2.TransportError:
                    met.append(episode)
        return met

    with ThreadPoolExecutor(4) as pool:
        met = sorted(episode for each in pool.map(call, range(4)) for episode in each)

    assert met == sorted(fault["episode"] for fault in weather.faults)
    assert len(met) > 20
