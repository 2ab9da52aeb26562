"""The proxy as a child process: it starts, follows plans, takes new ones, and ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from redhanded.lab.weather import ChildError, PlanError, Running, blowing
from tests.servers import raw


@pytest.fixture
def upstream() -> Iterator[raw.RawServer]:
    """An upstream that is always well."""
    with raw.serve(raw.answer()) as server:
        yield server


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where the proxy writes."""
    return tmp_path / "weather.ndjson"


def events(log: Path) -> list[dict[str, Any]]:
    """The lines of a log."""
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def get(weather: Running, path: str = "/x") -> int:
    """The status that a new client gets."""
    with httpx2.Client(base_url=weather.url, trust_env=False) as client:
        return client.get(path).status_code


def test_it_follows_the_plan_for_the_length_of_a_block(upstream: raw.RawServer, log: Path) -> None:
    """Inside the block the rules hold; after it nobody listens there."""
    with blowing(upstream.url, {"fault": "E29", "nth": 2}, log=log, seed=3) as weather:
        statuses = [get(weather) for _ in range(3)]

    assert statuses[0::2] == [200, 200]
    assert statuses[1] in {502, 504}
    assert [event["event"] for event in events(log)] == ["upstream", "fault", "upstream"]
    assert len(upstream.requests) == 2
    with pytest.raises(httpx2.ConnectError):
        get(weather)


def test_another_plan_begins_anew(upstream: raw.RawServer, log: Path, tmp_path: Path) -> None:
    """INVARIANT: after `replan` counters are new, and the old log gets no further line."""
    other = tmp_path / "other.ndjson"

    with blowing(upstream.url, {"fault": "E25"}, log=log) as weather:
        before = [get(weather), get(weather)]
        weather.replan({"fault": "E25"}, log=other)
        after = [get(weather), get(weather)]

    assert before == after == [429, 200]
    assert [event["event"] for event in events(log)] == ["fault", "upstream"]
    assert [event["event"] for event in events(other)] == ["fault", "upstream"]


def test_a_wrong_plan_changes_nothing(upstream: raw.RawServer, log: Path) -> None:
    """A plan that cannot be followed is one sentence, and the one before it still holds."""
    with blowing(upstream.url, {"fault": "E25", "shape": "always"}, log=log) as weather:
        with pytest.raises(PlanError, match="there is no fault 'E99'; the closest is E"):
            weather.replan({"fault": "E99"}, log=log)
        with pytest.raises(ChildError, match="the weather proxy refused: "):
            weather.replan({"fault": "E30"}, log=log / "no" / "folder")

        assert get(weather) == 429


@pytest.mark.parametrize(
    "address, sentence",
    [
        pytest.param("http://192.0.2.1", "is not on this machine", id="elsewhere"),
        pytest.param("https://127.0.0.1", "must begin with http://", id="https"),
        pytest.param("http://127.0.0.1/api", "without a path", id="path"),
        pytest.param("http://127.0.0.1:x", "is no URL", id="port"),
    ],
)
def test_faults_are_for_this_machine_alone(log: Path, address: str, sentence: str) -> None:
    """INVARIANT: an upstream that is not this machine's own is refused with a sentence."""
    with (
        pytest.raises(ChildError, match=f"did not start: .*{sentence}"),
        blowing(address, {}, log=log),
    ):
        pytest.fail("it started")
