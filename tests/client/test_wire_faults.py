"""Faults on the wire, one row of the retry table after the other, in both worlds."""

from __future__ import annotations

import gzip
import ssl
from functools import cache

import anyio
import httpx2
import pytest

from redhanded import BodyCorrupt
from redhanded.client.client import open_async_client, open_client
from redhanded.core.attempt import Phase
from redhanded.core.settings import Settings
from redhanded.pipeline.call import Scope
from redhanded.pipeline.table import ROWS
from tests.client.wire_faults import AUTHORITY, FAULTS, METHODS, Fault
from tests.client.worlds import TWO_WORLDS, WORLDS, Caller, Ended, call
from tests.real.driving import Call
from tests.servers import raw
from tests.servers.fixtures import StartRaw

BY_NAME = {fault.name: fault for fault in FAULTS}
FOR_TRIO = ("tls-hang", "read-timeout", "gzip-cut")
EVERY = [fault.param for fault in FAULTS]
HEALING = [fault.param for fault in FAULTS if fault.heals]


def _asked(fault: Fault, method: str) -> Call:
    options = dict(fault.options)
    return call(method, options.pop("path", "/thing"), **options)


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=AUTHORITY.cert_pem.bytes().decode())


def _caller(world: str) -> Caller:
    return Caller(world, _trust())


def _ledger(ended: Ended) -> list[tuple[str, Phase | None, bool, int]]:
    return [
        (
            attempt.row,
            attempt.failure.phase if attempt.failure else None,
            attempt.reused,
            attempt.number,
        )
        for attempt in ended.attempts
    ]


def _hold(fault: Fault, method: str, world: str) -> None:
    attempts = fault.attempts(method)
    with fault.at() as place:
        ended = _caller(world)(place.url, _asked(fault, method), **fault.settings)

        assert isinstance(ended.error, fault.error), repr(ended.error)
        assert place.reached(fault.arrived(method)) == [method] * fault.arrived(method)
    assert _ledger(ended) == [
        # Only what is safe rides on a connection that carried something before.
        (fault.row, fault.phase, fault.kept and number > 1, number)
        for number in range(1, attempts + 1)
    ]
    assert ended.pauses == fault.pauses(method)


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", EVERY)
def test_a_fault_is_told_and_recorded(fault: Fault, method: str, world: str) -> None:
    """INVARIANT: a write of which the server may have seen a byte is never sent a second time."""
    _hold(fault, method, world)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", FOR_TRIO)
def test_a_fault_under_trio(name: str, method: str) -> None:
    """A fault is the same in the third world."""
    _hold(BY_NAME[name], method, "trio")


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", HEALING)
def test_a_fault_that_passes(fault: Fault, method: str, world: str) -> None:
    """What may be sent again gets the good answer, and the ledger keeps the fault beside it."""
    with fault.at(raw.answer()) as place:
        ended = _caller(world)(place.url, _asked(fault, method), **fault.settings)

        whole = ended.attempts[-1].number - (not fault.reaches)
        assert place.reached(whole) == [method] * whole
    if fault.attempts(method) > 1:
        assert ended.response.status_code == 200
        assert ended.rows == [fault.row, ""]
    else:
        assert isinstance(ended.error, fault.error)
        assert ended.rows == [fault.row]


def test_every_row_of_the_wire_is_met() -> None:
    """The list leaves out no row from 1 to 15; row 9 has a test of its own below."""
    met = {ROWS[fault.row].number for fault in FAULTS}

    assert met == set(range(1, 16)) - {9}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param(raw.keep_alive_race(), id="closed"),
        pytest.param(raw.keep_alive_reset(), id="reset"),
    ],
)
def test_a_lost_race_that_is_no_race(spoiled: raw.Script, world: str, raw_server: StartRaw) -> None:
    """A request that is lost on a used connection and then on fresh ones was not unlucky."""
    server = raw_server(spoiled, raw.no_answer())

    ended = Caller(world)(server.url, call("GET", "/"), call("GET", "/"))

    assert isinstance(ended.error, httpx2.RemoteProtocolError)
    assert _ledger(ended)[1:] == [
        ("closed_reused", Phase.WAIT, True, 1),
        ("closed_fresh", Phase.WAIT, False, 2),
        ("closed_fresh", Phase.WAIT, False, 3),
    ]


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_bytes_after_the_end_of_gzip(world: str, raw_server: StartRaw) -> None:
    """What follows a compressed body inside its frame is not dropped in silence."""
    server = raw_server(raw.coded("gzip", gzip.compress(raw.DOCUMENT, mtime=0) + b"and more"))

    ended = Caller(world)(server.url, call("GET", "/"))

    assert isinstance(ended.error, BodyCorrupt)
    assert "8 bytes follow the end of the gzip stream" in str(ended.error)
    assert ended.rows == ["corrupt"] * 2


@pytest.mark.parametrize("world", TWO_WORLDS)
@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.gzip_of_two_members(), id="gzip-of-two-members"),
        pytest.param(raw.chunked(raw.DOCUMENT[:9], raw.DOCUMENT[9:]), id="chunked"),
        pytest.param(raw.close_delimited(), id="close-delimited"),
        pytest.param(raw.coded("br", raw.brotli(raw.DOCUMENT)), id="brotli"),
        pytest.param(raw.unknown_coding(), id="unknown-coding"),
    ],
)
def test_what_is_unusual_and_whole(script: raw.Script, world: str, raw_server: StartRaw) -> None:
    """An answer that keeps to HTTP is no fault, however rare its form."""
    ended = Caller(world)(raw_server(script).url, call("GET", "/"))

    assert ended.response.content == raw.DOCUMENT
    assert ended.rows == [""]


def _settings(url: str) -> Settings:
    impatient = {"connect": 0.1, "pool": 0.1}
    return Settings.model_validate({"base_url": url, "connections": 1, "timeouts": impatient})


def _starved(url: str) -> Scope:
    scope = Scope()
    with (
        open_client(_settings(url), scope=scope) as client,
        client.stream("GET", "/"),
        pytest.raises(httpx2.PoolTimeout),
    ):
        client.get("/")
    return scope


async def _starved_async(url: str) -> Scope:
    scope = Scope()
    async with open_async_client(_settings(url), scope=scope) as client, client.stream("GET", "/"):
        with pytest.raises(httpx2.PoolTimeout):
            await client.get("/")
    return scope


@pytest.mark.parametrize("world", WORLDS)
def test_no_connection_is_free(world: str, raw_server: StartRaw) -> None:
    """A pool that the test itself has used up is the test's matter: once, and never sent."""
    server = raw_server(raw.answer())

    blocking = world == "sync"
    scope = (
        _starved(server.url) if blocking else anyio.run(_starved_async, server.url, backend=world)
    )

    [_, starved] = scope.attempts
    assert starved.failure is not None
    assert (starved.row, starved.failure.phase, starved.number) == ("local", Phase.POOL, 1)
    assert len(server.requests) == 1
