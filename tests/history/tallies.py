"""The outcomes of one test in short: a letter for each run, the oldest first."""

from __future__ import annotations

from redhanded.history.flakes import Score, scores
from redhanded.history.records import Tally

DAY = 86_400.0
_OUTCOMES = {
    ".": ("pass", ""),
    "R": ("recovered", "net.reset"),
    "I": ("inconclusive", "http.unavailable"),
    "T": ("test_bug", "test.exception"),
    "D": ("defect", "status"),
    "C": ("drift", "body.schema"),
    "S": ("slow", "latency.ceiling"),
    "-": ("skipped", ""),
    "?": ("unfinished", ""),
}
RUNS_A_BUILD = 4
EVERY = DAY / 4


def tallies(
    letters: str,
    *,
    test: str = "t",
    builds: int = RUNS_A_BUILD,
    spell: int = 1,
    every: float = EVERY,
) -> list[Tally]:
    """One tally a run; a build for each so many runs, or none for 0."""
    return [
        Tally(
            test=test,
            environment="ci",
            build=f"b{run // builds}" if builds else "",
            verdict=_OUTCOMES[letter][0],
            cause=_OUTCOMES[letter][1],
            first="",
            spell=spell,
            runs=1,
            began=run * every,
            ended=run * every,
        )
        for run, letter in enumerate(letters)
    ]


def scored(counted: list[Tally], *, now: float | None = None) -> dict[str, Score]:
    """The scores of one test by their channels, as of the newest run."""
    at = max((tally.ended for tally in counted), default=0.0) if now is None else now
    return {str(score.channel): score for score in scores(counted, now=at)}
