"""What spools tell of tests: attempts as lines, what weather took, and earlier rounds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.attempt import NO_WAIT, Attempt, Failure, Phase, Wait
from redhanded.core.events import AttemptEnded, Event, TestEnded, TestStarted
from redhanded.core.redaction import Redactor
from redhanded.core.verdicts import Finding, Verdict
from redhanded.reports.dossier.case import Round
from redhanded.reports.dossier.reading import read
from redhanded.reports.rounds import Lost, earlier, lines, lost
from redhanded.reports.spool import Spool

HOME = "http://api.test"
AT = 3600.25  # 01:00:00.250 on the first day that clocks know
REFUSED = Failure("refused", Phase.CONNECT, "ConnectError", "connection refused")


def started(round_: int = 0) -> TestStarted:
    """The test begins."""
    return TestStarted("test_a", f"trace{round_}", AT, round_)


def tried(call: str = "c1", **fields: Any) -> AttemptEnded:  # noqa: ANN401  an attempt's
    """An attempt of the test: a GET that is answered 200 within 20 ms, unless it says otherwise."""
    told: dict[str, Any] = {
        "id": "a",
        "trace_id": "t",
        "call_id": call,
        "number": 1,
        "purpose": "test",
        "method": "GET",
        "url": f"{HOME}/x",
        "raw_request_headers": (),
        "request_body": None,
        "started_at": AT,
        "elapsed": 0.02,
        "marks": (),
        "reused": False,
        "status": 200,
        "wait": NO_WAIT,
    }
    return AttemptEnded("test_a", Redactor().exchange(Attempt(**(told | fields))))


def refused(call: str = "c1") -> AttemptEnded:
    """An attempt that found nobody listening."""
    return tried(call, status=None, failure=REFUSED, row="refused")


def ended(*findings: Finding, verdict: Verdict | None = Verdict.PASS) -> TestEnded:
    """The test is over, with this verdict or that of its first finding."""
    return TestEnded(
        test_id="test_a",
        trace_id="t",
        at=AT,
        seconds=1.0,
        verdict=findings[0].verdict if findings else verdict,
        findings=findings,
        attempts=1,
        calls=1,
        checks=1,
        bodies={},
    )


def rounds_of(folder: Path, *events: Event) -> Sequence[Round]:
    """What a spool with these events tells of the test."""
    (folder / "spool").mkdir()
    spool = Spool(folder / "spool" / "gw0.ndjson", complain=pytest.fail)
    for event in events:
        spool(event)
    spool.close()
    (case,) = read([folder]).cases()
    return case.rounds


@pytest.mark.parametrize(
    "attempt, line",
    [
        pytest.param(tried(), "GET /x -> 200 in 20 ms", id="answered"),
        pytest.param(refused(), "GET /x -> no answer (phase connect) in 20 ms", id="failed"),
        pytest.param(
            tried(wait=Wait(1.5, "Retry-After")),
            "GET /x -> 200 in 20 ms, after 1.50 s (Retry-After)",
            id="waited",
        ),
        pytest.param(tried(purpose="canary"), "GET /x -> 200 in 20 ms, canary", id="canary"),
        pytest.param(tried(url=f"{HOME}?a=1"), "GET /?a=1 -> 200 in 20 ms", id="query"),
        pytest.param(
            tried(url="https://other.test/x"),
            "GET https://other.test/x -> 200 in 20 ms",
            id="elsewhere",
        ),
    ],
)
def test_an_attempt_is_a_line(tmp_path: Path, attempt: AttemptEnded, line: str) -> None:
    """When, what was asked, what came of it, how long it took; its purpose, its wait and why."""
    rounds = rounds_of(tmp_path, started(), attempt, ended())

    assert [*lines(rounds, HOME)] == [f"01:00:00.250Z {line}"]


def test_of_many_attempts_the_last_are_told(tmp_path: Path) -> None:
    """A test that polls for an hour does not fill the file."""
    rounds = rounds_of(tmp_path, started(), *(tried() for _ in range(60)), ended())

    told = [*lines(rounds)]
    assert told[0] == "... 10 attempts before"
    assert len(told) == 51


def test_an_attempt_is_lost_where_its_call_went_on(tmp_path: Path) -> None:
    """What weather took was made good by another attempt of the same call."""
    rounds = rounds_of(tmp_path, started(), refused(), refused(), tried(), tried("c2"), ended())

    line = "01:00:00.250Z GET /x -> no answer (phase connect) in 20 ms"
    said = "connection refused: GET /x -> no answer (phase connect) in 20 ms"
    assert lost(rounds, HOME) == [Lost("net.refused", said, line)] * 2


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([refused()], id="last-of-its-call"),
        pytest.param([refused("c1"), tried("c2")], id="another-call"),
        pytest.param([tried(status=404), tried()], id="no-weather"),
    ],
)
def test_nothing_is_lost_where_no_attempt_made_it_good(tmp_path: Path, events: list[Event]) -> None:
    """How a call ended is its result; an answer is no weather."""
    assert lost(rounds_of(tmp_path, started(), *events, ended())) == []


def test_a_test_that_lost_much_tells_the_first_of_it(tmp_path: Path) -> None:
    """Twenty lost attempts say what the next hundred would."""
    events: list[Event] = [event for n in range(30) for event in (refused(str(n)), tried(str(n)))]

    assert len(lost(rounds_of(tmp_path, started(), *events, ended()))) == 20


def test_an_earlier_round_is_told_by_what_kept_it_from_its_verdict(tmp_path: Path) -> None:
    """INVARIANT: a later success does not erase what was seen before."""
    finding = Finding(Verdict.INCONCLUSIVE, "net.refused", "nobody listens", evidence=("a", "b"))

    rounds = rounds_of(
        tmp_path, started(0), refused(), ended(finding), started(1), tried(), ended()
    )

    told = "INCONCLUSIVE net.refused: nobody listens"
    assert earlier(rounds) == [Lost("net.refused", told, "a\nb")]
    assert lost(rounds[-1:]) == []
    assert len([*lines(rounds)]) == 2


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.RECOVERED, None])
def test_an_earlier_round_that_held_took_nothing(tmp_path: Path, verdict: Verdict | None) -> None:
    """A test may be run twice because somebody wants it so."""
    events: list[Event] = [started(0), ended(verdict=verdict), started(1), ended()]

    assert earlier(rounds_of(tmp_path, *events)) == []
