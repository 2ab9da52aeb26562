"""The script in Redis, held act by act against the state machine that it is a port of."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from redhanded.fleet import circuit, origin_state, pace
from redhanded.fleet.origin_state import HOST_SECONDS, OriginState
from redhanded.fleet.redis_address import Address
from redhanded.fleet.redis_gate import RedisGate
from redhanded.fleet.redis_line import Line
from redhanded.fleet.redis_scripts import script
from redhanded.fleet.store import GateLimits, Member
from redhanded.pipeline.breaker import BreakerLimits, Outcome
from redhanded.pipeline.shared_gate import Asked, Turn
from tests.fleet.redis_direct import Direct, Kept, timed
from tests.servers.redis import RedisServer

MEMBERS = (Member("h1", "gw0"), Member("h1", "gw1"), Member("h2", "gw0"))
ACTS = 700
SECOND = 1_000_000
WAITS = (0, 0, 1_000, 40_000, 300_000, SECOND, 4 * SECOND)
SELDOM = (
    20 * SECOND,
    55 * SECOND,
    61 * SECOND,
    130 * SECOND,
    -SECOND // 2,
    -3 * SECOND // 2,
    -5 * SECOND,
    3600 * SECOND,
)
HOUR_BACK = -3600 * SECOND
SPELL = 40  # acts
SPELLS: tuple[tuple[Outcome, ...], ...] = (
    ("success", "success", "success", "fail", "none"),
    ("fail", "hang", "fail", "success"),
    ("success", "success", "success", "slow"),
    ("slow", "slow", "slow", "hang", "success"),
)
QUICK = BreakerLimits(window=5.0, minimum=4, open=0.3, longest=2.0)
SLOW_TO_OPEN = BreakerLimits(window=10.0, minimum=8, rate=0.6, ramp=(1, 1, 3, 5), longest=9.0)


@dataclass
class Pair:
    """The same acts, on the script and on the state machine."""

    direct: Direct
    key: str
    limits: GateLimits
    chance: random.Random
    state: OriginState = field(default_factory=OriginState)
    turns: list[tuple[Member, Turn]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    lease: str = ""
    jitter: float = 1.0
    acts: int = 0

    def act(self) -> None:
        """One act by chance."""
        self.acts += 1
        pick = self.chance.random()
        member = self.chance.choice(MEMBERS)
        if pick < 0.45:
            self.acquire(member)
        elif pick < 0.9 and self.turns:
            self.record(self.chance.randrange(len(self.turns)))
        elif pick < 0.93:
            self.gate(member).vouch()
            self.state.vouch(self.direct.now, self.limits)
        elif pick < 0.96:
            pause = self.chance.choice([None, 0.5, 3.0])
            self.gate(member).slow_down(pause)
            self.state.slow_down(pause, self.direct.now)

    def acquire(self, member: Member) -> None:
        chance = self.chance
        asked = Asked(
            may_probe=chance.random() < 0.8,
            lease=chance.choice([0.2, 5.0]),
            within=chance.choice([0.0, 1.0, 60.0]),
            held=chance.random() < 0.85,
            reserved=chance.random() < 0.2,
        )
        self.lease, self.jitter = f"{chance.getrandbits(48):x}", chance.uniform(0.8, 1.2)

        answer = self.gate(member).acquire(asked)
        expected = self.state.acquire(
            asked, member, self.direct.now, self.limits, lease=self.lease, jitter=self.jitter
        )

        assert answer == expected
        self.seen.add(type(answer).__name__ + str(self.state.circuit.state))
        if isinstance(answer, Turn):
            self.turns.append((member, answer))

    def record(self, at: int) -> None:
        # Some results are told twice.
        member, turn = self.turns[at] if self.chance.random() < 0.1 else self.turns.pop(at)
        outcome: Outcome = self.chance.choice(SPELLS[self.acts // SPELL % len(SPELLS)])
        self.gate(member).record(turn, outcome)
        self.state.record(turn, outcome, member, self.direct.now, self.limits)

    def gate(self, member: Member) -> RedisGate:
        return RedisGate(
            self.direct,  # type: ignore[arg-type]
            self.key,
            member=member,
            limits=self.limits,
            jitter=lambda: self.jitter,
            lease=lambda: self.lease,
        )

    def kept(self) -> OriginState:
        """What stands in Redis, without what is only not yet removed."""
        return self.current(Kept.read(self.direct.line, self.key).state())

    def current(self, state: OriginState) -> OriginState:
        now, last = self.direct.now, int(self.direct.now // 1)
        window, seconds = state.circuit.window, self.limits.breaker.window
        buckets = {at: window.buckets[at] for at in window.buckets if last - seconds < at <= last}
        return replace(
            state,
            circuit=replace(
                state.circuit, window=replace(window, buckets=buckets, runs={}, run_at=0)
            ),
            hosts={host: at for host, at in state.hosts.items() if now - at <= HOST_SECONDS},
        )


@pytest.fixture
def line(redis_server: RedisServer) -> Iterator[Line]:
    """A connection to an empty database."""
    address = Address(host="127.0.0.1", port=redis_server.port, database=8)
    line = Line(address, [timed(script("gate")).text], seconds=30.0)
    line.open(seconds=30.0)
    line.ask([("FLUSHDB",)], seconds=30.0)
    yield line
    line.close()


def _pair(line: Line, seed: int, limits: GateLimits) -> Pair:
    direct = Direct(line, timed(script("gate")))
    return Pair(direct, "{rh:0}:gate", limits, random.Random(seed))


def test_the_script_has_the_numbers_of_the_state_machine() -> None:
    """INVARIANT: what is a constant there is the same constant here."""
    told: dict[str, float] = {}
    for names, values in re.findall(
        r"^local ([A-Z_, ]+) = ([\d., ]+)$", script("gate").text, re.MULTILINE
    ):
        numbers = (float(value) for value in values.split(","))
        told |= zip(names.split(", "), numbers, strict=True)

    assert len(told) == 13
    assert told == {
        name: getattr(module, name)
        for name in told
        for module in (circuit, origin_state, pace)
        if hasattr(module, name)
    }


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(GateLimits(QUICK), id="two hosts must see it"),
        pytest.param(GateLimits(QUICK, quorum=1, rate=5.0, burst=4.0), id="with a pace"),
        pytest.param(GateLimits(SLOW_TO_OPEN, quorum=1, rate=50.0), id="a longer ramp"),
        pytest.param(GateLimits(QUICK, quorum=1, rate=0.5, burst=30.0), id="a slow pace"),
    ],
)
@pytest.mark.parametrize("seed", [1, 3], ids="seed{}".format)
def test_the_script_and_the_state_machine_agree(line: Line, seed: int, limits: GateLimits) -> None:
    """INVARIANT: the same acts at the same times get the same answers and leave the same state."""
    pair = _pair(line, seed, limits)

    for _ in range(ACTS):
        waits = SELDOM if pair.chance.random() < 0.04 else WAITS
        pair.direct.advance(pair.chance.choice(waits) + pair.chance.randrange(1000))
        pair.act()
        if pair.direct.now:
            assert pair.kept() == pair.current(pair.state)

    assert {"Turnclosed", "Turnhalf-open", "Deniedopen", "Deniedhalf-open"} <= pair.seen


def test_the_script_bears_a_clock_that_was_set_anew(line: Line) -> None:
    """An hour back and forth the answers are the state machine's still."""
    pair = _pair(line, 4, GateLimits(QUICK, quorum=1, rate=5.0))

    for jump in (HOUR_BACK, -HOUR_BACK, HOUR_BACK, HOUR_BACK):
        for _ in range(60):
            pair.direct.advance(pair.chance.choice(WAITS))
            pair.act()
        pair.direct.advance(jump)
        pair.act()
        assert pair.kept() == pair.current(pair.state)
