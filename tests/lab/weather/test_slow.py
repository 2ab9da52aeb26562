"""Answers that take their time: late or piecemeal, and whole all the same."""

from __future__ import annotations

import time

import httpx2
import pytest

from tests.lab.weather.conftest import Blow
from tests.servers import raw


@pytest.mark.parametrize(
    "code, params, at_least",
    [
        pytest.param("E18", {"every": 0.004}, 0.2, id="E18"),
        pytest.param("E19", {"seconds": 0.2}, 0.2, id="E19"),
        pytest.param("E20", {"bytes_per_second": 20_000}, 0.3, id="E20"),
        pytest.param("E21", {"seconds": 0.2}, 0.2, id="E21"),
        pytest.param("E22", {"seconds": 0.1, "rate": 0.3}, 0.1, id="E22"),
    ],
)
def test_an_answer_is_late_and_whole(
    blow: Blow, *, code: str, params: dict[str, float], at_least: float
) -> None:
    """The struck answer takes its time, no byte of it is lost, and the connection lives on."""
    weather = blow({"fault": code, "nth": 1, "params": params}, seed=1)

    with weather.client(timeout=5) as client:
        begin = time.perf_counter()
        struck = client.get("/x")
        seconds = time.perf_counter() - begin
        after = client.get("/x")

    assert struck.content == after.content == raw.DOCUMENT
    assert seconds >= at_least
    assert [fault["code"] for fault in weather.faults] == [code]
    assert len(weather.arrivals) == 2


@pytest.mark.parametrize(
    "code, params, error",
    [
        pytest.param("E19", {}, httpx2.ReadTimeout, id="E19-in-the-body"),
        pytest.param("E21", {}, httpx2.ReadTimeout, id="E21-before-the-head"),
    ],
)
def test_a_client_that_does_not_wait_is_let_go(
    blow: Blow, code: str, params: dict[str, float], error: type[Exception]
) -> None:
    """A read timeout ends the call; a request that was only held back never arrives."""
    weather = blow({"fault": code, "nth": 1, "params": params})

    with weather.client(timeout=0.2) as client, pytest.raises(error):
        client.get("/x")

    assert [fault["code"] for fault in weather.faults] == [code]
    assert len(weather.arrivals) == (0 if code == "E21" else 1)


def test_dripping_headers_outlast_every_read_timeout(blow: Blow) -> None:
    """E18 keeps each read short, so that only a deadline for the whole call can end it."""
    weather = blow({"fault": "E18", "params": {"every": 0.02}})

    with weather.client(timeout=0.5) as client:
        begin = time.perf_counter()
        answer = client.get("/x")

    assert answer.status_code == 200
    assert time.perf_counter() - begin > 0.5


def test_lost_segments_follow_the_seed(blow: Blow) -> None:
    """The same seed loses the same segments, another seed others."""

    def lost(seed: int) -> list[float]:
        params = {"seconds": 0.001, "rate": 0.5}
        weather = blow({"fault": "E22", "shape": "always", "params": params}, seed=seed)
        with weather.client() as client:
            for _ in range(4):
                client.get("/x")
        return [fault["lasts"] for fault in weather.faults]

    assert lost(1) == lost(1)
    assert lost(1) != lost(2)
