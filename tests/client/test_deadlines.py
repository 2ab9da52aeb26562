"""The call's own deadline against servers that are slow in every way: it holds in each world.

httpx2's time-outs hold for a single read, so that none of these servers would ever meet them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpcore2
import httpx2
import pytest

from redhanded import DeadlineExceeded
from redhanded.client.streams import UNDER_WAY, AsyncDeadlineStream, DeadlineStream
from redhanded.core.attempt import Phase
from redhanded.pipeline.call import Timeline
from tests.client.worlds import TWO_WORLDS, WORLDS, Caller, call
from tests.servers import raw
from tests.servers.fixtures import StartRaw

TOTAL = 0.3
AMPLE = 5.0  # seconds in which a deadline of 0.3 must have struck, also on a busy machine
HURRIED: dict[str, Any] = {"timeouts": {"connect": TOTAL, "total": TOTAL}}


@dataclass(frozen=True, slots=True)
class Slow:
    """A server that takes too long, and the phase in which the deadline finds the call."""

    script: raw.Script
    phase: Phase
    scheme: str = "http"
    options: dict[str, Any] = field(default_factory=dict)


SLOW = [
    pytest.param(Slow(raw.silent(), Phase.WAIT), id="silent"),
    pytest.param(Slow(raw.slow_headers(), Phase.WAIT), id="headers-drip"),
    pytest.param(Slow(raw.slow_body(), Phase.READ), id="body-drips"),
    pytest.param(Slow(raw.slow_body(size=64, every=0.05), Phase.READ), id="body-trickles"),
    pytest.param(Slow(raw.stall_in_body(), Phase.READ), id="body-stalls"),
    pytest.param(Slow(raw.black_hole(), Phase.TLS, "https"), id="handshake-hangs"),
    pytest.param(
        Slow(raw.black_hole(), Phase.SEND, options={"content": b"x" * (16 << 20)}),
        id="upload-hangs",
    ),
]


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("slow", SLOW)
def test_the_deadline_holds(slow: Slow, world: str, raw_server: StartRaw) -> None:
    """INVARIANT: no call outlives its deadline, however a server spreads its bytes."""
    server = raw_server(slow.script)
    began = time.monotonic()

    ended = Caller(world)(
        server.url.replace("http", slow.scheme), call("PUT", "/", **slow.options), **HURRIED
    )

    assert isinstance(ended.error, DeadlineExceeded)
    assert TOTAL * 0.9 <= time.monotonic() - began < AMPLE
    [attempt] = ended.attempts
    assert attempt.failure is not None
    assert (attempt.row, attempt.failure.phase) == ("deadline", slow.phase)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(
    "timeout",
    [
        pytest.param(None, id="none"),
        pytest.param(60.0, id="a-minute"),
        pytest.param(httpx2.Timeout(None), id="none-at-all"),
    ],
)
def test_no_timeout_of_a_call_outlives_its_deadline(
    timeout: object, world: str, raw_server: StartRaw
) -> None:
    """`timeout=None` means for ever in httpx2, and the deadline here."""
    server = raw_server(raw.silent())

    ended = Caller(world)(server.url, call("GET", "/", timeout=timeout), **HURRIED)

    assert isinstance(ended.error, DeadlineExceeded)
    assert len(server.requests) == 1


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_second_attempt_gets_what_is_left(world: str, raw_server: StartRaw) -> None:
    """The deadline is the call's, and not an attempt's."""
    server = raw_server(raw.answer(503, headers=[("Retry-After", "29")]), raw.silent())
    began = time.monotonic()

    ended = Caller(world)(server.url, call("GET", "/"), timeouts={"total": 29 + TOTAL})

    assert isinstance(ended.error, DeadlineExceeded)
    assert ended.rows == ["unavailable_told", "deadline"]
    assert ended.pauses == [29.0]
    assert time.monotonic() - began < AMPLE  # the read timeout alone would be 10 seconds


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(
    "row, script",
    [
        pytest.param("unavailable", raw.answer(503), id="503"),
        pytest.param("throttled", raw.answer(429, headers=[("Retry-After", "20")]), id="429"),
    ],
)
def test_a_pause_that_would_outlive_the_deadline_is_not_made(
    row: str, script: raw.Script, world: str, raw_server: StartRaw
) -> None:
    """The answer at hand is worth more than a retry that cannot come in time."""
    server = raw_server(script, raw.answer())
    times = {"connect": 0.9, "total": 0.9}

    ended = Caller(world)(server.url, call("GET", "/"), timeouts=times)

    assert ended.rows == [row]
    assert ended.pauses == []
    assert "too long" in " ".join(ended.attempts[0].notes)


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_pauses_count_against_the_deadline(world: str, raw_server: StartRaw) -> None:
    """The second pause is weighed against what the first one left."""
    server = raw_server(raw.answer(429, headers=[("Retry-After", "20")]))

    ended = Caller(world)(server.url, call("GET", "/"))  # 30 seconds in all

    assert ended.pauses == [20.0]
    assert ended.rows == ["throttled"] * 2


@pytest.mark.parametrize("world", WORLDS)
def test_redirects_share_the_deadline(world: str, raw_server: StartRaw) -> None:
    """A chain of hops is one call: the hop that hangs gets what the others left."""
    server = raw_server(raw.redirect("/next"), raw.silent())

    ended = Caller(world)(server.url, call("GET", "/"), redirects=True, **HURRIED)

    assert isinstance(ended.error, DeadlineExceeded)
    assert ended.rows == ["redirect", "deadline"]


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_redirect_that_asks_for_too_long_a_pause(world: str, raw_server: StartRaw) -> None:
    """A redirect's Retry-After is heeded within the deadline; beyond it, the call says so."""
    headers = [("Location", "/next"), ("Retry-After", "31")]
    server = raw_server(raw.answer(302, b"", headers=headers))

    ended = Caller(world)(server.url, call("GET", "/"), redirects=True)

    assert isinstance(ended.error, DeadlineExceeded)
    assert "31.0 s" in str(ended.error)
    assert len(server.requests) == 1
    assert ended.pauses == []


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_the_next_call_has_its_own_deadline(world: str, raw_server: StartRaw) -> None:
    """A deadline that passed is over with its call, and its connection is used no more."""
    server = raw_server(raw.stall_in_body(), raw.answer())

    ended = Caller(world)(server.url, call("GET", "/"), call("GET", "/"), **HURRIED)

    assert ended.response.status_code == 200
    assert ended.rows == ["deadline", ""]
    assert not ended.attempts[1].reused


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_drip_in_time_is_whole(world: str, raw_server: StartRaw) -> None:
    """Slow is not broken: what comes within the deadline is read to its end."""
    whole = raw.message(body=b"ten bytes.")
    server = raw_server((raw.Read(), raw.Drip(whole, size=len(whole) - 5, every=0.01)))

    ended = Caller(world)(server.url, call("GET", "/"))

    assert ended.response.content == b"ten bytes."


@dataclass(slots=True)
class _Pieces:
    """What was handed over at once, with its timeout; each piece takes two seconds."""

    taken: list[tuple[int, float | None]] = field(default_factory=list)

    def now(self) -> float:
        return 2.0 * len(self.taken)


class _Wire(httpcore2.NetworkStream):
    def __init__(self, pieces: _Pieces) -> None:
        self._pieces = pieces

    def get_extra_info(self, info: str) -> None:
        return None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._pieces.taken.append((len(buffer), timeout))


class _AsyncWire(httpcore2.AsyncNetworkStream):
    def __init__(self, pieces: _Pieces) -> None:
        self._pieces = pieces

    def get_extra_info(self, info: str) -> None:
        return None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self._pieces.taken.append((len(buffer), timeout))


async def _upload(world: str, pieces: _Pieces, body: bytes) -> None:
    token = UNDER_WAY.set(Timeline(pieces.now, began=0.0, deadline=6.5))
    if world == "sync":
        DeadlineStream(_Wire(pieces), "").write(body, 3.0)
    else:
        await AsyncDeadlineStream(_AsyncWire(pieces), "").write(body, 3.0)
    UNDER_WAY.reset(token)


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_an_upload_that_goes_on(world: str) -> None:
    """The write timeout holds for a piece of a body, the deadline for all of them."""
    pieces = _Pieces()

    anyio.run(_upload, world, pieces, bytes(200_000))

    assert pieces.taken == [(65536, 3.0), (65536, 3.0), (65536, 2.5), (3392, 0.5)]
