"""The sampler: takes the samples of objectives from the calls of a test, once that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from redhanded.core.events import Sampled
from redhanded.pipeline.routes import EVERY, matches
from redhanded.verdict.almanac import origin_of
from redhanded.verdict.findings import is_weather, path_of
from redhanded.verdict.objectives import ERRORS
from redhanded.verdict.pace import is_quick, own_seconds
from redhanded.verdict.provenance import build_of, is_own, is_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.events import Emit
    from redhanded.core.settings import Objective, Settings
    from redhanded.pipeline.call import Call
    from redhanded.verdict.almanac import Almanac

_UNVOUCHED = (
    "not all calls were counted for their objectives: no canary could be asked beside them; see "
    "that diagnosis is enabled, or raise diagnosis.share"
)


class Asks(Protocol):
    """What knows the API, and may ask a canary of it; `home` is the API's origin."""

    almanac: Almanac
    home: str

    def may_ask(self) -> bool:
        """Whether the budget allows for one more control request."""
        ...

    def look(self, test_id: str) -> Attempt | None:
        """The canary's answer; None where none was asked."""
        ...


class _First(NamedTuple):
    """The first attempt of a call, what the server took for it, and what it is held to."""

    test_id: str
    attempt: Attempt
    operation: str
    seconds: float
    objective: Objective


class Sampler:
    """Holds the first attempts of each test against the objectives of their operations.

    Only answers of the API under test count, and none that weather gave. Whether the times of a
    test are taken is settled before they are looked at: where no canary could vouch for a slow
    answer, the quick ones are not counted either.
    """

    def __init__(
        self,
        settings: Settings,
        examiner: Asks,
        *,
        stall: Callable[[float, float], float],
        mask: Callable[[str], str],
        emit: Emit,
        note: Callable[[str], None],
    ) -> None:
        self._objectives = settings.objectives
        self._limits = settings.diagnosis
        self._examiner = examiner
        self._stall = stall
        self._mask = mask
        self._emit = emit
        self._note = note
        self._asked = 0
        self._build = ""

    def sample(
        self, test_id: str, calls: Sequence[Call], objective: Objective | None = None
    ) -> None:
        """Tell what the calls of a test show of the objectives of their operations.

        `objective` is the test's own, which holds in place of the settings'.
        """
        if not self._objectives and objective is None:
            return
        firsts = list(self._firsts(test_id, calls, objective))
        for sampled in (*self._errors(firsts), *self._paces(test_id, firsts)):
            self._emit(sampled)

    def _firsts(
        self, test_id: str, calls: Sequence[Call], own: Objective | None
    ) -> Iterator[_First]:
        almanac = self._examiner.almanac
        way: float | None = None
        for call in calls:
            first = next((made for made in call.attempts if made.purpose == "test"), None)
            if first is None or call.streams or not self._counts(first):
                continue
            objective = own or self._objective_of(first)
            if objective is not None:
                way = almanac.quickest_connection(first) if way is None else way
                operation = self._mask(almanac.operation_of(first))
                yield _First(test_id, first, operation, self._seconds(first, way), objective)

    def _counts(self, attempt: Attempt) -> bool:
        """Whether the API itself answered in whole, and not to a credential that it refused."""
        if not attempt.is_complete or attempt.status == 401:  # an expired one is renewed
            return False
        if origin_of(attempt) != self._examiner.home:  # no canary vouches for others
            return False
        status = attempt.status or 0
        return is_own(attempt) or not (is_weather(attempt) or (status >= 500 and is_page(attempt)))

    def _seconds(self, attempt: Attempt, way: float) -> float:
        stall = self._stall(attempt.started_at, attempt.started_at + attempt.elapsed)
        return own_seconds(attempt, way=way, stall=stall)

    def _objective_of(self, attempt: Attempt) -> Objective | None:
        """What the settings hold the call to: by its route, else like every other."""
        target, below = (attempt.method, path_of(attempt)), self._examiner.almanac.below
        named = (
            objective
            for route, objective in self._objectives.items()
            if route != EVERY and matches(route, *target, below=below)
        )
        return next(named, self._objectives.get(EVERY))

    def _errors(self, firsts: Sequence[_First]) -> Iterator[Sampled]:
        for first in firsts:
            limit = first.objective.errors
            if limit is not None:
                is_bad = (first.attempt.status or 0) >= 500
                yield self._sampled(first, ERRORS, limit, is_bad=is_bad)

    def _paces(self, test_id: str, firsts: Sequence[_First]) -> Iterator[Sampled]:
        timed = list(_timed(firsts))
        if timed and not self._may_ask():
            self._note(_UNVOUCHED)
            return
        is_any_late = any(first.seconds > limit for first, _, limit in timed)
        self._asked += is_any_late
        canary = self._examiner.look(test_id) if is_any_late else None
        for first, measure, limit in timed:
            is_bad = first.seconds > limit
            if not is_bad or (canary is not None and is_quick(canary, first.seconds)):
                yield self._sampled(first, measure, limit, is_bad=is_bad)

    def _may_ask(self) -> bool:
        """Whether a canary may be asked: half of what may be spent on diagnosis is left to it."""
        limits = self._limits
        budget = max(limits.floor, limits.share * self._examiner.almanac.sent)
        return limits.enabled and self._asked < budget / 2 and self._examiner.may_ask()

    def _sampled(self, first: _First, measure: str, limit: float, *, is_bad: bool) -> Sampled:
        self._build = self._mask(build_of(first.attempt)) or self._build
        return Sampled(
            test_id=first.test_id,
            operation=first.operation,
            measure=measure,
            limit=limit,
            at=first.attempt.started_at,
            seconds=first.seconds,
            is_bad=is_bad,
            build=self._build,
        )


def _timed(firsts: Sequence[_First]) -> Iterator[tuple[_First, str, float]]:
    """The answers whose time counts, with each limit for it; an error's time says nothing."""
    for first in firsts:
        if not is_weather(first.attempt) and (first.attempt.status or 0) < 500:
            limits = (("p95", first.objective.p95), ("p99", first.objective.p99))
            yield from ((first, name, limit) for name, limit in limits if limit is not None)
