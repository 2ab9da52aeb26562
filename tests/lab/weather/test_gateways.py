"""Answers of whoever stands before the API; the upstream never sees the request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.lab.weather.conftest import Blow
from tests.servers import raw
from tests.servers.raw.answers import JSON

NOW = datetime(2026, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    "code, params, status, headers",
    [
        pytest.param("E25", {"seconds": 7}, 429, {"retry-after": "7"}, id="E25"),
        pytest.param("E27", {}, 429, {"retry-after": None, "ratelimit": None}, id="E27-bare"),
        pytest.param(
            "E27",
            {"kind": "ratelimit", "seconds": 3},
            429,
            {"retry-after": None, "ratelimit": '"default";r=0;t=3'},
            id="E27-ratelimit",
        ),
        pytest.param(
            "E27",
            {"kind": "legacy", "seconds": 3},
            429,
            {"ratelimit-remaining": "0", "ratelimit-reset": "3"},
            id="E27-legacy",
        ),
        pytest.param("E28", {"seconds": 2}, 503, {"retry-after": "2"}, id="E28"),
        pytest.param("E29", {"status": 502}, 502, {"server": "gateway"}, id="E29-502"),
        pytest.param("E29", {"status": 504}, 504, {"server": "gateway"}, id="E29-504"),
        pytest.param("E30", {}, 200, {"server": "portal"}, id="E30"),
        pytest.param("E31", {}, 403, {"server": "firewall"}, id="E31"),
        pytest.param("E35", {}, 503, {"retry-after": None}, id="E35"),
        pytest.param("E24", {}, 407, {"proxy-authenticate": 'Basic realm="proxy"'}, id="E24"),
    ],
)
def test_another_answers_in_the_place_of_the_upstream(
    blow: Blow,
    upstream: raw.RawServer,
    *,
    code: str,
    params: dict[str, object],
    status: int,
    headers: dict[str, str | None],
) -> None:
    """The answer is as the catalogue says, on a connection that lives on, and logged once."""
    weather = blow({"fault": code, "nth": 1, "params": params})

    with weather.client() as client:
        struck = client.post("/x", content=b"data")
        after = client.get("/y")

    assert struck.status_code == status
    assert {name: struck.headers.get(name) for name in headers} == headers
    assert struck.content
    assert after.status_code == 200
    assert [request.target for request in upstream.requests] == ["/y"]
    assert upstream.connections == 1
    assert [fault["code"] for fault in weather.faults] == [code]
    assert weather.faults[0]["forwarded"] is False


@pytest.mark.parametrize("code", ["E24", "E29", "E30", "E31"])
def test_a_page_is_declared_as_one(blow: Blow, code: str) -> None:
    """Provenance shows: HTML where the API speaks JSON."""
    answer = blow({"fault": code, "shape": "always"}).get()

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in answer.text


def test_head_gets_no_page(blow: Blow) -> None:
    """An answer to HEAD has no body, also when it is not the API's."""
    with blow({"fault": "E30"}).client() as client:
        answers = [client.head("/x") for _ in range(2)]

    assert [len(answer.content) for answer in answers] == [0, 0]
    assert int(answers[0].headers["content-length"]) > 0


@pytest.mark.parametrize(
    "kind, expected",
    [
        pytest.param("imf", "Fri, 06 Nov 2026 08:49:39 GMT", id="imf-fixdate"),
        pytest.param("rfc850", "Friday, 06-Nov-26 08:49:39 GMT", id="rfc850"),
        pytest.param("asctime", "Fri Nov  6 08:49:39 2026", id="asctime"),
        pytest.param("past", "Fri, 06 Nov 2026 07:49:37 GMT", id="past"),
        pytest.param("skewed", "Fri, 06 Nov 2026 07:49:39 GMT", id="skewed"),
        pytest.param("hour", "Fri, 06 Nov 2026 09:49:37 GMT", id="hour"),
        pytest.param("garbage", "in a while", id="garbage"),
    ],
)
def test_a_date_comes_in_every_form(blow: Blow, kind: str, expected: str) -> None:
    """E26 has the three forms of RFC 9110, section 5.6.7, and four that mislead."""
    weather = blow({"fault": "E26", "params": {"kind": kind}})
    weather.proxy.storm.log.wall = NOW.timestamp

    answer = weather.get()

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == expected
    late = timedelta(hours=1) if kind == "skewed" else timedelta()
    assert parsedate_to_datetime(answer.headers["date"]) == NOW - late
    assert weather.faults[0]["kind"] == kind


def test_the_api_itself_says_that_it_is_down(blow: Blow) -> None:
    """E35 looks like the API, health included: with the stamps that were seen on its answers."""
    trace = "0af7651916cd43dd8448eb211c80319c"
    stamps = [JSON, ("Server", "api"), ("X-Build", "b7"), ("X-Trace-Id", trace)]
    sent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    with raw.serve(raw.answer(headers=stamps)) as server:
        weather = blow({"fault": "E35", "burst": {"first": 2, "count": 9}}, url=server.url)
        weather.get("/x", headers=sent)
        down = weather.get("/x", headers=sent)
        health = weather.get("/health")

    assert (down.status_code, health.status_code) == (503, 503)
    assert down.json()["detail"] == "db down"
    assert health.json()["status"] == "down"
    assert (down.headers["server"], down.headers["x-build"]) == ("api", "b7")
    assert down.headers["x-trace-id"] == trace
    assert "x-trace-id" not in health.headers
