"""HTTP/2: streams that are refused, connections that are sent away, and all else as before."""

from __future__ import annotations

import gc
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from h2.connection import H2Connection

from redhanded.lab.weather.line import Line
from redhanded.lab.weather.plan import PlanError
from tests.lab.weather.conftest import Blow, Weather
from tests.servers import raw

CALM = {"fault": "E23", "route": "/struck"}


def speak(weather: Weather) -> httpx2.Client:
    """A client that knows that the proxy speaks HTTP/2."""
    return weather.client(http1=False, http2=True, timeout=5)


def test_a_connection_is_sent_away_before_the_request(blow: Blow) -> None:
    """GOAWAY says that the request was not processed, so the client sends it again itself."""
    weather = blow({"fault": "E23", "nth": 2})

    with speak(weather) as client:
        statuses = [client.post(f"/{number}").status_code for number in range(3)]

    assert statuses == [200, 200, 200]
    assert [(fault["path"], fault["forwarded"]) for fault in weather.faults] == [("/1", False)]
    assert [arrival["path"] for arrival in weather.arrivals] == ["/0", "/1", "/2"]


@pytest.mark.parametrize(
    "params, said, arrived",
    [
        pytest.param({"forwarded": True}, "last_stream_id:3", 1, id="goaway-after-processing"),
        pytest.param({"kind": "refused"}, "error_code:7", 0, id="refused-stream"),
    ],
)
def test_a_request_in_flight_is_lost(
    blow: Blow, params: dict[str, object], said: str, arrived: int
) -> None:
    """The client is told whether it was processed; the next request is well."""
    weather = blow({"fault": "E23", "nth": 2, "params": params})

    with speak(weather) as client:
        first = client.get("/1")
        with pytest.raises(httpx2.RemoteProtocolError) as caught:
            client.post("/2", content=b"data")
        third = client.get("/3")

    assert (first.status_code, third.status_code) == (200, 200)
    assert said in str(caught.value)
    assert [(fault["n"], fault["path"]) for fault in weather.faults] == [(2, "/2")]
    assert weather.faults[0]["forwarded"] is bool(arrived)
    assert len(weather.arrivals) == 2 + arrived


def test_a_refused_stream_outlives_a_collection_of_garbage(
    blow: Blow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session holds on to who still answers: a loop alone would let it be collected."""
    send = Line.send

    async def sweep_and_send(line: Line, data: bytes) -> None:
        gc.collect()
        await send(line, data)

    monkeypatch.setattr(Line, "send", sweep_and_send)
    weather = blow({"fault": "E23", "params": {"kind": "refused"}})

    with speak(weather) as client, pytest.raises(httpx2.RemoteProtocolError, match="error_code:7"):
        client.get("/1")

    assert weather.arrivals == []


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.answer(200, b"x" * 500_000), id="larger-than-a-window"),
        pytest.param(raw.chunked(b"hello", b"world"), id="chunked"),
        pytest.param(raw.close_delimited(b"until the end"), id="close-delimited"),
        pytest.param(raw.answer(204, b""), id="no-body"),
    ],
)
def test_an_answer_comes_whole(blow: Blow, script: raw.Script) -> None:
    """What the upstream says in HTTP/1.1 is said again in HTTP/2."""
    with raw.serve(script) as server:
        plain = httpx2.get(server.url, trust_env=False)
        with speak(blow(CALM, url=server.url)) as client:
            answer = client.get("/x")

    assert answer.http_version == "HTTP/2"
    assert (answer.status_code, answer.content) == (plain.status_code, plain.content)
    assert answer.headers.get("content-type") == plain.headers.get("content-type")


def test_a_request_comes_whole(blow: Blow, upstream: raw.RawServer) -> None:
    """Method, path, headers and body are the same on the other side."""
    body = b"y" * 300_000

    with speak(blow(CALM)) as client:
        client.put("/a?b=c", content=body, headers={"X-Episode": "one"})

    (request,) = upstream.requests
    assert (request.method, request.target, request.body) == ("PUT", "/a?b=c", body)
    assert dict(request.headers)["x-episode"] == "one"


def test_many_streams_are_served_at_once(
    blow: Blow, trust: object, trusting: ssl.SSLContext
) -> None:
    """Over TLS the client is offered HTTP/2, and its streams do not wait for each other."""
    weather = blow(CALM, trust=trust)

    def get(number: int) -> tuple[int, str]:
        with weather.client(verify=trusting, http2=True) as client:
            answers = [client.get(f"/{number}") for _ in range(3)]
        return len(answers[-1].content), answers[-1].http_version

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(get, range(8)))

    assert found == {(len(raw.DOCUMENT), "HTTP/2")}


@pytest.mark.parametrize("code", ["E12", "E13", "E15"])
def test_a_broken_answer_breaks_its_stream(blow: Blow, code: str) -> None:
    """What would break a connection of HTTP/1.1 resets the stream alone."""
    weather = blow(CALM, {"fault": code})

    with speak(weather) as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            client.get("/x")
        after = client.get("/x")

    assert after.status_code == 200
    assert [fault["code"] for fault in weather.faults] == [code]


def test_other_clients_are_no_concern_of_it(blow: Blow) -> None:
    """Who speaks HTTP/1.1 is not struck, and HTTP/2 is not offered without need."""
    weather = blow({"fault": "E23", "shape": "always"})

    assert weather.get().http_version == "HTTP/1.1"
    assert weather.faults == []


def test_without_the_library_the_plan_is_refused(
    blow: Blow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says what to install."""
    monkeypatch.setattr("redhanded.lab.weather.faults.streams.find_spec", lambda _: None)

    with pytest.raises(PlanError, match="E23 needs h2"):
        blow({"fault": "E23"})


def test_a_client_that_gives_up_is_let_go(blow: Blow) -> None:
    """A stream that its client leaves behind takes nothing with it."""
    with raw.serve(raw.silent(), raw.answer()) as server:
        weather = blow(CALM, url=server.url)
        hasty = weather.client(http1=False, http2=True, timeout=0.3)
        with hasty, pytest.raises(httpx2.ReadTimeout):
            hasty.get("/x")
        with speak(weather) as client:
            after = client.get("/x")

    assert after.status_code == 200


def test_a_client_that_says_goodbye_before_its_answer_is_let_go(blow: Blow) -> None:
    """What can no longer be sent is dropped, and no task fails with it."""
    client = H2Connection()
    client.initiate_connection()
    fields = [(":method", "GET"), (":path", "/x"), (":scheme", "http"), (":authority", "lab")]
    client.send_headers(1, fields, end_stream=True)
    client.close_connection()

    with raw.serve(raw.answer()) as server:
        weather = blow(CALM, url=server.url)
        with socket.create_connection(("127.0.0.1", weather.port), timeout=5) as sock:
            sock.sendall(client.data_to_send())
            is_over = server.wait_until(lambda it: it.connections == 1 and not it.open_connections)
        weather.loop.run(weather.proxy.retire(at_once=True))
    gc.collect()  # a task that failed is told of when it is collected

    assert is_over
    assert [arrival["path"] for arrival in weather.arrivals] == ["/x"]


def test_an_interim_answer_is_left_out(blow: Blow) -> None:
    """103 is no answer, and HTTP/2 clients are spared it."""
    early = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    script = raw.exactly(early + raw.message())
    with raw.serve(script) as server, speak(blow(CALM, url=server.url)) as client:
        assert client.get("/x").content == raw.DOCUMENT
