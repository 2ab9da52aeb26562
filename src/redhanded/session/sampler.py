"""The sampler: takes the samples of objectives from the calls of a test, once that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from redhanded.core.events import Sampled
from redhanded.pipeline.routes import declared
from redhanded.verdict.almanac import origin_of
from redhanded.verdict.findings import is_weather, path_of
from redhanded.verdict.objectives import ERRORS
from redhanded.verdict.pace import NEIGHBOURS, is_quick, own_seconds
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
_PERCENTILES = ("p95", "p99")


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


class _Timed(NamedTuple):
    """An answer whose time counts, and the limit for it in seconds."""

    first: _First
    limit: float

    @property
    def is_late(self) -> bool:
        """Whether the server took longer."""
        return self.first.seconds > self.limit


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
        below = self._examiner.almanac.below
        return declared(self._objectives, attempt.method, path_of(attempt), below=below)

    def _errors(self, firsts: Sequence[_First]) -> Iterator[Sampled]:
        for first in firsts:
            limit = first.objective.errors
            if limit is not None:
                is_bad = (first.attempt.status or 0) >= 500
                yield self._sampled(first, ERRORS, limit, is_bad=is_bad)

    def _paces(self, test_id: str, firsts: Sequence[_First]) -> Iterator[Sampled]:
        by_measure = [(measure, list(_timed(firsts, measure))) for measure in _PERCENTILES]
        timed = [one for _, some in by_measure for one in some]
        if timed and not self._may_ask():
            self._note(_UNVOUCHED)
            return
        is_any_late = any(one.is_late for one in timed)
        self._asked += is_any_late
        canary = self._examiner.look(test_id) if is_any_late else None
        for measure, some in by_measure:
            for one in _counted(some, canary) if some else ():
                yield self._sampled(one.first, measure, one.limit, is_bad=one.is_late)

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


def _timed(firsts: Sequence[_First], measure: str) -> Iterator[_Timed]:
    """The answers whose time counts, in the order of time; an error's time says nothing."""
    for first in sorted(firsts, key=lambda one: one.attempt.started_at):
        limit: float | None = getattr(first.objective, measure)
        is_error = is_weather(first.attempt) or (first.attempt.status or 0) >= 500
        if limit is not None and not is_error:
            yield _Timed(first, limit)


def _counted(timed: Sequence[_Timed], canary: Attempt | None) -> Iterator[_Timed]:
    """The answers in time, and the late ones for which the canary vouches.

    It tells of the moment at which it was asked. Late answers of one operation without one in time
    between them may have met one spell of weather, which was over by then: they count once, but
    for those that the canary followed at once.
    """
    if canary is None:
        yield from (one for one in timed if not one.is_late)
        return
    spell: set[str] = set()
    followed = _followed(timed, canary)
    for number, one in enumerate(timed):
        if not one.is_late:
            spell.clear()
            yield one
            continue
        counts = number >= followed or one.first.operation not in spell
        spell.add(one.first.operation)
        if counts and is_quick(canary, one.first.seconds):
            yield one


def _followed(timed: Sequence[_Timed], canary: Attempt) -> int:
    """The place from which on all answers were late, where the canary came just after them."""
    last = timed[-1].first.attempt
    if canary.started_at - (last.started_at + last.elapsed) > NEIGHBOURS:
        return len(timed)
    in_time = (number for number in range(len(timed), 0, -1) if not timed[number - 1].is_late)
    return next(in_time, 0)
