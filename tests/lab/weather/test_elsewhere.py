"""Another place, another build, another clock, another actor, another proxy."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import pytest

from tests.lab.weather.conftest import SECONDS, Blow, Weather
from tests.servers import raw
from tests.servers.raw.answers import JSON

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def test_another_environment_knows_nothing(blow: Blow, upstream: raw.RawServer) -> None:
    """E03 without another upstream is a stranger that says who it is."""
    answer = blow({"fault": "E03"}).get()

    assert (answer.status_code, answer.headers["server"]) == (404, "other-environment")
    assert upstream.requests == ()


@pytest.mark.parametrize("code", ["E03", "E36"])
def test_another_upstream_answers(blow: Blow, upstream: raw.RawServer, code: str) -> None:
    """The named upstream answers the struck request, our own the others."""
    with raw.serve(raw.answer(200, b"elsewhere")) as other:
        weather = blow({"fault": code, "nth": 2, "params": {"upstream": other.url}})
        with weather.client() as client:
            bodies = [client.get(f"/{number}").content for number in range(3)]

    assert bodies == [raw.DOCUMENT, b"elsewhere", raw.DOCUMENT]
    assert [request.target for request in other.requests] == ["/1"]
    assert [fault["upstream"] for fault in weather.faults] == [other.url]


def test_two_builds_alternate(blow: Blow) -> None:
    """E36 names another build on each second answer, and leaves the rest as it is."""
    with raw.serve(raw.answer(headers=[JSON, ("X-Build", "b1")])) as server:
        weather = blow({"fault": "E36", "params": {"build": "b2"}}, url=server.url)
        with weather.client() as client:
            answers = [client.get("/x") for _ in range(4)]

    assert [answer.headers.get_list("x-build") for answer in answers] == [["b1"], ["b2"]] * 2
    assert {answer.content for answer in answers} == {raw.DOCUMENT}


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.answer_json({"id": 1, "name": "Ada"}), id="counted"),
        pytest.param(raw.chunked(b'{"id": 1,', b'"name": "Ada"}'), id="chunked"),
    ],
)
def test_another_build_may_answer_otherwise(blow: Blow, script: raw.Script) -> None:
    """A field of the body may differ between the builds."""
    params = {"field": "name", "value": {"first": "Ada"}}
    with raw.serve(script) as server:
        weather = blow({"fault": "E36", "params": params}, url=server.url)
        with weather.client() as client:
            found = [client.get("/x").json() for _ in range(3)]

    assert found[0] == found[2] == {"id": 1, "name": "Ada"}
    assert found[1] == {"id": 1, "name": {"first": "Ada"}}


@pytest.mark.parametrize(
    "given, expected",
    [
        pytest.param("Fri, 06 Nov 2026 12:00:00 GMT", NOON + timedelta(minutes=10), id="moved"),
        pytest.param("some day", None, id="no-date"),
    ],
)
def test_the_clock_is_off(blow: Blow, given: str, expected: datetime | None) -> None:
    """E10 moves the Date of an answer; one that cannot be read is no evidence, and stays."""
    with raw.serve(raw.answer(headers=[JSON, ("Date", given)])) as server:
        weather = blow({"fault": "E10"}, url=server.url)
        answer = weather.get()

    if expected is None:
        assert (answer.headers["date"], weather.faults) == (given, [])
    else:
        assert parsedate_to_datetime(answer.headers["date"]) == expected
        assert len(weather.faults) == 1


def written(server: raw.RawServer) -> list[tuple[str, str, Any]]:
    """What the upstream was asked to write: method, target and body."""
    asked = server.requests
    return [(each.method, each.target, json.loads(each.body or b"null")) for each in asked]


@pytest.mark.parametrize(
    "method, answer, headers, theirs",
    [
        pytest.param(
            "POST",
            {"bookingid": 7, "booking": {"name": "Ada", "price": 120, "tag": "t"}},
            [("Location", "http://x/booking/7")],
            ("PATCH", "/booking/7", {"price": 121}),
            id="by-location",
        ),
        pytest.param(
            "POST", {"id": 7, "name": "Ada"}, [], ("PATCH", "/b/7", {"name": "Ada too"}), id="by-id"
        ),
        pytest.param(
            "PUT", {"id": 7, "name": "Ada"}, [], ("PATCH", "/b", {"name": "Ada too"}), id="by-path"
        ),
    ],
)
def test_another_actor_writes_over_it(
    blow: Blow,
    *,
    method: str,
    answer: dict[str, Any],
    headers: list[tuple[str, str]],
    theirs: tuple[str, str, Any],
) -> None:
    """E37 changes one field of what was written, with the writer's own credentials, unseen."""
    with raw.serve(raw.answer_json(answer, 201, headers=[JSON, *headers])) as server:
        weather = blow({"fault": "E37"}, url=server.url)
        with weather.client(headers={"Authorization": "Bearer a"}) as client:
            mine = client.request(method, "/b", json={"name": "Ada"})

        assert written(server) == [(method, "/b", {"name": "Ada"}), theirs]
        assert dict(server.requests[1].headers)["Authorization"] == "Bearer a"
    assert mine.json() == answer
    assert [event["event"] for event in weather.events] == ["upstream", "upstream", "fault"]
    assert [arrival.get("by") for arrival in weather.arrivals] == [None, "E37"]


def test_the_other_actor_can_be_told_what_to_write(blow: Blow) -> None:
    """Method, target, change and credentials are parameters."""
    params = {
        "method": "PUT",
        "target": "/things/{number}",
        "change": {"name": "Eve"},
        "headers": {"X-API-Key": "eve"},
    }
    with raw.serve(raw.answer_json({"number": 3, "name": "Ada"})) as server:
        weather = blow({"fault": "E37", "params": params}, url=server.url)
        weather.proxy.storm.log.wall = NOON.timestamp
        with weather.client() as client:
            client.post("/b", json={})

        assert written(server)[1] == ("PUT", "/things/3", {"number": 3, "name": "Eve"})
        assert dict(server.requests[1].headers)["X-API-Key"] == "eve"


@pytest.mark.parametrize(
    "script, params",
    [
        pytest.param(raw.answer_json({"id": 1, "a": "b"}, 422), {}, id="refused-write"),
        pytest.param(raw.answer(200, b"no json"), {}, id="no-json"),
        pytest.param(raw.answer_json({"name": "Ada"}), {"target": "/{id}"}, id="no-such-field"),
        pytest.param(raw.answer_json({"name": "Ada"}), {}, id="no-id"),
        pytest.param(raw.answer_json({"id": 1}), {}, id="nothing-to-change"),
    ],
)
def test_what_cannot_be_written_over_is_not_struck(
    blow: Blow, script: raw.Script, params: dict[str, Any]
) -> None:
    """INVARIANT: the fault is logged only where another actor's write came to pass."""
    with raw.serve(script) as server:
        weather = blow({"fault": "E37", "params": params}, url=server.url)
        with weather.client() as client:
            client.post("/b", json={})

        assert len(server.requests) == 1
    assert weather.faults == []


def test_a_refused_actor_has_changed_nothing(blow: Blow) -> None:
    """Where the actor's own write is refused, nobody can notice it."""
    with raw.serve(raw.answer_json({"id": 1, "a": "b"}), raw.answer(403)) as server:
        weather = blow({"fault": "E37"}, url=server.url)
        with weather.client() as client:
            client.post("/b", json={})

    assert (len(weather.arrivals), weather.faults) == (2, [])


def test_an_actor_that_gets_no_answer_has_changed_nothing(blow: Blow) -> None:
    """The log says that its request reached the upstream, and not that a fault was made."""
    first = raw.answer_json({"id": 1, "a": "b"})
    with raw.serve(first, raw.reset_after_request()) as server:
        weather = blow({"fault": "E37"}, url=server.url)
        with weather.client() as client:
            status = client.post("/b", json={}).status_code

    assert status == 200
    assert [(arrival["status"], arrival.get("by")) for arrival in weather.arrivals] == [
        (200, None),
        (None, "E37"),
    ]
    assert weather.faults == []


def through(weather: Weather) -> httpx2.Client:
    """A client that uses the proxy as a forward proxy."""
    return httpx2.Client(proxy=weather.url, trust_env=False)


def test_a_client_may_use_it_as_its_proxy(blow: Blow, upstream: raw.RawServer) -> None:
    """A target in absolute form is sent on as servers want it, without what is the proxy's."""
    weather = blow()

    with through(weather) as client:
        answer = client.get(f"{upstream.url}/a?b=c", headers={"Proxy-Authorization": "Basic x"})

    assert answer.content == raw.DOCUMENT
    assert upstream.requests[0].target == "/a?b=c"
    assert "proxy-authorization" not in {name.lower() for name, _ in upstream.requests[0].headers}
    assert weather.arrivals[0]["path"] == "/a"


def test_it_leads_nowhere_else(blow: Blow, upstream: raw.RawServer) -> None:
    """INVARIANT: nobody is carried to another machine, and no fault is spent on who wants to."""
    weather = blow({"fault": "E12"})

    with through(weather) as client:
        answers = [client.get(f"http://{host}/") for host in ("192.0.2.1", "127.0.0.1:1")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "leads to 127.0.0.1:" in answers[0].text
    assert (upstream.requests, weather.events) == ((), [])


def connect(weather: Weather, port: int) -> socket.socket:
    """A connection on which CONNECT was asked for."""
    sock = socket.create_connection(("127.0.0.1", weather.port), timeout=SECONDS)
    sock.sendall(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return sock


def test_connect_makes_a_tunnel(blow: Blow, upstream: raw.RawServer) -> None:
    """Within it the bytes are nobody's business."""
    established = b"HTTP/1.1 200 Connection established\r\n\r\n"

    with connect(blow({"fault": "E12"}), upstream.port) as sock:
        head = sock.recv(len(established))
        sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        inside = sock.recv(15)

    assert (head, inside) == (established, b"HTTP/1.1 200 Sc")


@pytest.mark.parametrize(
    "kind, received",
    [
        pytest.param("407", b"HTTP/1.1 407 Pr", id="407"),
        pytest.param("closed", b"", id="closed"),
    ],
)
def test_the_proxy_refuses_a_tunnel(
    blow: Blow, upstream: raw.RawServer, kind: str, received: bytes
) -> None:
    """E24 asks for a password, or closes without a word."""
    weather = blow({"fault": "E24", "params": {"kind": kind}})

    with connect(weather, upstream.port) as sock:
        assert sock.recv(15) == received

    assert [fault["method"] for fault in weather.faults] == ["CONNECT"]
    assert upstream.connections == 0
