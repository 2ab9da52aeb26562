"""The almanac: what this process has seen of the API and of its weather, to compare with."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from redhanded.core.attempt import connecting, is_near
from redhanded.core.secret_names import SecretNames
from redhanded.pipeline.routes import matches
from redhanded.pipeline.table import SAFE_METHODS
from redhanded.verdict.findings import is_weather
from redhanded.verdict.provenance import build_of, speaks_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.core.attempt import Attempt

KEPT = 1024
_NAMES = SecretNames()
_ID = re.compile(r"(?<=/)[^/]*\d[^/]*")

Wanted: TypeAlias = Callable[["Attempt"], bool]


class Sighting(NamedTuple):
    """One attempt without its bodies, and the test that made it."""

    test_id: str
    attempt: Attempt


@dataclass(slots=True)
class Suspicion:
    """How often one request of one test has failed in the same way, over rounds of that test.

    `needs_time` says that only time can tell it from a route that is out.
    """

    times: int = 0
    rounds: int = 0
    since: float = 0.0
    needs_time: bool = False


class Conviction(NamedTuple):
    """How often a request failed, and the canary was well beside it, when it was convicted."""

    failed: int
    well: int


@dataclass(slots=True)
class Almanac:
    """The last attempts of all tests of a process, and counts of all of them.

    `sent` and `asked` count the attempts of tests and those of their diagnosis; `not_found`,
    `denied` and `answered` the whole answers of tests: with 404, with 401 or 403, and all.
    `declared` are routes that the project names, whose paths begin below that of the base URL.
    """

    declared: tuple[str, ...] = ()
    below: str = ""
    sent: int = 0
    asked: int = 0
    answered: int = 0
    not_found: int = 0
    denied: int = 0
    _seen: deque[Sighting] = field(default_factory=lambda: deque(maxlen=KEPT))
    _quickest: dict[str, float] = field(default_factory=dict)
    _suspicions: dict[tuple[str, ...], Suspicion] = field(default_factory=dict)
    _convicted: dict[tuple[str, str], dict[str, Conviction]] = field(default_factory=dict)

    def note(self, test_id: str, attempt: Attempt) -> None:
        """Remember an attempt."""
        if attempt.purpose == "test":
            self.sent += 1
            if attempt.status is not None:
                self.answered += 1
                self.not_found += attempt.status == 404
                self.denied += attempt.status in (401, 403)
        elif test_id and attempt.purpose in ("probe", "canary"):
            self.asked += 1  # whoever waits for the API to be well again asks for no test
        seconds = _connecting(attempt)
        if seconds is not None:
            home = origin_of(attempt)
            self._quickest[home] = min(seconds, self._quickest.get(home, seconds))
        kept = attempt._replace(request_body=None, response_body=None)
        self._seen.append(Sighting(test_id, kept))

    def convict(self, attempt: Attempt, *, failed: int, well: int) -> None:
        """Remember that this request fails by the server's fault, whoever sends it."""
        known = self._convicted.setdefault((attempt.method, attempt.url), {})
        known[attempt.row] = Conviction(failed, well)

    def conviction(self, attempt: Attempt) -> Conviction | None:
        """The conviction of the same request for the same failure; None where there is none."""
        return self._convicted.get((attempt.method, attempt.url), {}).get(attempt.row)

    def route_of(self, attempt: Attempt) -> tuple[str, str, str]:
        """Method, origin and route of the request: a declared one, or what its path looks like.

        A segment with a digit names an object, as ids do.
        """
        method, path = attempt.method, urlsplit(attempt.url).path
        named = (one for one in self.declared if matches(one, method, path, below=self.below))
        route = next(named, None)
        return method, origin_of(attempt), _ID.sub("{}", path) if route is None else route

    def operation_of(self, attempt: Attempt) -> str:
        """The operation that was called, as `GET /orders/{id}`."""
        method, _, route = self.route_of(attempt)
        return route if " " in route else f"{method} {route}"

    def latest(self, wanted: Wanted) -> Iterator[Attempt]:
        """The remembered attempts of which that is true, the latest first."""
        return (seen.attempt for seen in reversed(self._seen) if wanted(seen.attempt))

    def test_of(self, attempt: Attempt) -> str:
        """The id of the test that made the attempt; empty where it is forgotten."""
        return next((seen.test_id for seen in self._seen if seen.attempt.id == attempt.id), "")

    def other_input(self, attempt: Attempt) -> Attempt | None:
        """The latest safe request of the same route whose input is another, and was well."""
        route = self.route_of(attempt)
        found = self.latest(
            lambda seen: (
                seen.method in SAFE_METHODS
                and is_good(seen)
                and seen.url != attempt.url
                and self.route_of(seen) == route
            )
        )
        return next(found, None)

    def others_were_well(self, attempt: Attempt, *, since: float) -> bool:
        """Whether another call of the same route, begun since then, was well."""
        route = self.route_of(attempt)
        return any(
            self.latest(
                lambda seen: (
                    is_good(seen)
                    and seen.started_at >= since
                    and seen.call_id != attempt.call_id
                    and seen.purpose == "test"
                    and self.route_of(seen) == route
                )
            )
        )

    def failures_beside(self, test_id: str, attempt: Attempt, *, since: float = 0.0) -> int:
        """How many attempts of other tests since then came to no answer of that origin's own.

        Requests that were convicted are no sign of weather.
        """
        home = origin_of(attempt)
        return sum(
            seen.test_id != test_id
            and seen.attempt.started_at >= since
            and is_weather(seen.attempt)
            and origin_of(seen.attempt) == home
            and (seen.attempt.method, seen.attempt.url) not in self._convicted
            for seen in self._seen
        )

    def suspect(self, test_id: str, round_: int, attempts: Sequence[Attempt]) -> Suspicion:
        """What is held against the request of these attempts, with those that failed now."""
        last = attempts[-1]
        key = (test_id, *self.route_of(last), last.row)
        known = self._suspicions.setdefault(key, Suspicion(since=attempts[0].started_at))
        known.times += sum(made.row == last.row for made in attempts)
        known.rounds = max(known.rounds, round_ + 1)
        return known

    def in_need_of_time(self, rounds: int) -> list[float]:
        """When requests began to fail, in all of so many rounds, that only time can judge."""
        held = self._suspicions.values()
        return [known.since for known in held if known.needs_time and known.rounds == rounds]

    def quickest_connection(self, attempt: Attempt) -> float:
        """The shortest time, in seconds, in which a connection to that origin was made."""
        return self._quickest.get(origin_of(attempt), 0.0)

    def before(self, attempt: Attempt, seconds: float) -> list[Attempt]:
        """The attempts to the same origin that began within so many seconds before this one."""
        home, end = origin_of(attempt), attempt.started_at
        return list(
            self.latest(
                lambda seen: (
                    end - seconds <= seen.started_at < end
                    and seen.call_id != attempt.call_id
                    and origin_of(seen) == home
                )
            )
        )

    def documents_beside(self, attempt: Attempt) -> list[Attempt]:
        """The other whole answers of that origin in JSON, as an API gives them."""
        home = origin_of(attempt)
        return list(
            self.latest(
                lambda seen: (
                    seen.is_complete
                    and seen.id != attempt.id
                    and not is_weather(seen)
                    and origin_of(seen) == home
                    and speaks_json(seen)
                )
            )
        )

    def of_route(self, attempt: Attempt, known: Sequence[Attempt]) -> list[Attempt]:
        """Those of them that went by the attempt's route."""
        route = self.route_of(attempt)
        return [one for one in known if self.route_of(one) == route]

    def builds(self, attempt: Attempt) -> list[str]:
        """The builds that answers of that origin have named, the latest first, each once."""
        home = origin_of(attempt)
        named = map(build_of, self.latest(lambda seen: origin_of(seen) == home))
        return list(dict.fromkeys(filter(None, named)))


def is_good(attempt: Attempt) -> bool:
    """Whether a whole answer of success came."""
    return attempt.is_complete and 200 <= (attempt.status or 0) < 300


def origin_of(attempt: Attempt) -> str:
    """Scheme, host and port of the request."""
    split = urlsplit(attempt.url)
    return f"{split.scheme}://{split.netloc}"


def credentials_of(attempt: Attempt) -> dict[str, str]:
    """The headers of the request that prove who asks, by name in lower case."""
    headers = ((name.lower(), value) for name, value in attempt.request_headers)
    return {name: value for name, value in headers if _proves(name)}


def _proves(name: str) -> bool:
    """Whether a header of that name, in lower case, may be a credential."""
    if name == "idempotency-key":
        return False
    return name in _NAMES or name.endswith("key")


def _connecting(attempt: Attempt) -> float | None:
    """How long it took to connect; None on a connection that was there already.

    The way to this machine takes no time: what a connection takes there is the machine's own load.
    """
    return None if is_near(attempt.peer) else connecting(attempt.marks)
