"""What a Redis in trouble changes: no verdict, and hardly any time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from bench.figures import Figure
from bench.fleet.onlooker import STAGES
from bench.fleet.sessions import Ended, Lane, Timed, lane
from bench.history.figures import at_most
from tests.servers import redis, redis_weather
from tests.servers.redis import RedisServer
from tests.servers.redis_weather import Proxy, answered, slow

CALL = 0.25  # seconds that a call may lose
SPAN, LOST = 5.0, 1.0  # seconds that may be lost in any so many
SHORT = (("black hole", "middle"), ("failover", "end"))


@dataclass(slots=True)
class Place:
    """A Redis, a replica of it, and the weather on the way there."""

    server: RedisServer
    replica: RedisServer
    proxy: Proxy
    struck: bool = False

    def fail_over(self) -> None:
        """The replica takes over, and the primary is gone."""
        self.replica.promote()
        self.server.kill()
        self.proxy.aim(self.replica.port)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that happens to a Redis, once or before every test from then on."""

    name: str
    strike: Callable[[Place], object]
    is_repeated: bool = False


def _weather(name: str, weather: redis_weather.Weather) -> Trouble:
    return Trouble(name, lambda place: place.proxy.switch(weather))


TROUBLES = (
    _weather("refused", redis_weather.REFUSED),
    _weather("black hole", redis_weather.BLACK_HOLE),
    _weather("reset", redis_weather.RESET),
    _weather("slow by 2 s", slow(2.0)),
    _weather("LOADING", answered("-LOADING Redis is loading the dataset in memory")),
    Trouble("READONLY", lambda place: place.server.make_readonly()),
    Trouble("OOM", lambda place: place.server.make_full()),
    Trouble("FLUSHALL", lambda place: place.server.do("FLUSHALL"), is_repeated=True),
    Trouble("SCRIPT FLUSH", lambda place: place.server.do("SCRIPT", "FLUSH"), is_repeated=True),
    Trouble("failover", Place.fail_over),
)


@dataclass(slots=True)
class Tally:
    """What all the sessions showed."""

    expected: dict[str, str]
    sessions: int = 0
    changed: list[str] = field(default_factory=list)
    judged: int = 0
    longest: float = 0.0
    span: float = 0.0
    acts: int = 0
    answered: int = 0

    def add(self, name: str, ended: Ended) -> None:
        """Take in a session."""
        self.sessions += 1
        self.judged += len(self.expected)
        self.changed += [
            f"{name}: {test} was {ended.verdicts.get(test, 'missing')}, not {verdict}"
            for test, verdict in self.expected.items()
            if ended.verdicts.get(test) != verdict
        ]
        self.longest = max(self.longest, *(each.seconds for each in ended.times), 0.0)
        self.span = max(self.span, most_lost(ended.times, SPAN))
        asked = [each for each in ended.times if each.act == "acquire"]
        self.acts += len(asked)
        self.answered += sum(each.answer != "NoneType" for each in asked)


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """Verdicts and times, over a session for each trouble at each stage."""
    del seed  # nothing here is left to chance
    redis.program()
    with lane() as api:
        expected = dict(api.run(settings={}).verdicts)
        tally = Tally(expected)
        yield _kinds(expected)
        for trouble, stage in chosen(short=short):
            with placed() as place:
                tally.add(f"{trouble.name} at {stage}", session(api, place, trouble, stage))
    yield from summary(tally, short=short)


def chosen(*, short: bool) -> Iterator[tuple[Trouble, str]]:
    """Which trouble comes at which stage."""
    for trouble in TROUBLES:
        for stage in STAGES:
            if not short or (trouble.name, stage) in SHORT:
                yield trouble, stage


def session(api: Lane, place: Place, trouble: Trouble, stage: str) -> Ended:
    """The end of a session that meets the trouble at this stage; "start" is before its first."""

    def reach(reached: str) -> None:
        is_due = STAGES.index(reached) >= STAGES.index(stage)
        if is_due and (trouble.is_repeated or not place.struck):
            trouble.strike(place)
            place.struck = True

    if stage == "start":
        reach(stage)
    return api.run(settings={"REDHANDED_REDIS_URL": place.proxy.url}, reach=reach)


@contextmanager
def placed() -> Iterator[Place]:
    """A Redis with a replica and a proxy before it, as long as the block."""
    with ExitStack() as stack:
        server = stack.enter_context(redis.serving())
        replica = stack.enter_context(redis.serving(replica_of=server))
        proxy = stack.enter_context(redis_weather.serving(server.port))
        yield Place(server, replica, proxy)


def most_lost(times: Sequence[Timed], span: float) -> float:
    """The most seconds that were spent in acts which began within any so many seconds."""
    ordered = sorted(times, key=lambda each: each.began)
    most = total = 0.0
    first = 0
    for each in ordered:
        total += each.seconds
        while each.began - ordered[first].began >= span:
            total -= ordered[first].seconds
            first += 1
        most = max(most, total)
    return most


def summary(tally: Tally, *, short: bool) -> Iterator[Figure]:
    """What is told of all the sessions."""
    name = f"verdicts that a Redis in trouble changed, {tally.sessions} sessions"
    yield at_most(name, len(tally.changed), tally.judged, 0.0)
    for line in tally.changed:
        print(f"  {line}")
    # The gate's machine may be held up by others: its short form only tells the times.
    yield Figure(
        name="  longest that the shared layer held a call",
        measured=f"{tally.longest * 1e3:.0f} ms",
        goal=f"<= {CALL * 1e3:.0f} ms",
        is_met=short or tally.longest <= CALL,
    )
    yield Figure(
        name=f"  most that it took in any {SPAN:g} s",
        measured=f"{tally.span * 1e3:.0f} ms",
        goal=f"<= {LOST:g} s",
        is_met=short or tally.span <= LOST,
    )
    yield Figure(
        name="  acts that Redis answered, of all that asked",
        measured=f"{tally.answered:,} of {tally.acts:,}",
        goal="some",
        is_met=0 < tally.answered <= tally.acts,
    )


def _kinds(expected: dict[str, str]) -> Figure:
    kinds = sorted(set(expected.values()))
    return Figure(
        name=f"verdicts of the suite of {len(expected)} tests, without Redis",
        measured=f"{len(kinds)} kinds",
        goal="all 7",
        is_met=len(kinds) == 7,
    )
