"""What telemetry may never do: cost a verdict, hold a run up, or count what is no test."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from typing import Any

import pytest

from redhanded.core.errors import UsageError
from redhanded.core.events import Event, Reported
from redhanded.core.settings import Settings
from redhanded.session.telemetry import Guarded, Silence, Telling, telemetry_of
from redhanded.session.telemetry_flush import Flush
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.session.traced import NOON, Traced, apart, ended, mask

REPORTED = Reported(
    test_id="test_a", worker="main", at=NOON, seconds=1.0, outcome="failure", kind="defect",
    code="status",
)  # fmt: skip


def telling(notes: list[str]) -> Telling:
    """What a session tells its telemetry."""
    return Telling("shop", "run1", lambda: NOON, mask, notes.append)


class Broken(Silence):
    """A tracer that fails at whatever it is asked."""

    def begin(self, _test_id: str, _round: int) -> str:
        raise OSError("no backend")

    def __call__(self, event: Event) -> None:
        raise ValueError("closed")


def test_nothing_is_made_where_nobody_asks() -> None:
    """INVARIANT: without the setting nothing of OpenTelemetry is asked for."""
    assert telemetry_of(Settings(), telling([]), is_told=False, trace={}) is None


def test_an_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says what to install."""
    monkeypatch.delitem(sys.modules, "redhanded.session.telemetry_spans", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)

    with pytest.raises(UsageError, match=r"pip install 'redhanded\[otel\]'"):
        telemetry_of(Settings(telemetry=True), telling([]), is_told=False, trace={})


def test_a_tracer_that_fails_is_left_alone_after_one_note() -> None:
    """INVARIANT: no fault of a tracer reaches a test."""
    notes: list[str] = []
    guarded = Guarded(Broken(), notes.append)

    assert guarded.begin("test_a", 0) == ""
    guarded(ended("a" * 32))
    guarded.flush()

    assert len(notes) == 1
    assert "telemetry broke (OSError: no backend)" in notes[0]
    assert guarded.open("a" * 32, "GET") is None
    assert guarded.carrier() == {}


def test_an_exporter_that_hangs_is_waited_for_once() -> None:
    """A backend that is away costs a run a bounded time, however often it ends something."""
    until, notes, asked = threading.Event(), list[str](), list[int]()

    class Hanging:
        def force_flush(self, milliseconds: int) -> None:
            asked.append(milliseconds)
            until.wait()

    flush = Flush(lambda: [Hanging()], notes.append, seconds=0.01)
    flush()
    flush()
    until.set()

    assert asked == [10]
    assert [note.partition(";")[0] for note in notes] == [
        "telemetry: not all was exported within 0.01 s"
    ]


def test_an_exporter_that_fails_is_named_once() -> None:
    """What it said is in the note."""
    notes: list[str] = []

    class Failing:
        def force_flush(self, _milliseconds: int) -> None:
            raise OSError("no route")

    flush = Flush(lambda: [object(), Failing()], notes.append)
    flush()
    flush()

    assert len(notes) == 1
    assert "nothing was exported (OSError: no route)" in notes[0]


@pytest.mark.parametrize(
    "changes, counted",
    [
        pytest.param({}, [({"redhanded.verdict": "defect", "redhanded.cause": "status"}, 1)]),
        pytest.param({"kind": "pass", "code": ""}, [({"redhanded.verdict": "pass"}, 1)]),
        pytest.param({"kind": "pytest.skip"}, []),
        pytest.param({"is_parked": True}, []),
        pytest.param({"is_beside": True}, []),
    ],
    ids=["defect", "pass", "skipped", "parked", "beside-tests"],
)
def test_each_test_is_counted_once_by_its_verdict(
    changes: dict[str, Any], counted: list[tuple[dict[str, str], int]]
) -> None:
    """A round that is run again, and a finding on the run, are no tests."""
    traced = Traced()

    traced.tracing(replace(REPORTED, **changes))

    points = traced.points("redhanded.verdicts")
    assert [(told, point.value) for told, point in points] == counted


def test_each_attempt_is_measured(raw_server: StartRaw) -> None:
    """By method, host and status, never by address: a backend keeps a series for each."""
    server, traced = raw_server(raw.answer(), raw.answer(404)), Traced()

    with apart(), traced.client(server.url, traced.scope()) as api:
        api.get("/orders/7?page=1")
        api.get("/orders/8")

    points = traced.points("http.client.request.duration")
    assert sorted(told["http.response.status_code"] for told, _ in points) == [200, 404]
    assert [point.count for _, point in points] == [1, 1]
    assert not any("/orders/7" in f"{told}" for told, _ in points)
