"""Statuses that the retry table knows, rows 16 to 28, answered by a server in both worlds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from redhanded.pipeline.table import ROWS
from tests.client.worlds import TWO_WORLDS, WORLDS, Caller, call
from tests.servers import raw
from tests.servers.fixtures import StartRaw

METHODS = ("GET", "DELETE", "POST")
AFTER_7_S = (("Retry-After", "7"),)
WAITING = (("RateLimit", '"default";r=0;t=3'),)
ROUTE = ("POST /thing",)
KEY = {"Idempotency-Key": "key-1"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status that the server goes on sending, and what must come of it.

    `sent` counts the attempts for GET, DELETE and POST; `pauses` are those of the call that takes
    most attempts. `fresh` says whether each attempt takes a connection of its own.
    """

    status: int
    row: str
    sent: tuple[int, int, int]
    pauses: tuple[float, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    fresh: bool = False
    note: str = ""

    @property
    def script(self) -> raw.Script:
        """The answer."""
        return raw.answer(self.status, b"{}", headers=self.headers)

    def __str__(self) -> str:
        return "-".join([str(self.status), *(f"{value}" for _, value in self.headers)])


REFUSALS = [
    Refusal(408, "request_timeout", (2, 2, 1), (0.05,), fresh=True),
    Refusal(425, "too_early", (2, 2, 2)),
    Refusal(429, "throttled", (3, 3, 1), (1.0, 2.0)),
    Refusal(429, "throttled", (3, 3, 3), (7.0, 7.0), AFTER_7_S),
    Refusal(429, "throttled", (3, 3, 3), (3.0, 3.0), WAITING),
    Refusal(429, "throttled", (1, 1, 1), (), (("Retry-After", "61"),), note="too long"),
    Refusal(429, "throttled", (3, 3, 1), (1.0, 2.0), (("Retry-After", "soon"),), note="neither"),
    Refusal(500, "server_error", (1, 1, 1)),
    Refusal(500, "server_error", (1, 1, 1), (), AFTER_7_S),
    *(Refusal(status, "not_supported", (1, 1, 1)) for status in (501, 505, 506, 510)),
    *(Refusal(status, "gateway", (3, 3, 1), (0.2, 0.4)) for status in (502, 504, 520, 524)),
    Refusal(503, "unavailable_told", (3, 3, 1), (7.0, 7.0), AFTER_7_S),
    Refusal(503, "unavailable_told", (1, 1, 1), (), (("Retry-After", "61"),), note="too long"),
    Refusal(503, "unavailable", (2, 2, 1), (1.0,)),
    *(Refusal(status, "redirect", (1, 1, 1)) for status in (300, 301, 303, 307, 308)),
    Refusal(401, "unauthorised", (1, 1, 1)),
    Refusal(421, "misdirected", (2, 2, 2), fresh=True),
    *(Refusal(status, "client_error", (1, 1, 1)) for status in (400, 403, 404, 409, 418, 422)),
    Refusal(403, "client_error", (1, 1, 1), (), AFTER_7_S),
]
CASES = [pytest.param(refusal, id=str(refusal)) for refusal in REFUSALS]


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("refusal", CASES)
def test_a_status_that_stays(
    refusal: Refusal, method: str, world: str, raw_server: StartRaw
) -> None:
    """INVARIANT: a status is repeated as often as its row allows, and its last answer stands."""
    server = raw_server(refusal.script)
    attempts = refusal.sent[METHODS.index(method)]

    ended = Caller(world)(server.url, call(method, "/thing"))

    assert ended.response.status_code == refusal.status
    assert [request.method for request in server.requests] == [method] * attempts
    assert ended.statuses == [refusal.status] * attempts
    assert ended.rows == [refusal.row] * attempts
    assert [attempt.number for attempt in ended.attempts] == list(range(1, attempts + 1))
    assert tuple(ended.pauses) == refusal.pauses[: attempts - 1]
    if method != "POST":  # to which some rows grant nothing anyway
        assert refusal.note in " ".join(ended.attempts[-1].notes)


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("refusal", CASES)
def test_a_status_that_passes(
    refusal: Refusal, method: str, world: str, raw_server: StartRaw
) -> None:
    """The answer to the second attempt is the call's, and the first stays in the ledger."""
    server = raw_server(refusal.script, raw.answer())
    is_repeated = refusal.sent[METHODS.index(method)] > 1

    ended = Caller(world)(server.url, call(method, "/thing"))

    assert ended.rows == ([refusal.row, ""] if is_repeated else [refusal.row])
    assert ended.response.status_code == (200 if is_repeated else refusal.status)
    assert ended.attempts[0].response_body == b"{}"
    on_one = method == "GET" and is_repeated and not refusal.fresh
    assert [attempt.reused for attempt in ended.attempts[1:]] == [on_one] * is_repeated


@dataclass(frozen=True, slots=True)
class Declared:
    """A write whose endpoint was declared to bear a repetition, and what must come of it."""

    setting: str
    status: int
    attempts: int
    headers: tuple[tuple[str, str], ...] = ()
    sent: Mapping[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize(
    "declared",
    [
        pytest.param(Declared("timeout408", 408, 2), id="408-opted-in"),
        pytest.param(Declared("throttled", 429, 3), id="429-not-executed"),
        pytest.param(Declared("unsafe_503", 503, 3, AFTER_7_S), id="503-opted-in"),
        pytest.param(Declared("unsafe_503", 503, 1), id="503-untold"),
        pytest.param(Declared("unsafe_503", 502, 1), id="502-by-the-503-setting"),
        pytest.param(Declared("keys", 502, 3, sent=KEY), id="502-keyed"),
        pytest.param(Declared("keys", 502, 1), id="502-declared-and-no-key"),
        pytest.param(Declared("keys", 500, 1, sent=KEY), id="500-keyed"),
    ],
)
def test_a_write_that_was_declared(declared: Declared, world: str, raw_server: StartRaw) -> None:
    """A declaration holds for its own row, and for no other."""
    server = raw_server(raw.answer(declared.status, b"{}", headers=declared.headers))

    ended = Caller(world)(
        server.url,
        call("POST", "/thing", json={"a": 1}, headers=declared.sent),
        retry={declared.setting: ROUTE},
    )

    assert ended.statuses == [declared.status] * declared.attempts
    assert [request.body for request in server.requests] == [b'{"a":1}'] * declared.attempts
    assert {request.header("Idempotency-Key") for request in server.requests} == {
        declared.sent.get("Idempotency-Key")
    }


@pytest.mark.parametrize("world", WORLDS)
def test_our_own_key_in_flight(world: str, raw_server: StartRaw) -> None:
    """Row 26: after a lost answer, 409 means that our first request is still at work."""
    server = raw_server(raw.reset_after_request(), raw.answer(409))

    ended = Caller(world)(server.url, call("POST", "/thing", headers=KEY), retry={"keys": ROUTE})

    assert ended.response.status_code == 409
    assert ended.rows == ["closed_fresh"] + ["key_in_flight"] * 6
    assert ended.pauses == [0.05, 0.5, 1.0, 2.0, 4.0, 5.0]
    assert {request.header("Idempotency-Key") for request in server.requests} == {"key-1"}


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_first_409_is_an_answer(world: str, raw_server: StartRaw) -> None:
    """Where nothing was lost before, 409 is the API's own word, key or no key."""
    server = raw_server(raw.answer(409))

    ended = Caller(world)(server.url, call("POST", "/thing", headers=KEY), retry={"keys": ROUTE})

    assert (ended.rows, len(server.requests)) == (["client_error"], 1)


@pytest.mark.parametrize("world", WORLDS)
def test_a_token_is_renewed_once(world: str, raw_server: StartRaw) -> None:
    """Row 25: a refused token is renewed once, also for a write, and both answers are kept."""
    issued = raw.answer_json({"token": "token-of-the-test"})
    server = raw_server(issued, raw.answer(401), issued, raw.answer(201), raw.answer(401))

    ended = Caller(world)(
        server.url,
        call("POST", "/thing"),
        auth={"kind": "login", "path": "/login", "body": {"user": "u"}, "token": "$.token"},
    )

    assert [request.path for request in server.requests] == ["/login", "/thing"] * 2
    assert [attempt.status for attempt in ended.attempts if attempt.purpose == "test"] == [401, 201]


@pytest.mark.parametrize("world", WORLDS)
def test_three_attempts_in_all(world: str, raw_server: StartRaw) -> None:
    """Several kinds of weather in one call share its attempts."""
    server = raw_server(raw.answer(503), raw.no_answer(), raw.answer(502), raw.answer())

    ended = Caller(world)(server.url, call("GET", "/thing"))

    assert ended.response.status_code == 502
    assert ended.rows == ["unavailable", "closed_reused", "gateway"]
    assert len(server.requests) == 3


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_body_that_is_gone_after_the_first_time(world: str, raw_server: StartRaw) -> None:
    """What a generator gave cannot be given again: its request goes out once."""
    server = raw_server(raw.answer(503), raw.answer())

    ended = Caller(world)(server.url, call("PUT", "/thing", content=_pieces(world)))

    assert (ended.statuses, len(server.requests)) == ([503], 1)
    assert server.requests[0].body == b"one two"


def _pieces(world: str) -> object:
    async def awaiting() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    return (piece for piece in (b"one ", b"two")) if world == "sync" else awaiting()


def test_every_row_of_a_status_is_met() -> None:
    """The lists leave out no row from 16 to 28; row 26 has a test of its own."""
    met = {ROWS[refusal.row].number for refusal in REFUSALS}

    assert met == set(range(16, 29)) - {26}
