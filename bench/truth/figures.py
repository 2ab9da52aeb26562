"""The figures: what the promise is held against, counted over the sessions of a run."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.truth import bounds
from bench.truth.episodes import Episode
from bench.truth.lanes import Record
from bench.truth.results import GREEN, RED

VERDICTS = ("pass", "recovered", "drift", "defect", "slow", "inconclusive", "test_bug")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Events among n, with the bound that a goal is held against.

    A goal is the largest share, or the smallest where more is better; None is none. One that is
    soft is printed and turns nothing red.
    """

    name: str
    title: str
    events: int
    n: int
    goal: float | None = 0.0
    is_floor: bool = False
    is_soft: bool = False
    least: int = 0

    @property
    def share(self) -> float:
        """The share that was seen."""
        return self.events / self.n if self.n else math.nan

    @property
    def bound(self) -> float:
        """What the true share is beyond in one of twenty runs like this one."""
        if not self.n:
            return math.nan
        return (bounds.lower if self.is_floor else bounds.upper)(self.events, self.n)

    @property
    def is_met(self) -> bool:
        """Whether the goal is met by what was seen, in as many cases as were asked for."""
        if self.goal is None:
            return True
        if not self.n or self.n < self.least:
            return False
        return self.share >= self.goal if self.is_floor else self.share <= self.goal


def figures(records: Sequence[Record], *, least: int = 0) -> list[Figure]:
    """The figures of one mode; `least` is how many verdicts on a correct API are wanted."""
    return [*_reds(records, least), *_masked(records), *_classes(records), *_costs(records)]


def _episodes(records: Iterable[Record], *families: str) -> list[Episode]:
    return [each for record in records if record.family in families for each in record.episodes]


def _count(found: Iterable[Episode], holds: Callable[[Episode], bool]) -> int:
    return sum(map(holds, found))


def _reds(records: Sequence[Record], least: int) -> Iterator[Figure]:
    # A weather that was planned and met nobody is none.
    struck = [record for record in records if any(each.weather for each in record.episodes)]
    correct = _episodes(struck, "weather")
    touched = [each for each in correct if each.weather]
    faulty = [each for each in _episodes(records, "defect", "both") if not each.served]
    yield Figure(
        name="false_reds",
        title="false reds on a correct API under weather",
        events=_count(correct, lambda each: each.is_false_red),
        n=len(correct),
        least=least,
    )
    yield Figure(
        name="false_reds_touched",
        title="of these, weather was served to the test itself",
        events=_count(touched, lambda each: each.is_false_red),
        n=len(touched),
    )
    yield Figure(
        name="calm_reds",
        title="false reds in calm",
        events=_count(_episodes(records, "calm"), lambda each: each.is_false_red),
        n=len(_episodes(records, "calm")),
    )
    yield Figure(
        name="stray_reds",
        title="reds of tests that the API's defect was never served to",
        events=_count(faulty, lambda each: each.is_false_red),
        n=len(faulty),
    )
    yield Figure(
        name="unsound",
        title="greens without an answer of the API to the test's own request",
        events=_count(correct, lambda each: each.is_unsound),
        n=_count(correct, lambda each: each.arrivals is not None and each.got in GREEN),
    )


def _witnessed(records: Iterable[Record], family: str) -> list[Episode]:
    return [each for each in _episodes(records, family) if each.is_witness and each.is_sure]


def _masked(records: Sequence[Record]) -> Iterator[Figure]:
    alone, weathered = _witnessed(records, "defect"), _witnessed(records, "both")
    for name, title, found in (
        ("masked", "served deterministic defects that end green", _steady(alone)),
        ("masked_intermittent", "served intermittent defects that end green", _unsteady(alone)),
        ("masked_weather", "served defects under weather that end green", weathered),
    ):
        masked = _count(found, lambda each: each.is_masked)
        yield Figure(name=name, title=title, events=masked, n=len(found))


def _steady(found: Iterable[Episode]) -> list[Episode]:
    return [each for each in found if not each.is_intermittent]


def _unsteady(found: Iterable[Episode]) -> list[Episode]:
    return [each for each in found if each.is_intermittent]


def _classes(records: Sequence[Record]) -> Iterator[Figure]:
    alone, weathered = _witnessed(records, "defect"), _witnessed(records, "both")
    touched = [each for each in _episodes(records, "weather") if each.weather]
    for name, title, found, goal in (
        ("class_calm", "right verdict on a defect, calm", alone, 0.99),
        ("class_weather", "right verdict on a defect, under weather", weathered, 0.97),
        ("class_touched", "right verdict on a correct API, weather served", touched, 0.97),
    ):
        right = _count(found, lambda each: each.got in each.accepted)
        yield Figure(
            name=name,
            title=title,
            events=right,
            n=len(found),
            goal=goal,
            is_floor=True,
            is_soft=name != "class_calm",
        )
    cleared = [each for each in weathered if not each.is_fresh]
    yield Figure(
        name="red_cleared",
        title="defects that are red once the weather had cleared",
        events=_count(cleared, lambda each: each.is_red),
        n=len(cleared),
        goal=None,
        is_floor=True,
    )
    passing = [each for each in touched if each.shape != "always"]
    yield Figure(
        name="unjudged",
        title="left unjudged on a correct API by weather that passed",
        events=_count(passing, lambda each: each.got == "inconclusive"),
        n=len(passing),
        goal=None,
    )


def _costs(records: Sequence[Record]) -> Iterator[Figure]:
    calm = _episodes(records, "calm")
    clean = [record for record in records if record.family in ("calm", "weather")]
    every = [each for record in records for each in record.episodes]
    writes = sum(record.writes for record in clean)
    rows, resent = sum(each.rows for each in clean), sum(each.resent for each in clean)
    yield Figure(name="rows", title="objects made twice on the server", events=rows, n=writes)
    yield Figure(name="resent", title="writes without a key sent twice", events=resent, n=writes)
    yield Figure(
        name="calm_inconclusive",
        title="inconclusive in calm",
        events=_count(calm, lambda each: each.got == "inconclusive"),
        n=len(calm),
        goal=0.005,
    )
    for name, title, family, goal in (
        ("extra_calm", "extra requests for diagnosis, calm", "calm", 0.01),
        ("extra_weather", "extra requests for diagnosis, under weather", "weather", 0.10),
    ):
        those = [record for record in records if record.family == family]
        yield Figure(
            name=name,
            title=title,
            events=sum(record.extra for record in those),
            n=sum(record.requests for record in those),
            goal=goal,
            is_soft=True,
        )
    yield Figure(
        name="missing",
        title="tests without a verdict",
        events=_count(every, lambda each: each.got in ("missing", "skipped")),
        n=len(every),
    )
    yield Figure(
        name="contradicted",
        title="verdicts that the evidence contradicts",
        events=_count(every, lambda each: each.is_contradicted),
        n=len(every),
    )
    yield Figure(
        name="exit_codes",
        title="sessions whose exit code contradicts their verdicts",
        events=sum(record.exit_code != exit_code(record.episodes) for record in records),
        n=len(records),
    )


def exit_code(found: Iterable[Episode]) -> int:
    """What a session with these verdicts must end with."""
    got = {each.got for each in found}
    if got & RED:
        return 1
    return 75 if "inconclusive" in got else 0


def confusion(records: Iterable[Record]) -> Mapping[tuple[str, str], int]:
    """How often what was expected, by rows, was said to be what, by columns."""
    told = (
        each
        for record in records
        for each in record.episodes
        if (each.is_witness and each.is_sure) or not each.served
    )
    return Counter((each.expected, each.got) for each in told)


def waits(records: Iterable[Record]) -> Mapping[str, Sequence[float]]:
    """Seconds to a verdict, by family: from a test's first beginning to its last end."""
    found: dict[str, list[float]] = {}
    for record in records:
        seconds = [each.seconds for each in record.episodes if each.rounds]
        found.setdefault(record.family, []).extend(seconds)
    return {family: sorted(seconds) for family, seconds in found.items() if seconds}


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value that this share of the ordered values does not exceed."""
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """The median; nothing is no number."""
    return statistics.median(values) if values else math.nan
