from __future__ import annotations

import httpx2
import pytest

from redhanded.pipeline.routes import Routes
from redhanded.pipeline.table import ROWS
from tests.core.attempts import attempt
from tests.pipeline.driving import request
from tests.pipeline.failures import FAILURES, OK, REFUSED, answers
from tests.pipeline.retried import Made

KEY = {"Idempotency-Key": "5b1f"}

SAFE, UNSAFE, OTHER, DECLARED = range(4)
KINDS: dict[str, tuple[str, str, dict[str, str], int]] = {
    "GET": ("GET", "/payments", {}, SAFE),
    "HEAD": ("HEAD", "/payments", {}, SAFE),
    "OPTIONS": ("OPTIONS", "/payments", {}, SAFE),
    "PUT": ("PUT", "/payments", {}, UNSAFE),
    "DELETE": ("DELETE", "/payments", {}, UNSAFE),
    "TRACE": ("TRACE", "/payments", {}, UNSAFE),
    "POST": ("POST", "/payments", {}, OTHER),
    "PATCH": ("PATCH", "/payments", {}, OTHER),
    "POST with a key, undeclared": ("POST", "/orders", KEY, OTHER),
    "POST with a key": ("POST", "/payments", KEY, DECLARED),
    "PATCH with a key": ("PATCH", "/payments", KEY, DECLARED),
}

# How often each is sent in all: safe, idempotent, other, with a key on a declared route.
SENDS = {
    "refused": (3, 3, 3, 3),
    "dns_temporary": (3, 3, 3, 3),
    "dns_no_such_name": (1, 1, 1, 1),
    "certificate": (1, 1, 1, 1),
    "tls_handshake": (3, 3, 3, 3),
    "connect_timeout": (3, 3, 3, 3),
    "local": (1, 1, 1, 1),
    "upload_broken": (2, 2, 1, 2),
    "closed_reused": (2, 2, 1, 2),
    "closed_fresh": (2, 2, 1, 2),
    "read_timeout": (2, 2, 1, 2),
    "deadline": (1, 1, 1, 1),
    "cut_after_headers": (2, 1, 1, 1),
    "corrupt": (2, 1, 1, 1),
    "protocol": (1, 1, 1, 1),
    "request_timeout": (2, 2, 1, 2),
    "too_early": (2, 2, 2, 2),
    "throttled": (3, 3, 1, 3),
    "server_error": (1, 1, 1, 1),
    "not_supported": (1, 1, 1, 1),
    "gateway": (3, 3, 1, 3),
    "unavailable_told": (3, 3, 1, 3),
    "unavailable": (2, 2, 1, 2),
    "redirect": (1, 1, 1, 1),
    "unauthorised": (1, 1, 1, 1),
    "key_in_flight": (1, 1, 1, 1),  # a 409 like any other, unless an earlier attempt was lost
    "misdirected": (2, 2, 2, 2),
    "client_error": (1, 1, 1, 1),
    "expectation": (1, 1, 1, 1),
    "blocked": (1, 1, 1, 1),
    "cancelled": (1, 1, 1, 1),
}

# The waits of a GET at the most that chance can bring.
WAITS = {
    "refused": [0.05, 0.1],
    "dns_temporary": [0.2, 0.4],
    "tls_handshake": [0.05, 0.1],
    "connect_timeout": [0.05, 0.1],
    "upload_broken": [0.05],
    "closed_reused": [],
    "closed_fresh": [0.05],
    "read_timeout": [],
    "cut_after_headers": [0.05],
    "corrupt": [],
    "request_timeout": [0.05],
    "too_early": [],
    "throttled": [1.0, 2.0],
    "gateway": [0.2, 0.4],
    "unavailable_told": [7.0, 7.0],
    "unavailable": [1.0],
    "misdirected": [],
}


@pytest.mark.parametrize("key", SENDS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_request_is_sent_as_often_as_its_row_grants(kind: str, key: str) -> None:
    """INVARIANT: no failure is tried again more often, or less, than the catalogue says."""
    method, path, headers, column = KINDS[kind]
    made = Made(request(method, path, headers=headers))
    expected = SENDS[key][column]

    driven = made.by(*[FAILURES[key]] * expected)

    assert len(driven.sends) == len(made.call.attempts) == expected


def test_every_row_is_among_them() -> None:
    """None of the 31 goes untried, and each that is tried again has its waits."""
    assert set(SENDS) == set(FAILURES) == set(ROWS)
    assert {key for key, sends in SENDS.items() if sends[SAFE] > 1} == set(WAITS)


@pytest.mark.parametrize(
    "key", [key for key in FAILURES if key not in ("key_in_flight", "expectation")]
)
def test_each_failure_stands_in_the_ledger_by_its_row(key: str) -> None:
    """What these tests call a row is what the pipeline takes it for."""
    made = Made(request("POST"))

    made.by(*[FAILURES[key]] * SENDS[key][OTHER])

    assert {entry.row for entry in made.call.attempts} == {key}


@pytest.mark.parametrize("random", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("key", WAITS)
def test_each_row_waits_its_own_time(key: str, random: float) -> None:
    """Chance shortens a back-off, down to nothing; what the server said stands."""
    made = Made(random=random)
    share = 1.0 if ROWS[key].wait == "told" and key != "throttled" else random

    driven = made.by(*[FAILURES[key]] * SENDS[key][SAFE])

    assert driven.sleeps == pytest.approx([wait * share for wait in WAITS[key] if share])


def test_a_wait_stands_in_the_ledger_with_its_reason() -> None:
    """Whoever reads the evidence sees where the time went."""
    made = Made()

    made.by(REFUSED, FAILURES["throttled"], OK)

    assert [entry.wait for entry in made.call.attempts] == [
        (0.0, ""),
        (0.05, "retry after connection refused"),
        (1.0, "retry after 429"),
    ]


@pytest.mark.parametrize(
    "headers, sends, waits",
    [
        pytest.param([("Retry-After", "5")], 3, [5.0, 5.0], id="seconds"),
        pytest.param([("Retry-After", "0")], 3, [], id="at once"),
        pytest.param([("Retry-After", "60")], 3, [60.0, 60.0], id="the cap"),
        pytest.param([("Retry-After", "61")], 1, [], id="over the cap"),
        pytest.param([("Retry-After", "9" * 18)], 1, [], id="for ever"),
        pytest.param(
            [
                ("Retry-After", "Sun, 06 Nov 1994 08:49:57 GMT"),
                ("Date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ],
            3,
            [20.0, 20.0],
            id="a date",
        ),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_server_is_given_the_time_it_asks_for(
    status: int, headers: list[tuple[str, str]], sends: int, waits: list[float]
) -> None:
    """Up to a minute; a longer pause is refused, not shortened."""
    driven = Made(random=0.5).by(*[answers(status, *headers)] * sends)

    assert (driven.result.status_code, driven.sleeps) == (status, waits)


@pytest.mark.parametrize(
    "deadline, sends",
    [
        pytest.param(5.001, 2, id="time left"),
        pytest.param(5.0, 1, id="the very deadline"),
        pytest.param(2.0, 1, id="too late"),
    ],
)
def test_no_retry_outlives_the_deadline(deadline: float, sends: int) -> None:
    """INVARIANT: a call ends at its deadline; the attempt says why it was the last one."""
    made = Made(deadline=deadline)

    driven = made.by(*[answers(429, ("Retry-After", "5"))] * sends)

    assert driven.result.status_code == 429
    assert made.call.attempts[-1].notes[-1].startswith("no retry after 429: 5.0 s is too long")


def test_a_back_off_keeps_to_the_deadline_too() -> None:
    """An error is raised as it came when there is no time for the wait."""
    driven = Made(deadline=0.05).by(REFUSED)

    with pytest.raises(httpx2.ConnectError, match="it broke"):
        _ = driven.result


@pytest.mark.parametrize(
    "header, sends",
    [
        pytest.param(("Retry-After", "1"), 3, id="Retry-After"),
        pytest.param(("RateLimit", '"a";r=0;t=1'), 3, id="RateLimit"),
        pytest.param(("RateLimit", '"a";r=4;t=1'), 1, id="a quota that is not used up"),
        pytest.param(("Retry-After", "soon"), 1, id="garbage"),
    ],
)
def test_a_throttled_write_is_sent_again_only_when_told(
    header: tuple[str, str], sends: int
) -> None:
    """A server that says when to come back has not carried it out."""
    driven = Made(request("POST", "/orders")).by(*[answers(429, header)] * sends)

    assert len(driven.sends) == sends


@pytest.mark.parametrize(
    "setting, key, sends",
    [
        pytest.param("timeout408", "request_timeout", 2, id="408"),
        pytest.param("throttled", "throttled", 3, id="429"),
        pytest.param("unsafe_503", "unavailable_told", 3, id="503"),
    ],
)
def test_a_write_is_opted_in_by_its_route(setting: str, key: str, sends: int) -> None:
    """INVARIANT: a setting widens its own row, for its own routes, and nothing else."""
    opted_in = {"opted_in": {setting: Routes.of(["POST /orders"])}}

    for path, expected in [("/orders", sends), ("/refunds", 1)]:
        driven = Made(request("POST", path), options=opted_in).by(*[FAILURES[key]] * expected)
        assert len(driven.sends) == expected
    assert (
        len(Made(request("POST", "/orders"), options=opted_in).by(FAILURES["gateway"]).sends) == 1
    )


def lost(made: Made) -> Made:
    """The same call, of which an earlier attempt may have reached the server."""
    url = str(made.asked.url)
    made.call.attempts.append(attempt(row="gateway", status=502, url=url))
    return made


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_a_key_in_flight_is_waited_for(method: str) -> None:
    """Five more times, doubling up to five seconds, whatever chance says."""
    made = lost(Made(request(method, "/orders", headers=KEY), random=0.0))

    driven = made.by(*[answers(409)] * 6)

    assert driven.sleeps == [0.5, 1.0, 2.0, 4.0, 5.0]
    assert driven.result.status_code == 409


def test_a_key_in_flight_is_asked_for_until_it_is_settled() -> None:
    """The answer to the lost attempt is had by the same key."""
    made = lost(Made(request("POST", "/payments", headers=KEY)))

    driven = made.by(answers(409), answers(409), answers(201))

    assert driven.result.status_code == 201
    assert {send.request.headers["idempotency-key"] for send in driven.sends} == {"5b1f"}


def test_a_lost_write_may_find_its_key_in_flight_beyond_three_attempts() -> None:
    """Row 26 has a number of its own: the lost attempt does not use it up."""
    made = Made(request("POST", "/payments", headers=KEY))

    driven = made.by(FAILURES["gateway"], *[answers(409)] * 6)

    assert len(driven.sends) == 7


@pytest.mark.parametrize("headers", [{}, KEY], ids=["no key", "nothing lost"])
def test_any_other_409_stands(headers: dict[str, str]) -> None:
    """INVARIANT: a conflict is an answer, and it is the assertion's."""
    made = Made(request("POST", "/payments", headers=headers))

    assert made.by(answers(409)).result.status_code == 409


def test_failures_of_several_kinds_share_three_attempts() -> None:
    """A 503, then a refused connection, then the answer."""
    made = Made()

    driven = made.by(FAILURES["unavailable"], REFUSED, OK)

    assert driven.result.status_code == 200
    assert [entry.row for entry in made.call.attempts] == ["unavailable", "refused", ""]
    assert driven.sleeps == [1.0, 0.05]


@pytest.mark.parametrize("last", ["closed_fresh", "refused", "read_timeout", "connect_timeout"])
def test_the_third_failure_stands(last: str) -> None:
    """INVARIANT: three attempts in all, whatever they ended by."""
    driven = Made().by(FAILURES["unavailable"], REFUSED, FAILURES[last])

    with pytest.raises(httpx2.TransportError):
        _ = driven.result
