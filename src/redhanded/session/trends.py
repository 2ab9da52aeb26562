"""Trends for a report: how its tests and operations did in earlier runs, as history tells it."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from redhanded.core.verdicts import Verdict
from redhanded.history.store import HistoryUnavailable
from redhanded.history.trend import Direction, trend
from redhanded.reports.html.payload import Pace, Run, Suspect, Trends
from redhanded.reports.html.units import ticks
from redhanded.session.digest import SKIPPED
from redhanded.session.stores import environment_of, is_server, open_store, project_name, store_url
from redhanded.verdict.words import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from redhanded.core.settings import Settings
    from redhanded.history import records
    from redhanded.history.flakes import Score
    from redhanded.history.store import Store
    from redhanded.reports.dossier.case import Row
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.html.payload import Ticks

Word: TypeAlias = Literal["new", "known", "fixed", "flaky", "intermittent", "broken"]

RUNS: Final = 30  # earlier ones, at most
OUTCOMES: Final = 60_000  # that are read at most, which takes about a second
SCORED: Final = 3_000  # tests up to which flake scores are computed
_SHARE: Final = 0.10  # of a median, below which a change is not worth a word
_LETTERS: Final = {SKIPPED: "-", **{str(verdict): verdict.letter for verdict in Verdict}}
_FAILED: Final = frozenset("DCSTI")
_WORDS: Final[dict[str, Word]] = {
    "broken": "broken",
    "intermittent": "intermittent",
    "flaky": "flaky",
}


class Place(NamedTuple):
    """Where in history a run belongs: its project, and what its times may be compared with."""

    store: Store
    project: str
    environment: str


class Told(NamedTuple):
    """What history tells for a report: the trends, and earlier outcomes of tests by their keys."""

    trends: Trends
    past: Mapping[str, str]


@contextmanager
def remembered(
    settings: Settings,
    root: Path,
    *,
    workers: int,
    open_: Callable[[Settings, Path], Store] = open_store,
) -> Iterator[Place | None]:
    """What the settings name as history, closed in the end; None where there is none to read.

    Raises HistoryUnavailable where it cannot be opened. No file is made for it.
    """
    file = store_url(settings, root).partition(":///")[2].partition("?")[0]
    is_there = is_server(settings) or Path(file).exists()
    if not (settings.history.enabled and is_there):
        yield None
        return
    store = open_(settings, root)
    try:
        yield Place(store, project_name(settings, root), environment_of(settings, workers))
    finally:
        store.close()


def told(place: Place, dossier: Dossier) -> Told | None:
    """What history tells of the tests and operations of a run; None where it knows no other run.

    Raises HistoryUnavailable where the store is away.
    """
    earlier = _earlier(place, dossier)
    if not earlier:
        return None
    past = _past(place, dossier, earlier)
    scores = _scores(place, dossier, earlier)
    made = Trends(
        runs=[*map(_run, earlier), _this(dossier)],
        suspects=[*_suspects(dossier.rows, past, scores)],
        paces=[*_paces(place, dossier, earlier)],
    )
    return Told(made, past)


def _name(dossier: Dossier) -> str:
    """The name of the run, or of its first part."""
    return dossier.head.parts[0].name if dossier.head.parts else ""


def _earlier(place: Place, dossier: Dossier) -> list[records.Run]:
    """The runs before this one, the oldest first; of this one nothing, be it known or not."""
    names = {part.name for part in dossier.head.parts}
    known = place.store.runs(place.project, latest=2 * RUNS)
    before = [
        run for run in known if run.run_id not in names and run.started_at < dossier.head.began
    ]
    return before[:RUNS][::-1]


def _run(run: records.Run) -> Run:
    seconds, counts = run.seconds, dict(run.counts)
    return Run(run=run.run_id, began=run.started_at, seconds=seconds, counts=counts)


def _this(dossier: Dossier) -> Run:
    head = dossier.head
    seconds = head.ended - head.began
    return Run(run=_name(dossier), began=head.began, seconds=seconds, counts=dict(head.counts))


def _key(row: Row) -> str:
    return row.key or row.test_id


def _past(place: Place, dossier: Dossier, earlier: Sequence[records.Run]) -> dict[str, str]:
    """Earlier outcomes as letters, the oldest first: of all tests, or of many of the telling ones.

    An outcome of which a later one of the same run is known counts no more.
    """
    rows = [row for row in dossier.rows if not row.is_beside]
    if len(rows) * len(earlier) > OUTCOMES:
        rows = [row for row in rows if not row.is_quiet][: OUTCOMES // len(earlier)]
    names = {run.run_id: number for number, run in enumerate(earlier)}
    found: defaultdict[str, dict[int, str]] = defaultdict(dict)
    keys = {_key(row) for row in rows}
    since = earlier[0].started_at
    for trial in place.store.trials(place.project, since=since, tests=keys) if keys else ():
        if trial.run_id in names:
            letter = _LETTERS.get(trial.verdict, "?")
            found[trial.test][names[trial.run_id]] = letter
    return {key: "".join(by_run[n] for n in sorted(by_run)) for key, by_run in found.items()}


def _scores(place: Place, dossier: Dossier, earlier: Sequence[records.Run]) -> dict[str, Score]:
    """The score of each test that tells something, where the tests are few enough to score."""
    if len(dossier.rows) > SCORED:
        return {}
    from redhanded.history.flakes import scores

    tallies = place.store.tallies(place.project, since=earlier[0].started_at)
    telling = [score for score in scores(tallies, now=dossier.head.began) if score.word in _WORDS]
    ordered = sorted(telling, key=lambda score: -[*_WORDS].index(score.word))
    return {score.test: score for score in ordered}


def _suspects(
    rows: Sequence[Row], past: Mapping[str, str], scores: Mapping[str, Score]
) -> Iterator[Suspect]:
    """The tests with a history: what is new of each, what keeps failing first."""
    found = []
    places = {_key(row): place for place, row in enumerate(rows)}
    for key in dict.fromkeys([*places, *scores]):
        place, letters = places.get(key, -1), past.get(key, "")
        row = rows[place] if place >= 0 else None
        word = _word(row, letters, scores.get(key))
        if word is not None:
            found.append(_suspect(key, place, word, letters, scores.get(key)))
    yield from sorted(found, key=lambda one: (one["word"] == "fixed", -one["flips"], one["test"]))


def _word(row: Row | None, letters: str, score: Score | None) -> Word | None:
    """What is to be said of a test; None of one that has always held, or never ran before."""
    if score is not None:
        return _WORDS[score.word]
    judged = [letter for letter in letters if letter not in "-?"]
    if row is None or not judged:
        return None
    if row.outcome in ("failure", "error"):
        return "known" if judged[-1] in _FAILED else "new"
    return "fixed" if judged[-1] in _FAILED and row.outcome == "passed" else None


def _suspect(key: str, place: int, word: Word, letters: str, score: Score | None) -> Suspect:
    judged = [letter in _FAILED for letter in letters if letter not in "-?"]
    return Suspect(
        test=key,
        row=place,
        word=word,
        channel=str(score.channel) if score is not None else "",
        past=letters,
        flips=sum(before != after for before, after in pairwise(judged)),
    )


def _paces(place: Place, dossier: Dossier, earlier: Sequence[records.Run]) -> Iterator[Pace]:
    """The medians of each operation; that of this run is for whoever has its times."""
    names = {run.run_id: number for number, run in enumerate(earlier)}
    found: defaultdict[str, list[float | None]] = defaultdict(lambda: [None] * len(earlier))
    called = {operation for row in dossier.rows for operation in row.operations}
    for each in place.store.operations(place.project, place.environment, runs=2 * RUNS):
        if each.run_id in names and each.operation.operation in called:
            found[each.operation.operation][names[each.run_id]] = each.operation.median
    for operation in sorted(found):
        medians: list[Ticks | None] = [
            None if value is None else ticks(value) for value in found[operation]
        ]
        yield Pace(operation=operation, medians=[*medians, None], note=_note(found[operation]))


def _note(values: Sequence[float | None]) -> str:
    """Where the medians of earlier runs went, in a sentence."""
    went = trend(values, share=_SHARE)
    if went.before is None or went.after is None:
        return "too few runs to tell where it goes"
    if went.direction is Direction.STEADY:
        return f"steady at {duration(went.after)}"
    return f"{went.direction}: from {duration(went.before)} to {duration(went.after)}"


__all__ = ["HistoryUnavailable", "Place", "Told", "remembered", "told"]
