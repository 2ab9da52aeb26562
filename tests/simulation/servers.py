"""The origins behind the fake network: their weather, their work, and what each request was."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import httpx2

from redhanded.core.attempt import Phase, Purpose
from redhanded.pipeline.breaker import State
from tests.simulation import faults
from tests.simulation.faults import BREAKS, GOOD, REPLIES, Body, Break, Reply
from tests.simulation.rules import hold
from tests.simulation.watch import WatchedBreaker

OPTED_IN = "/v1/jobs"  # declared: a 408, 429 or 503 there means that nothing was done
KEYED = "/v1/payments"  # declared: the same key is never done twice
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
REPEATABLE = SAFE | {"PUT", "DELETE", "TRACE"}
_NEVER_HELD = ("cleanup", "canary")
_LOST = ("upload_broken", "closed_reused", "closed_fresh", "read_timeout", "deadline")
_AMBIGUOUS = frozenset({*_LOST, "cut_after_headers", "gateway"})
_OUTAGES: tuple[Break | Reply, ...] = (
    faults.REFUSED,
    faults.REFUSED,
    faults.CONNECT_HANG,
    faults.RESET,
    faults.HANG,
    faults.TLS_RESET,
    faults.GATEWAY,
    *faults.unavailable()[:4],
    *faults.throttled()[:4],
)
_EXACT = 1e-6  # what adding up floats may cost


@dataclass(slots=True, kw_only=True)
class Seen:
    """One request as the network saw it, and what came of it."""

    request: httpx2.Request
    path: str
    purpose: Purpose
    headers: Sequence[tuple[bytes, bytes]]
    fresh: bool
    reused: bool
    sent_at: float
    deadline: float
    timeouts: Mapping[str, float]
    ended_at: float = math.inf
    row: str = "cancelled"
    status: int | None = None
    reply: Reply | None = None
    body: Body | None = None
    content: bytes | None = None
    response: httpx2.Response | None = None
    is_complete: bool = False
    is_doubtful: bool = False
    is_done: bool = False
    may_be_done: bool = False

    @property
    def key(self) -> str:
        """The idempotency key that the request carries."""
        key: str = self.request.headers.get("idempotency-key", "")
        return key

    @property
    def is_ambiguous(self) -> bool:
        """Whether the caller cannot know if the server did the work."""
        return self.row in _AMBIGUOUS

    @property
    def is_opted_in(self) -> bool:
        """Whether refusals of this route were declared to mean that nothing was done."""
        return self.path == OPTED_IN

    @property
    def is_repeatable(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.request.method in REPEATABLE or (self.path == KEYED and bool(self.key))

    def row_of(self, reply: Reply) -> str:
        """The row of a whole answer to this request."""
        if reply.status == 409 and self.is_doubtful and self.key:
            return "key_in_flight"
        return reply.row


@dataclass(slots=True)
class Server:
    """One origin: its storm is the share of requests that meet a fault of their own."""

    breaker: WatchedBreaker
    is_secure: bool
    storm: float
    rate: float | None
    burst: float
    places: int | None = None
    busy: int = 0
    outage: Break | Reply = faults.REFUSED
    down_from: float = 0.0
    down_until: float = 0.0
    idle: int = 0
    level: float = 0.0
    level_at: float = 0.0
    paused_from: float = 0.0
    paused_until: float = 0.0
    keys: set[str] = field(default_factory=set)

    def admit(self, seen: Seen, epoch: int) -> None:
        """Hold what must be true of every request that is sent."""
        self.busy += 1
        hold(self.places is None or self.busy <= self.places, 13, f"{self.busy} are in flight")
        is_safe, breaker = seen.request.method in SAFE, self.breaker
        hold(is_safe or not seen.reused, 11, f"{seen.request.method} on a used connection")
        if seen.purpose not in _NEVER_HELD and breaker.state is not State.CLOSED:
            hold(breaker.state is State.HALF_OPEN, 7, "it was sent while the circuit was open")
            hold(is_safe, 7, f"{seen.request.method} was sent while the circuit was half-open")
            hold(epoch == breaker.epoch, 7, f"it was sent by leave of epoch {epoch}")
        is_held = self.paused_from < seen.sent_at < self.paused_until - _EXACT
        hold(not is_held, 10, f"it was sent {self.paused_until - seen.sent_at:.3f} s too early")
        if self.rate is not None:
            self._fill(self.rate, seen.sent_at)

    def _fill(self, rate: float, now: float) -> None:
        """A leaky bucket, which holds a burst and runs out at the rate."""
        self.level = max(0.0, self.level - (now - self.level_at) * rate) + 1.0
        self.level_at = now
        over = self.level - self.burst
        hold(over <= _EXACT, 8, f"{over:.3f} more than {rate}/s and a burst of {self.burst}")

    def fate(self, seen: Seen, random: Random) -> Break | Reply:
        """What becomes of a request that is sent now."""
        fate = self._drawn(seen, random)
        if not isinstance(fate, Break):
            # A key that was done is not sent elsewhere: that is what its declaration means.
            is_kept = fate.row == "redirect" and seen.path == KEYED and seen.key in self.keys
            return GOOD[0] if is_kept else fate
        is_missed = fate.phase is Phase.CONNECT and seen.reused
        if is_missed or (fate.phase is Phase.TLS and (seen.reused or not self.is_secure)):
            return faults.RESET
        return fate

    def _drawn(self, seen: Seen, random: Random) -> Break | Reply:
        if seen.sent_at >= self.down_until:
            self._next_outage(seen.sent_at, random)
        if seen.sent_at >= self.down_from:
            return self.outage
        if seen.is_doubtful and seen.key and random.random() < 0.5:
            return faults.CONFLICT
        chance = random.random()
        if chance >= self.storm:
            return GOOD[int(chance * 100) % 2]
        if random.random() < 0.5:
            return BREAKS[int(random.random() * len(BREAKS))]
        group = REPLIES[int(random.random() * len(REPLIES))]
        return group[int(random.random() * len(group))]

    def _next_outage(self, now: float, random: Random) -> None:
        """An outage of 0.1 to 90 s that follows in some time, sooner where it is stormy."""
        calm = random.expovariate(1.0) * 5.0 / (self.storm + 1e-3)
        self.down_from = now + calm if self.down_until else now + calm * random.random()
        self.down_until = self.down_from + 0.1 * 900.0 ** random.random()
        self.outage = _OUTAGES[int(random.random() * len(_OUTAGES))]

    def phases(self, seen: Seen, fate: Break | Reply) -> list[Phase]:
        """What the request goes through until it is answered or breaks off."""
        last = fate.phase if isinstance(fate, Break) else Phase.WAIT
        if last is Phase.POOL:
            seen.reused = False
            return [Phase.POOL]
        opening = [] if seen.reused else [Phase.CONNECT, Phase.TLS][: 1 + self.is_secure]
        every = [*opening, Phase.SEND, Phase.WAIT]
        return every[: every.index(last) + 1]

    def seconds(self, random: Random) -> float:
        """How long a phase takes: some hundredths of a second, or up to half a minute."""
        chance = random.random()
        if chance < self.storm * 0.05:
            return float(10.0 ** (random.random() * 3.0 - 1.5))
        return 0.002 + 0.02 * chance

    def work(self, seen: Seen, fate: Break | Reply, random: Random) -> None:
        """Do what a request asks for, where this is its fate."""
        commits = fate.commits if isinstance(fate, Reply) else (None if fate.may_commit else False)
        if seen.is_opted_in and isinstance(fate, Reply) and fate.status in (408, 503):
            return
        if commits or (commits is None and random.random() < 0.5):
            seen.is_done = not (seen.path == KEYED and seen.key in self.keys)
            self.keys.add(seen.key)

    def finish(self, seen: Seen, reply: Reply, now: float) -> None:
        """Note the end of a whole answer: what it asks for, and that its connection is idle."""
        if not seen.fresh:
            self.idle = min(self.idle + 1, 5)
        if reply.status == 429 and reply.told and reply.told <= 60.0:
            if now >= self.paused_until:
                self.paused_from = now
            self.paused_until = max(self.paused_until, now + reply.told)
