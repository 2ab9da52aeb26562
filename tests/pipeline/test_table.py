from __future__ import annotations

import re
from dataclasses import fields
from typing import NamedTuple, get_args, get_type_hints

import pytest

from redhanded.pipeline.table import IDEMPOTENT_METHODS, ROWS, SAFE_METHODS, Row, read_rows


class Expected(NamedTuple):
    """A row as the catalogue has it: attempts, wait (kind, base, cap), verdict, breaker, flags."""

    idempotent: int
    other: int
    wait: tuple[str, float, float]
    verdict: str
    breaker: str
    flags: str = ""


NONE = ("none", 0.0, 5.0)


def jitter(base: float) -> tuple[str, float, float]:
    """Full jitter from a base of so many seconds."""
    return ("jitter", base, 5.0)


FLAGS = {field.name for field in fields(Row) if get_type_hints(Row)[field.name] is bool}

EXPECTED = {
    "01 refused": Expected(2, 2, jitter(0.05), "inconclusive", "fail", "weather"),
    "02 dns_temporary": Expected(2, 2, jitter(0.2), "inconclusive", "fail", "weather"),
    "03 dns_no_such_name": Expected(0, 0, NONE, "inconclusive", "fail", "weather"),
    "04 certificate": Expected(0, 0, NONE, "inconclusive", "none", "weather"),
    "05 tls_handshake": Expected(2, 2, jitter(0.05), "inconclusive", "fail", "weather"),
    "06 connect_timeout": Expected(2, 2, jitter(0.05), "inconclusive", "fail", "weather"),
    "07 local": Expected(0, 0, NONE, "test_bug", "none"),
    "08 upload_broken": Expected(
        1, 0, jitter(0.05), "inconclusive", "fail", "repeats reconcile weather"
    ),
    "09 closed_reused": Expected(1, 0, NONE, "inconclusive", "none", "fresh reconcile"),
    "10 closed_fresh": Expected(
        1, 0, jitter(0.05), "inconclusive", "fail", "repeats reconcile weather"
    ),
    "11 read_timeout": Expected(
        1, 0, NONE, "inconclusive", "fail", "repeats reconcile slow weather"
    ),
    "12 deadline": Expected(0, 0, NONE, "inconclusive", "slow", "repeats reconcile slow weather"),
    "13 cut_after_headers": Expected(
        1, 0, jitter(0.05), "inconclusive", "fail", "safe_only repeats reconcile weather"
    ),
    "14 corrupt": Expected(1, 0, NONE, "inconclusive", "none", "safe_only repeats weather"),
    "15 protocol": Expected(0, 0, NONE, "defect", "none"),
    "16 request_timeout": Expected(
        1, 0, jitter(0.05), "inconclusive", "none", "fresh repeats weather"
    ),
    "17 too_early": Expected(1, 1, NONE, "defect", "none", "weather"),
    "18 throttled": Expected(
        2, 0, ("told", 1.0, 60.0), "inconclusive", "none", "weather told_other"
    ),
    "19 server_error": Expected(0, 0, NONE, "defect", "none"),
    "20 not_supported": Expected(0, 0, NONE, "defect", "none"),
    "21 gateway": Expected(2, 0, jitter(0.2), "inconclusive", "fail", "repeats reconcile weather"),
    "22 unavailable_told": Expected(
        2, 0, ("told", 1.0, 60.0), "inconclusive", "fail", "repeats weather"
    ),
    "23 unavailable": Expected(1, 0, jitter(1.0), "inconclusive", "fail", "repeats weather"),
    "24 redirect": Expected(0, 0, NONE, "assertion", "none"),
    "25 unauthorised": Expected(1, 1, NONE, "assertion", "none"),
    "26 key_in_flight": Expected(5, 5, ("doubling", 0.5, 5.0), "inconclusive", "none", "weather"),
    "27 misdirected": Expected(1, 1, NONE, "defect", "none", "fresh weather"),
    "28 client_error": Expected(0, 0, NONE, "assertion", "none"),
    "29 expectation": Expected(0, 0, NONE, "defect", "none"),
    "30 blocked": Expected(0, 0, NONE, "inconclusive", "none", "weather"),
    "31 cancelled": Expected(0, 0, NONE, "none", "none"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_row_is_that_of_the_catalogue(name: str) -> None:
    """INVARIANT: what is tried again, after which wait and with what meaning is no accident."""
    row = ROWS[name[3:]]

    found = Expected(
        row.idempotent,
        row.other,
        (row.wait, row.base, row.cap),
        row.verdict,
        row.breaker,
        " ".join(
            field.name for field in fields(Row) if field.name in FLAGS and getattr(row, field.name)
        ),
    )

    assert (f"{row.number:02} {row.key}", found) == (name, EXPECTED[name])


def test_there_are_no_other_rows() -> None:
    """A failure is one of the 31, and they stand in the order of their numbers."""
    assert [f"{row.number:02} {key}" for key, row in ROWS.items()] == list(EXPECTED)


def test_a_write_that_may_have_been_carried_out_is_never_sent_again() -> None:
    """INVARIANT: a row whose effect is unknown grants no attempt to other requests."""
    assert {row.key for row in ROWS.values() if row.reconcile and row.other} == set()


def test_a_well_formed_wrong_answer_is_not_asked_for_again() -> None:
    """INVARIANT: a 500, an unsupported one and a broken expectation stand at once."""
    at_once = ("server_error", "not_supported", "protocol", "expectation", "client_error")

    assert [ROWS[key].idempotent + ROWS[key].other for key in at_once] == [0] * 5


def test_routes_are_opted_in_by_settings_of_their_own() -> None:
    """Three rows can be widened to declared writes, one is performed by authentication."""
    assert {row.key: row.opt_in for row in ROWS.values() if row.opt_in} == {
        "request_timeout": "timeout408",
        "throttled": "throttled",
        "unavailable_told": "unsafe_503",
    }
    assert [row.key for row in ROWS.values() if row.performed_by == "auth"] == ["unauthorised"]


def test_the_methods_are_those_of_the_standard() -> None:
    """RFC 9110, section 9.2: three safe ones are used, and three more are idempotent."""
    assert {"GET", "HEAD", "OPTIONS"} == SAFE_METHODS
    assert {*SAFE_METHODS, "PUT", "DELETE", "TRACE"} == IDEMPOTENT_METHODS


@pytest.mark.parametrize("name", ["wait", "verdict", "breaker", "performed_by"])
def test_every_word_is_one_that_the_code_knows(name: str) -> None:
    """A slip of the pen in the data file is found here, not by a call."""
    words = get_args(get_type_hints(Row)[name])

    assert {getattr(row, name) for row in ROWS.values()} <= set(words)


def test_every_row_speaks_to_people() -> None:
    """Its failure and its cause are words, and a cause is a code with dots at most."""
    assert [row.key for row in ROWS.values() if not row.failure.strip()] == []
    assert [row.key for row in ROWS.values() if not re.fullmatch(r"[a-z_.]+", row.cause)] == []


def test_a_success_after_weather_is_a_recovery() -> None:
    """INVARIANT: neither a lost race for a connection nor a wrong answer makes a test recovered."""
    assert {row.key for row in ROWS.values() if not row.is_weather} == {
        "local", "closed_reused", "protocol", "server_error", "not_supported", "redirect",
        "unauthorised", "client_error", "expectation", "cancelled",
    }  # fmt: skip


def test_an_unknown_column_is_refused() -> None:
    """A column that nobody reads would be a rule that nobody keeps."""
    with pytest.raises(TypeError, match="colour"):
        read_rows('[[row]]\nnumber = 1\nkey = "a"\ncolour = "red"\n')


def test_rows_cannot_be_changed() -> None:
    """INVARIANT: no test can loosen the table for the next one."""
    with pytest.raises(TypeError):
        ROWS["refused"] = ROWS["local"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        ROWS["refused"].other = 9  # type: ignore[misc]
