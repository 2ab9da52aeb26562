from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import pytest

from redhanded.core.attempt import Failure, Phase, Wait
from redhanded.core.exchange import VERSION, Body, Exchange
from redhanded.core.redaction import Redactor
from tests.core.attempts import attempt

KEYS = [
    "v",
    "id",
    "trace_id",
    "call_id",
    "number",
    "purpose",
    "method",
    "url",
    "request_headers",
    "request_size",
    "status",
    "http_version",
    "response_headers",
    "response_size",
    "body_digest",
    "row",
    "failure",
    "started_at",
    "elapsed",
    "marks",
    "reused",
    "wait",
    "peer",
    "bucket",
    "epoch",
    "notes",
]


def exchange(**facts: object) -> Exchange:
    """The exchange of an ordinary attempt with these facts."""
    return Redactor(key=b"run").exchange(attempt(**facts))


def test_a_record_has_the_same_keys_in_every_case() -> None:
    """INVARIANT: the keys of a record are an interface; a change of them raises the version."""
    answered = exchange().record()
    failed = exchange(
        status=None, response_body=None, failure=Failure("1", Phase.CONNECT, "ConnectError", "")
    ).record()

    assert VERSION == 1
    assert list(answered) == KEYS
    assert list(failed) == KEYS


def test_a_record_survives_json() -> None:
    """A record holds JSON values only, so that what is read back equals what was written."""
    record = exchange(
        request_body=b"{}",
        row="7",
        failure=Failure("7", Phase.READ, "ReadTimeout", "no byte in 10 s"),
        wait=Wait(0.5, "Retry-After"),
        peer="127.0.0.1:8000",
        bucket=12.5,
        epoch=3,
        notes=("the clock is an hour off",),
    ).record()

    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_a_record_tells_the_facts_of_the_attempt() -> None:
    """Facts that are no secrets reach the record unchanged."""
    record = exchange(
        method="POST",
        request_body=b"12345",
        sent=(("Accept", "*/*"),),
        received=(("Content-Type", "application/json"), ("X-Build", "1.4.2")),
        response_body=b'{"id":70}',
        wait=Wait(0.5, "Retry-After"),
        row="12",
        peer="127.0.0.1:8000",
        bucket=12.5,
        epoch=3,
    ).record()

    assert record | {"body_digest": ""} == {
        "v": 1,
        "id": "00f067aa0ba902b7",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "call_id": "b9c7c989f97918e1",
        "number": 1,
        "purpose": "test",
        "method": "POST",
        "url": "http://127.0.0.1:8000/booking/7",
        "request_headers": [["Accept", "*/*"]],
        "request_size": 5,
        "status": 200,
        "http_version": "HTTP/1.1",
        "response_headers": [["Content-Type", "application/json"], ["X-Build", "1.4.2"]],
        "response_size": 9,
        "body_digest": "",
        "row": "12",
        "failure": None,
        "started_at": 1_700_000_000.25,
        "elapsed": 0.125,
        "marks": [["connect", 0.0], ["wait", 0.01], ["done", 0.125]],
        "reused": False,
        "wait": {"seconds": 0.5, "reason": "Retry-After"},
        "peer": "127.0.0.1:8000",
        "bucket": 12.5,
        "epoch": 3,
        "notes": [],
    }


def test_a_failure_is_told_with_its_row_and_phase() -> None:
    """A record of a failed attempt says where it failed, and in what words."""
    failure = Failure("4", Phase.TLS, "ConnectError", "certificate verify failed")

    record = exchange(status=None, response_body=None, failure=failure).record()

    assert record["status"] is None
    assert record["response_size"] == 0
    assert record["failure"] == {
        "row": "4",
        "phase": "tls",
        "error": "ConnectError",
        "message": "certificate verify failed",
    }


def test_an_exchange_cannot_be_changed() -> None:
    """INVARIANT: evidence is frozen."""
    seen = exchange()

    with pytest.raises(AttributeError):
        seen.status = 500  # type: ignore[misc]


def test_a_body_cannot_be_changed() -> None:
    """INVARIANT: evidence is frozen, bodies too."""
    body = Body("text", "fine", 4, "")

    with pytest.raises(FrozenInstanceError):
        body.text = "changed"  # type: ignore[misc]


def test_a_body_becomes_json_values() -> None:
    """A body's record holds its kind, text, size, digest and whether it was cut."""
    body = Body("json", '{"id":7}', 8, "ab12", truncated=True)

    assert body.record() == {
        "kind": "json",
        "text": '{"id":7}',
        "size": 8,
        "digest": "ab12",
        "truncated": True,
    }


def test_equal_answers_of_a_run_have_equal_digests() -> None:
    """Within a run, a digest tells whether two answers were the same."""
    redactor = Redactor(key=b"run")

    first, same, other = (
        redactor.exchange(attempt(response_body=body)).body_digest for body in (b"a", b"a", b"b")
    )

    assert first == same
    assert first != other


@pytest.mark.parametrize("place", [0, 5_000, 29_999_999], ids=["start", "piece", "end"])
def test_a_large_body_is_told_apart_by_its_pieces(place: int) -> None:
    """A digest of 30 MB reads its start, its end, its length and pieces between, not all of it."""
    redactor = Redactor(key=b"run")
    body = bytearray(30_000_000)
    before = redactor.digest(bytes(body))
    body[place] = 1

    assert redactor.digest(bytes(body)) != before
    assert redactor.digest(bytes(30_000_001)) != before
    assert redactor.digest(bytes(30_000_000)) == before


def test_a_digest_cannot_be_guessed_without_the_run_s_key() -> None:
    """INVARIANT: a digest of a body with a secret is of no use to find the secret by trying."""
    body = b'{"pin":"1234"}'

    digests = {Redactor(key=key).digest(body) for key in (b"one", b"two", None, None)}

    assert len(digests) == 4


def test_a_key_may_have_any_length() -> None:
    """A run's key is taken as it is, also when it is longer than the hash allows."""
    assert Redactor(key=b"k" * 200).digest(b"") != Redactor(key=b"k" * 201).digest(b"")
