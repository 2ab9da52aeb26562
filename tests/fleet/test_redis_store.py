"""The store in a real Redis: what every store does, and what stands there of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
import redis

from redhanded.core.settings import Settings
from redhanded.fleet.redis_address import Address, redis_address
from redhanded.fleet.redis_scripts import script, scripts
from redhanded.fleet.redis_store import RedisStore
from redhanded.fleet.store import FleetUnavailable
from redhanded.pipeline.shared_gate import Turn
from tests.fleet.conformance import (
    ANN,
    BOB,
    CLEANUP,
    MACHINES,
    ORIGIN,
    PATIENT,
    SCENARIOS,
    SLOW,
    Scenario,
    broken,
    count,
    denied,
    gate,
    half_open,
    name_of,
    times,
    turn,
)
from tests.fleet.redis_fleet import PATIENCE, InRedis
from tests.fleet.redis_impostor import answering, array, bulk, hello
from tests.servers.redis import RedisServer

TTL_MS = 2000 * (60 + 9600 + 120)  # twice the window, the longest time open and a lease


@pytest.fixture
def fleet(redis_server: RedisServer) -> Iterator[InRedis]:
    """A fleet on a server that other tests use too."""
    with closing(InRedis(redis_server)) as fleet:
        yield fleet


@pytest.fixture
def own(own_redis: RedisServer) -> Iterator[InRedis]:
    """A fleet on a server that this test may do anything to."""
    with closing(InRedis(own_redis)) as fleet:
        yield fleet


@pytest.mark.parametrize("scenario", [*SCENARIOS, *MACHINES], ids=name_of)
def test_it_is_a_store_of_a_fleet(scenario: Scenario, fleet: InRedis) -> None:
    """INVARIANT: the store does what every store does."""
    scenario(fleet)

    assert fleet.told == []


def test_nothing_stands_there_in_clear(fleet: InRedis) -> None:
    """INVARIANT: neither an address nor the name of a key is to be read in Redis."""
    store = fleet.join(ANN, PATIENT)
    count(fleet, store.gate(ORIGIN), "fail", "success")
    store.claim("login admin", "ann", 600.0)
    store.put("token of admin", "t", 600.0)
    store.beat("run 17", "ann", 600.0)

    keys = fleet.keys_by_kind()

    assert keys.keys() == {"gate", "claim", "text", "group"}
    assert all(re.fullmatch(r"\{rh:[0-9a-f]{32}\}:[a-z]+", key) for key in keys.values())
    assert "example" not in str(fleet.hash())


def test_everything_ends_by_itself(fleet: InRedis) -> None:
    """INVARIANT: no key stays for ever; that of a circuit lasts as long as anything in it may."""
    store = fleet.join(ANN, PATIENT)
    turn(store.gate(ORIGIN))
    store.claim("login", "ann", 100.0)
    store.put("token", "t", 100.0)
    store.beat("run", "ann", 100.0)
    store.beat("run", "bob", 50.0)

    left = {kind: fleet.client.pttl(key) for kind, key in fleet.keys_by_kind().items()}

    assert left.pop("gate") == pytest.approx(TTL_MS, abs=30_000)
    assert list(left.values()) == [pytest.approx(100_000, abs=30_000)] * 3


@pytest.mark.parametrize("act", ["record", "vouch", "slow_down", "acquire"])
def test_each_act_makes_the_circuit_last_anew(fleet: InRedis, act: str) -> None:
    """Whatever is done to it, its time begins again."""
    store = fleet.join(ANN, PATIENT)
    ann = store.gate(ORIGIN)
    ready = turn(ann)
    key = fleet.keys_by_kind()["gate"]
    fleet.client.pexpire(key, 60_000)

    match act:
        case "record":
            ann.record(ready, "success")
        case "vouch":
            ann.vouch()
        case "slow_down":
            ann.slow_down(None)
        case _:
            turn(ann)
    fleet.settle()

    assert fleet.client.pttl(key) > 60_000


def test_a_pace_that_is_far_ahead_is_not_forgotten(fleet: InRedis) -> None:
    """A long pause outlives the time for which a circuit is kept."""
    ann = gate(fleet)

    ann.slow_down(TTL_MS / 1000 + 600.0)
    fleet.settle()

    key = fleet.keys_by_kind()["gate"]
    assert fleet.client.pttl(key) > TTL_MS + 500_000


def test_scripts_that_were_forgotten_are_given_again(own: InRedis) -> None:
    """After SCRIPT FLUSH, as after a restart, nothing is lost and nobody goes alone."""
    store = own.join(ANN, PATIENT)
    ann = store.gate(ORIGIN)
    count(own, ann, "fail")

    own.client.script_flush()
    ann.record(turn(ann), "fail")
    own.client.script_flush()
    store.claim("login", "ann", 60.0)
    own.client.script_flush()
    members = store.beat("run", "ann", 60.0)

    assert members == {"ann"}
    assert own.counted() == 2
    assert own.told == []


def test_a_state_that_was_flushed_begins_anew(own: InRedis) -> None:
    """After FLUSHALL the circuit is closed, and what belongs to the old one changes nothing."""
    ann = half_open(own)
    probe = turn(ann)

    own.client.flushall()
    fresh = turn(ann)
    for _ in range(20):
        ann.record(probe, "fail")
    own.settle()

    assert not fresh.lease
    assert own.counted() == 0
    assert not turn(ann).lease
    assert own.told == []


def test_a_replica_that_takes_over_is_used_safely(own: InRedis) -> None:
    """After a failover the replica's state holds, and later results of the old primary do not."""
    from tests.servers.redis import serving
    from tests.servers.redis_weather import serving as proxied

    with (
        serving(replica_of=own.server) as replica,
        proxied(own.server.port) as way,
        replica.client() as other,
    ):
        own.port = way.port
        ann = gate(own)
        count(own, ann, *times(5, "fail"))
        own.client.wait(1, 30_000)
        replica.promote()
        probe = turn(half_open(own))

        way.aim(replica.port)
        heir = gate(own)
        before = turn(heir)
        heir.record(probe, "fail")
        own.stores[-1].get("settled")
        after = turn(heir)
        other.select(own.database)
        failures = sum(int(n) for n in _counts(other))

    assert probe.lease
    assert before == after == Turn(0)
    assert failures == 5


@pytest.mark.parametrize(
    "field, value",
    [
        pytest.param("state", "on fire", id="no such state"),
        pytest.param("tat", "nan", id="not a number"),
        pytest.param("tat", "inf", id="without end"),
        pytest.param("epoch", "1e300", id="beyond all numbers"),
        pytest.param("kept", "1 2 x", id="a broken list"),
    ],
)
def test_a_hash_that_was_tampered_with_is_begun_anew(
    fleet: InRedis, field: str, value: str
) -> None:
    """What cannot be ours is removed, and nobody is held up by it."""
    ann = broken(fleet)
    fleet.client.hset(fleet.keys_by_kind()["gate"], field, value)

    assert turn(ann) == Turn(0)
    assert fleet.told == []


def test_a_key_of_another_type_is_begun_anew(fleet: InRedis) -> None:
    """Whoever wrote a text where the hash was has not stopped anybody."""
    ann = broken(fleet)
    fleet.client.set(fleet.keys_by_kind()["gate"], "text")

    assert turn(ann) == Turn(0)
    assert fleet.told == []


def test_counts_that_somebody_else_wrote_do_no_harm(fleet: InRedis) -> None:
    """A count, a host or a lease that is no number is counted as none."""
    ann = gate(fleet)
    count(fleet, ann, "success")
    key = fleet.keys_by_kind()["gate"]
    for name in (*fleet.hash(), "l:", "w:x", "n:soon:h9"):
        if name[1] == ":":
            fleet.client.hset(key, name, "x")

    count(fleet, ann, *times(10, "fail"))

    denied(ann)
    assert fleet.told == []


@pytest.mark.parametrize("kind", ["claim", "text", "group"])
def test_other_keys_of_another_type_count_as_empty(fleet: InRedis, kind: str) -> None:
    """Whoever wrote there, the act does what it does where nothing is."""
    store = fleet.join(ANN, PATIENT)
    store.claim("k", "bob", 60.0)
    store.put("k", "v", 60.0)
    store.beat("k", "bob", 60.0)
    key = fleet.keys_by_kind()[kind]
    fleet.client.delete(key)
    fleet.client.hset(key, "some", "thing")

    assert store.get("k") == (None if kind == "text" else "v")
    assert store.claim("k", "ann", 60.0) == ("ann" if kind == "claim" else "bob")
    assert store.beat("k", "ann", 60.0) == ({"ann"} if kind == "group" else {"ann", "bob"})


def test_what_is_kept_may_be_any_text(fleet: InRedis) -> None:
    """Long ones, those in any script and those that look like the protocol are given back."""
    store = fleet.join(ANN, PATIENT)

    for text in ("", "\r\n$-1\r\n", "naïve - 漢字 🙂", "x" * 200_000):
        store.put("k", text, 60.0)
        assert store.get("k") == text


def test_circuit_and_pace_take_one_round_trip(own: InRedis) -> None:
    """INVARIANT: a call costs two commands at most: one to ask, one to tell."""
    ann = gate(own, ANN, SLOW._replace(rate=1e6))
    turn(ann)
    before = own.client.info("commandstats")["cmdstat_evalsha"]["calls"]

    count(own, ann, *times(50, "success"))

    stats = own.client.info("commandstats")
    assert stats["cmdstat_evalsha"]["calls"] - before == 100


def test_two_members_hold_one_circuit(fleet: InRedis) -> None:
    """Each with a connection of its own, they see each other's results."""
    ann, bob = gate(fleet), gate(fleet, BOB)

    count(fleet, ann, *times(6, "fail"))
    count(fleet, bob, *times(3, "fail"))
    turn(ann, CLEANUP)

    assert fleet.counted() == fleet.counted("f") == 9


def test_a_closed_store_is_away() -> None:
    """Whoever asks it nevertheless is told so, and a gate answers that nobody can be asked."""
    store = _store(1, [])
    store.close()

    with pytest.raises(FleetUnavailable):
        store.get("k")
    assert store.gate(ORIGIN).acquire(CLEANUP) is None


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(array("perhaps", "0", "0.0", "0.0"), id="no such answer"),
        pytest.param(array("turn", "now", "0.0", "0.0"), id="no number"),
        pytest.param(b":1\r\n", id="another type"),
    ],
)
def test_an_answer_that_cannot_be_meant_counts_as_none(answer: bytes) -> None:
    """Whatever speaks there: the gate says that nobody can be asked, the run is told why."""
    told: list[str] = []
    with answering(hello(), *[bulk("digest")] * len(scripts()), answer) as port:
        store = _store(port, told)
        leave = store.gate(ORIGIN).acquire(CLEANUP)
        with pytest.raises(FleetUnavailable, match="what answers there is no Redis"):
            store.claim("login", "ann", 60.0)
        store.close()

    assert leave is None
    assert "what answers there is no Redis" in told[0]


def test_a_holder_that_cannot_be_meant_counts_as_none() -> None:
    """A claim is answered with a name, or not at all."""
    with answering(hello(), *[bulk("digest")] * len(scripts()), b":1\r\n") as port:
        store = _store(port, [])
        with pytest.raises(FleetUnavailable):
            store.claim("login", "ann", 60.0)
        store.close()


def test_a_gate_is_to_be_asked_where_waiting_is_borne(fleet: InRedis) -> None:
    """Whoever asks may wait for the network, so that an event loop must not."""
    store = fleet.join(ANN, PATIENT)
    store.start()

    assert store.gate(ORIGIN).is_remote


def test_the_scripts_know_each_other_apart() -> None:
    """Each has a text and a digest of its own."""
    digests = {script(name).digest for name in ("gate", "claim", "release", "beat")}

    assert len(digests) == 4
    assert all(len(digest) == 40 for digest in digests)


def test_a_password_is_never_shown(redis_server: RedisServer) -> None:
    """INVARIANT: the address as it is shown and logged has no password."""
    settings = Settings.model_validate(
        {"redis_url": "rediss://me@ci.example:6380/3", "redis_password": "sesame-street"}
    )

    address = redis_address(settings)

    assert (address.user, address.password, address.secure) == ("me", "sesame-street", True)
    assert str(address) == "rediss://ci.example:6380/3"
    assert "sesame" not in f"{address} {address!r}"


def _store(port: int, told: list[str]) -> RedisStore:
    address = Address(host="127.0.0.1", port=port)
    return RedisStore(address, limits=PATIENT, member=ANN, tell=told.append, link_limits=PATIENCE)


def _counts(client: redis.Redis) -> Iterator[str]:
    """The failures that stand in the only hash."""
    (key,) = client.scan_iter(match="*:gate")
    for name, value in client.hgetall(key).items():
        if str(name).startswith("f:"):
            yield str(value)
