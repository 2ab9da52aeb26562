"""Runs as rows for people, and as values for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redhanded.cli.output import Cell, printable
from redhanded.cli.quantities import duration, many, moment, timestamp
from redhanded.core.verdicts import Verdict
from redhanded.history.records import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo

    from redhanded.history.records import Run

LETTERS = {
    **{verdict.value: verdict.letter for verdict in Verdict},
    "skipped": "-",
    "unfinished": "?",
}
_WORDS = {
    "defect": "defect",
    "drift": "drift from the contract",
    "slow": "slow",
    "test_bug": "test bug",
    "inconclusive": "inconclusive",
    "recovered": "recovered",
    "unfinished": "its process was killed",
}
_BUILD = 12  # characters of a build's name, which may be a whole hash
_RED = frozenset(verdict.value for verdict in Verdict if verdict.is_red)
_QUIET = frozenset({"pass", "skipped"})
_STYLES = {0: "green", 75: "yellow"}


def described(run: Run) -> dict[str, Any]:
    """The run as JSON values."""
    return {
        "run": run.run_id,
        "state": run.state.value,
        "began": timestamp(run.started_at),
        "ended": timestamp(run.ended_at),
        "seconds": round(run.seconds, 3),
        "exit_code": run.exit_code,
        "tests": sum(run.counts.values()),
        "verdicts": dict(run.counts),
        "environment": run.environment,
        "target": run.target,
        "host": run.host,
        "builds": list(run.builds),
        "seed": run.seed,
        "canary_seconds": run.canary,
        "canaries": run.canaries,
    }


def heading(project: str, runs: Sequence[Run], zone: tzinfo | None = None) -> Iterator[str]:
    """Which runs these are: how many, from when to when, and where they all ran."""
    newest, oldest = runs[0], runs[-1]
    first, last = (moment(run.started_at, zone) for run in (oldest, newest))
    span = last if len(runs) == 1 else f"{first} to {last}"
    yield f"{printable(project)}: {many(len(runs), 'run')}, {span}"
    places = _places(runs)
    if len(places) == 1:
        yield printable(newest.environment)


def rows(runs: Sequence[Run], zone: tzinfo | None = None) -> Iterator[list[Cell]]:
    """A row a run below their names; a letter says where, if they ran in several places."""
    places = _places(runs)
    several = len(places) > 1
    names = ["began", "run", "end", "tests", "not passed", "took", "build", *["in"] * several]
    yield [Cell(name, "dim") for name in names]
    for run in runs:
        yield [
            Cell(moment(run.started_at, zone)),
            Cell(run.run_id, "bold"),
            _end(run),
            Cell(f"{sum(run.counts.values()):>5,}"),
            _tally(run.counts),
            Cell(duration(run.seconds) if run.ended_at else ""),
            Cell(builds(run)),
            *[Cell(places[run.environment])] * several,
        ]


def legend(runs: Sequence[Run]) -> Iterator[str]:
    """What the letters in these rows mean, and where the runs ran."""
    seen = {word for run in runs for word, number in run.counts.items() if number}
    meant = [f"{LETTERS[word]} {said}" for word, said in _WORDS.items() if word in seen]
    if meant:
        yield ", ".join(meant)
    places = _places(runs)
    if len(places) > 1:
        yield from (f"{letter}: {printable(place)}" for place, letter in places.items())


def builds(run: Run) -> str:
    """The build that the run met, shortened; the number of others beside it."""
    if not run.builds:
        return ""
    others = len(run.builds) - 1
    return run.builds[0][:_BUILD] + (f" +{others}" if others else "")


def _places(runs: Sequence[Run]) -> Mapping[str, str]:
    """A letter for each environment, in the order of their appearance."""
    names = dict.fromkeys(run.environment for run in runs)
    return {name: chr(ord("a") + min(number, 25)) for number, name in enumerate(names)}


def _end(run: Run) -> Cell:
    if run.state is not State.FINISHED:
        return Cell(run.state.value, "cyan" if run.state is State.RUNNING else "yellow")
    code = run.exit_code
    return Cell(f"exit {'?' if code is None else code}", _STYLES.get(code or 0, "red"))


def _tally(counts: Mapping[str, int]) -> Cell:
    """What did not simply hold, the worst first: `1D 3I 5R`."""
    told = [f"{counts[word]}{LETTERS[word]}" for word in _WORDS if counts.get(word)]
    return Cell(" ".join(told), _tone(counts))


def _tone(counts: Mapping[str, int]) -> str:
    found = {style(word) for word, number in counts.items() if number}
    return next((tone for tone in ("red", "yellow") if tone in found), "")


def style(verdict: str) -> str:
    """The colour of a verdict, which never tells more than its letter."""
    if verdict in _RED:
        return "red"
    return "" if verdict in _QUIET else "yellow"
