"""Faults of the door: nobody gets in for a while."""

from __future__ import annotations

import select
import socket
import ssl
import sys
from collections.abc import Callable
from threading import Event as Signal

import httpx2
import pytest

from redhanded.lab.weather.faults.outages import BlackHole6
from redhanded.lab.weather.plan import PlanError
from tests.lab.weather.conftest import SECONDS, Blow, wait_until
from tests.servers import raw

linux = pytest.mark.skipif(sys.platform != "linux", reason="a full backlog drops SYNs on Linux")


@pytest.mark.parametrize("code", ["E05", "E39"])
def test_connections_are_refused_for_a_while(blow: Blow, code: str) -> None:
    """The first connection would be struck, so the port is closed from the start; then it opens."""
    weather = blow({"fault": code, "params": {"seconds": 7}})

    for _ in range(2):
        with pytest.raises(httpx2.ConnectError):
            weather.get()
    weather.end_nap()

    assert weather.get().status_code == 200
    assert weather.naps.taken == [7]
    assert [(event["event"], event.get("lasts")) for event in weather.events] == [
        ("fault", 7),
        ("over", None),
        ("upstream", None),
    ]


@pytest.mark.parametrize("code", ["E05", "E39"])
def test_an_outage_comes_before_the_request_that_it_strikes(blow: Blow, code: str) -> None:
    """INVARIANT: what got in is answered, on a connection that then ends; the next is refused."""
    weather = blow({"fault": code, "nth": 3})

    with weather.client() as client:
        answers = [client.get("/1"), client.get("/2")]
        with pytest.raises(httpx2.ConnectError):
            client.get("/3")
        weather.end_nap()
        answers.append(client.get("/4"))

    assert [answer.content for answer in answers] == [raw.DOCUMENT] * 3
    assert [fault["n"] for fault in weather.faults] == [3]


def test_numbers_in_a_row_make_one_long_outage(blow: Blow) -> None:
    """Three restarts without a request between them cannot be told from a long one."""
    weather = blow({"fault": "E05", "shape": "burst"})

    (fault,) = weather.faults

    assert (fault["n"], fault["lasts"], weather.naps.taken) == (3, 9, [9])


def test_a_route_says_which_requests_are_counted(blow: Blow) -> None:
    """Requests elsewhere do not bring the outage nearer."""
    weather = blow({"fault": "E05", "nth": 2, "route": "/orders"})

    with weather.client() as client:
        for path in ("/a", "/b", "/orders"):
            assert client.get(path).status_code == 200
        with pytest.raises(httpx2.ConnectError):
            client.get("/a")


def test_an_outage_may_come_at_a_time(blow: Blow) -> None:
    """A window is a matter of time, not of requests."""
    weather = blow({"fault": "E05", "window": {"from": 2, "for": 10}})

    before = weather.get()
    weather.end_nap()
    with pytest.raises(httpx2.ConnectError):
        weather.get()
    weather.end_nap()

    assert (before.status_code, weather.get().status_code) == (200, 200)
    assert weather.naps.taken == [2, 10]
    assert [fault["lasts"] for fault in weather.faults] == [10]


def test_an_outage_may_last(blow: Blow) -> None:
    """Always is without an end, and ends with the proxy."""
    weather = blow({"fault": "E39", "shape": "always"})

    for _ in range(3):
        with pytest.raises(httpx2.ConnectError):
            weather.get()

    assert [fault["lasts"] for fault in weather.faults] == [None]


@pytest.mark.parametrize(
    "code, is_answered",
    [pytest.param("E05", True, id="restart"), pytest.param("E39", False, id="outage")],
)
def test_what_is_being_answered(blow: Blow, code: str, *, is_answered: bool) -> None:
    """A restart lets requests under way end, an outage breaks them."""
    done = Signal()
    with raw.serve(raw.late_answer(done)) as server:
        weather = blow({"fault": code, "window": {"from": 2, "for": 60}}, url=server.url)
        with socket.create_connection(("127.0.0.1", weather.port), timeout=SECONDS) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert server.wait_until(lambda it: len(it.requests) == 1)
            weather.end_nap()
            done.set()
            received = receive(lambda: sock.recv(1 << 16))

    if is_answered:
        assert received is not None
        assert received.endswith(b"\r\nConnection: close\r\n\r\n" + raw.DOCUMENT)
    else:
        assert received is None


def receive(read: Callable[[], bytes]) -> bytes | None:
    """All that comes, None for a reset."""
    try:
        return b"".join(iter(read, b""))
    except ConnectionResetError:
        return None


@linux
def test_what_knocks_is_dropped(blow: Blow) -> None:
    """E06: a connection is neither made nor refused, and whoever waits long enough gets in."""
    weather = blow({"fault": "E06"})

    with socket.socket() as patient:
        patient.setblocking(False)
        patient.connect_ex(("127.0.0.1", weather.port))
        with weather.client(timeout=0.3) as client, pytest.raises(httpx2.ConnectTimeout):
            client.get("/x")
        weather.end_nap()
        _, connected, _ = select.select([], [patient], [], SECONDS)

    assert connected
    assert weather.get().status_code == 200
    assert [event["event"] for event in weather.events] == ["fault", "over", "upstream"]


@linux
@pytest.mark.skipif(BlackHole6.lacks() is not None, reason="IPv6 is not on this machine")
def test_one_of_two_addresses_is_a_black_hole(blow: Blow) -> None:
    """E04: ::1 drops what knocks, 127.0.0.1 answers."""
    weather = blow({"fault": "E04"})

    with pytest.raises(TimeoutError):
        socket.create_connection(("::1", weather.port), timeout=0.3)

    assert weather.get().status_code == 200
    assert [fault["code"] for fault in weather.faults] == ["E04"]


@pytest.mark.parametrize("code", ["E04", "E06"])
def test_a_system_that_cannot_do_it_says_so(
    blow: Blow, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """Where SYNs are not dropped the plan is refused, so that no test rests on a fault not made."""
    monkeypatch.setattr("sys.platform", "darwin")

    with pytest.raises(PlanError, match=f"{code} needs Linux, whose full backlog"):
        blow({"fault": code})


@pytest.mark.parametrize("code", ["E08", "E09"])
def test_a_fault_of_tls_needs_tls(blow: Blow, code: str) -> None:
    """A plain proxy refuses the plan."""
    with pytest.raises(PlanError, match=f"{code} is a fault of TLS: start the proxy with --tls"):
        blow({"fault": code})


def test_tls_is_sound_where_nothing_strikes(
    blow: Blow, trust: object, trusting: ssl.SSLContext
) -> None:
    """Who trusts the authority is answered, and verification stays on."""
    weather = blow(trust=trust)

    with weather.client(verify=trusting) as client:
        answer = client.post("/x", content=b"data")

    assert weather.url.startswith("https://127.0.0.1:")
    assert answer.content == raw.DOCUMENT
    with weather.client() as stranger, pytest.raises(httpx2.ConnectError):
        stranger.get("/x")


def test_a_handshake_is_reset(blow: Blow, trust: object, trusting: ssl.SSLContext) -> None:
    """E08 strikes the connection before its first request, once."""
    weather = blow({"fault": "E08"}, trust=trust)

    with weather.client(verify=trusting) as client:
        with pytest.raises(httpx2.ConnectError):
            client.get("/x")
        after = client.get("/x")

    assert after.status_code == 200
    assert [(fault["code"], fault["method"]) for fault in weather.faults] == [("E08", None)]


def test_who_connects_and_leaves_is_not_struck(
    blow: Blow, trust: object, trusting: ssl.SSLContext
) -> None:
    """A look whether the port is open meets no fault, and does not spend it."""
    weather = blow({"fault": "E08"}, trust=trust)

    (front,) = weather.proxy.storm.fronts

    with socket.create_connection(("127.0.0.1", weather.port), timeout=SECONDS):
        wait_until(lambda: front.seen == 1)
    wait_until(lambda: front.seen == 0)
    with weather.client(verify=trusting) as client, pytest.raises(httpx2.ConnectError):
        client.get("/x")

    assert len(weather.faults) == 1


@pytest.mark.parametrize(
    "kind, said",
    [
        pytest.param("expired", "certificate has expired", id="expired"),
        pytest.param("early", "certificate is not yet valid", id="not-yet-valid"),
        pytest.param("mismatched", "IP address mismatch", id="mismatched"),
        pytest.param("unknown", "unable to get local issuer certificate", id="unknown-ca"),
    ],
)
def test_a_certificate_is_bad(
    blow: Blow, *, trust: object, trusting: ssl.SSLContext, kind: str, said: str
) -> None:
    """E09 shows certificates that no verifying client accepts, each for another reason."""
    weather = blow({"fault": "E09", "params": {"kind": kind}}, trust=trust)

    with weather.client(verify=trusting) as client, pytest.raises(httpx2.ConnectError) as caught:
        client.get("/x")

    assert said in str(caught.value)
    assert [fault["kind"] for fault in weather.faults] == [kind]
