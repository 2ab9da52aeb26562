"""What a spool wrote is read back as it was, and what is of another type is none of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from random import Random
from typing import Any

import pytest

from redhanded.core.attempt import Failure, Phase, Wait
from redhanded.core.events import Examined, Stepped, Turned
from redhanded.core.exchange import Exchange
from redhanded.core.redaction import Redactor
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.reports.dossier.values import (
    Unreadable,
    body_of,
    exchange_of,
    findings_of,
    parsed,
    value_of,
)
from redhanded.reports.spool import line_of
from tests.core.attempts import attempt

LOST = Failure("refused", Phase.CONNECT, "ConnectError", "connection refused")


def record_of(**facts: Any) -> dict[str, Any]:  # noqa: ANN401  each fact has its type
    """The record of an exchange with these facts, as a reader gets it."""
    made: dict[str, Any] = json.loads(json.dumps(Redactor().exchange(attempt(**facts)).record()))
    return made


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({}, id="answered"),
        pytest.param({"failure": LOST, "status": None, "row": "refused"}, id="lost"),
        pytest.param({"wait": Wait(1.5, "Retry-After"), "notes": ("a", "b")}, id="waited"),
        pytest.param({"elapsed": 1, "marks": ((Phase.CONNECT, 0),)}, id="whole-seconds"),
    ],
)
def test_an_exchange_is_read_back_as_it_was(facts: dict[str, Any]) -> None:
    """INVARIANT: a report of the record says what one of the run itself would."""
    redactor = Redactor()
    exchange = redactor.exchange(attempt(**facts))

    again = exchange_of(json.loads(json.dumps(exchange.record())))

    assert again == exchange
    assert again.record() == exchange.record()


def test_what_later_versions_add_to_an_exchange_is_left_out() -> None:
    """An older reader shows what it knows."""
    record = record_of()

    assert exchange_of(record | {"later": 7}) == exchange_of(record)


@pytest.mark.parametrize("name", Exchange._fields)
@pytest.mark.parametrize(
    "value", [True, {"a": 1}, [[1, 2]], [7]], ids=["bool", "map", "list", "int"]
)
def test_an_exchange_of_other_types_is_none(name: str, value: object) -> None:
    """INVARIANT: who renders an exchange can rely on its types."""
    record = record_of()
    if type(record[name]) is type(value) and name in ("reused", "notes", "wait"):
        pytest.skip("that is its type")

    with pytest.raises(Unreadable):
        exchange_of(record | {name: value})


@pytest.mark.parametrize("name", Exchange._fields)
def test_an_exchange_that_lacks_a_field_is_none(name: str) -> None:
    """Nobody makes up what is not there."""
    record = record_of()
    del record[name]

    with pytest.raises(Unreadable):
        exchange_of(record)


EVENTS = [
    Stepped(test_id="a", id="1", parent="", name="call", at=1.0, seconds=2.0, error="no"),
    Examined(test_id="a", attempt_id="1", question="q", answer="a", speaks="api", asked=("2", "3")),
    Turned(origin="http://shop.test", state="open", epoch=2, at=1.0, reason="three of three"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_read_back_as_it_was(event: Stepped | Examined | Turned) -> None:
    """Also the lists in it, which JSON knows as one kind."""
    record = parsed(line_of(event).encode())

    assert record is not None
    assert value_of(type(event), record) == event


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(r'{"event":"noted","text":"\ud800"}', id="half-a-pair"),
        pytest.param(f'{{"event":"noted","text":{"[" * 500 + "]" * 500}}}', id="deep"),
        pytest.param('{"event":"noted","at":1e999,"text":NaN}', id="no-number"),
        pytest.param(f'{{"event":"a","event":"noted","at":{10**40}}}', id="twice-and-huge"),
        pytest.param('{"event":"noted","text":"\u2028\u202e\U0001f98a"} \n', id="unicode"),
    ],
)
def test_a_line_is_read_as_any_reader_of_json_does(line: str) -> None:
    """INVARIANT: how quickly a spool is read does not change what stands in it."""
    assert repr(parsed(line.encode())) == repr(json.loads(line))


def test_numbers_are_read_to_their_last_digit() -> None:
    """Times of a report are those of the run; a float is written as briefly as it can be."""
    random = Random(7)
    numbers = [random.uniform(0, 1) * 10 ** random.randrange(-12, 12) for _ in range(2_000)]

    assert parsed(json.dumps({"event": "e", "n": numbers}).encode()) == {"event": "e", "n": numbers}


@pytest.mark.parametrize(
    "line",
    [b"", b'{"event":"noted"', b'{"event":"noted"}{}', b'{"event":"\xff"}', b"[" * 100_000, b"[]"],
    ids=["empty", "cut", "two", "no-utf-8", "endless", "list"],
)
def test_a_line_without_an_event_is_none(line: bytes) -> None:
    """A kill tears lines, and disks make up bytes."""
    assert parsed(line) is None


def test_an_event_that_lacks_a_field_is_none() -> None:
    """Nobody makes up what is not there."""
    with pytest.raises(Unreadable):
        value_of(Stepped, {"test_id": "a"})


def test_findings_are_read_back_and_what_is_none_is_left_out() -> None:
    """One that makes no sense does not take the others with it."""
    violation = Violation("status", "status", "200", "404", level="warning")
    finding = Finding(Verdict.DEFECT, "status", "m", "a1", (violation,), ("fact",), "certain")
    record = json.loads(json.dumps(asdict(finding)))

    assert findings_of([record, {"verdict": "odd"}, 7, record]) == (finding, finding)
    assert findings_of(None) == ()


@pytest.mark.parametrize("record", [None, 7, {"kind": 7}], ids=["none", "number", "types"])
def test_a_body_of_other_types_is_none(record: object) -> None:
    """Nothing is shown rather than something odd."""
    assert body_of(record) is None
