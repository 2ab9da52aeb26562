"""The figures: what the promise is held against, counted over the sessions of a run."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    return [
        *_reds_in_weather(records, least),
        *_reds_elsewhere(records),
        *_masked(records),
        *_classes(records),
        *_classes_in_weather(records),
        *_duplicates(records),
        *_requests(records),
        *_contradictions(records),
    ]


def _episodes(records: Iterable[Record], *families: str) -> list[Episode]:
    return [each for record in records if record.family in families for each in record.episodes]


def _among(
    name: str,
    title: str,
    found: Sequence[Episode],
    holds: Callable[[Episode], bool],
    **goal: Any,  # noqa: ANN401  the figure's own fields
) -> Figure:
    """The figure of those episodes for which something holds."""
    events = sum(map(holds, found))
    return Figure(name=name, title=title, events=events, n=len(found), **goal)


def _is_false_red(each: Episode) -> bool:
    return each.is_false_red


def _is_right(each: Episode) -> bool:
    return each.got in each.accepted


def _is_open(each: Episode) -> bool:
    return each.got == "inconclusive"


def _reds_in_weather(records: Sequence[Record], least: int) -> Iterator[Figure]:
    # A weather that was planned and met nobody is none.
    struck = [record for record in records if any(each.weather for each in record.episodes)]
    correct = _episodes(struck, "weather")
    touched = [each for each in correct if each.weather]
    greens = [each for each in correct if each.arrivals is not None and each.got in GREEN]
    title = "false reds on a correct API under weather"
    yield _among("false_reds", title, correct, _is_false_red, least=least)
    title = "of these, weather was served to the test itself"
    yield _among("false_reds_touched", title, touched, _is_false_red)
    title = "greens without an answer of the API to the test's own request"
    yield _among("unsound", title, greens, lambda each: each.is_unsound)


def _reds_elsewhere(records: Sequence[Record]) -> Iterator[Figure]:
    faulty = [each for each in _episodes(records, "defect", "both") if not each.served]
    yield _among("calm_reds", "false reds in calm", _episodes(records, "calm"), _is_false_red)
    title = "reds of tests that the API's defect was never served to"
    yield _among("stray_reds", title, faulty, _is_false_red)


def _witnessed(records: Iterable[Record], family: str) -> list[Episode]:
    return [each for each in _episodes(records, family) if each.is_witness and each.is_sure]


def _masked(records: Sequence[Record]) -> Iterator[Figure]:
    alone, weathered = _witnessed(records, "defect"), _witnessed(records, "both")
    steady = [each for each in alone if not each.is_intermittent]
    unsteady = [each for each in alone if each.is_intermittent]
    for name, title, found in (
        ("masked", "served deterministic defects that end green", steady),
        ("masked_intermittent", "served intermittent defects that end green", unsteady),
        ("masked_weather", "served defects under weather that end green", weathered),
    ):
        yield _among(name, title, found, lambda each: each.is_masked)


def _classes(records: Sequence[Record]) -> Iterator[Figure]:
    alone, weathered = _witnessed(records, "defect"), _witnessed(records, "both")
    title = "right verdict on a defect, calm"
    yield _among("class_calm", title, alone, _is_right, goal=0.99, is_floor=True)
    title = "right verdict on a defect, under weather"
    soft = {"goal": 0.97, "is_floor": True, "is_soft": True}
    yield _among("class_weather", title, weathered, _is_right, **soft)
    cleared = [each for each in weathered if not each.is_fresh]
    title = "defects that are red once the weather had cleared"
    red = {"goal": None, "is_floor": True}
    yield _among("red_cleared", title, cleared, lambda each: each.is_red, **red)


def _classes_in_weather(records: Sequence[Record]) -> Iterator[Figure]:
    touched = [each for each in _episodes(records, "weather") if each.weather]
    title = "right verdict on a correct API, weather served"
    soft = {"goal": 0.97, "is_floor": True, "is_soft": True}
    yield _among("class_touched", title, touched, _is_right, **soft)
    passing = [each for each in touched if each.shape != "always"]
    title = "left unjudged on a correct API by weather that passed"
    yield _among("unjudged", title, passing, _is_open, goal=None)


def _duplicates(records: Sequence[Record]) -> Iterator[Figure]:
    clean = [record for record in records if record.family in ("calm", "weather")]
    writes = sum(record.writes for record in clean)
    for name, title in (
        ("rows", "objects made twice on the server"),
        ("resent", "creations without a key that arrived twice"),
    ):
        events = sum(getattr(record, name) for record in clean)
        yield Figure(name=name, title=title, events=events, n=writes)


def _requests(records: Sequence[Record]) -> Iterator[Figure]:
    calm = _episodes(records, "calm")
    yield _among("calm_inconclusive", "inconclusive in calm", calm, _is_open, goal=0.005)
    for name, title, family, goal in (
        ("extra_calm", "extra requests for diagnosis, calm", "calm", 0.01),
        ("extra_weather", "extra requests for diagnosis, under weather", "weather", 0.10),
    ):
        those = [record for record in records if record.family == family]
        extra, sent = sum(each.extra for each in those), sum(each.requests for each in those)
        yield Figure(name=name, title=title, events=extra, n=sent, goal=goal, is_soft=True)


def _contradictions(records: Sequence[Record]) -> Iterator[Figure]:
    every = [each for record in records for each in record.episodes]
    without = ("missing", "skipped")
    yield _among("missing", "tests without a verdict", every, lambda each: each.got in without)
    title = "verdicts that the evidence contradicts"
    yield _among("contradicted", title, every, lambda each: each.is_contradicted)
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
