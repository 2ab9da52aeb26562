"""The report: figures with their bounds beside the goals, for a terminal and for the documents."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.truth.episodes import Episode
from bench.truth.figures import (
    VERDICTS,
    Figure,
    confusion,
    figures,
    median,
    quantile,
    waits,
)
from bench.truth.lanes import Record
from bench.truth.speed import Round
from redhanded.lab.weather.faults.table import FAULTS

_MODES = {
    "redhanded": "redhanded",
    "plain": "pytest + httpx2",
    "rerun": "+ rerunfailures",
    "tenacity": "+ tenacity",
}
_ADDRESS = re.compile(r"http://[\w.]+:\d+")
_MOST = 100  # rows that anybody reads
_RIVALS = (
    "The same tests on the same sessions, each time with other fixtures: pytest with httpx2 and "
    "plain assertions; with two reruns of pytest-rerunfailures; and with tenacity, up to three "
    "attempts of any request on a network error, a 429 or a 5xx. They know no inconclusive test: "
    "what weather keeps from judging is red."
)
# What means something without verdicts of ours, so that the others can be held beside it.
_COMPARED = (
    "false_reds",
    "masked",
    "masked_intermittent",
    "masked_weather",
    "rows",
    "resent",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run found; of one that is partial nobody expects every figure."""

    records: Sequence[Record]
    least: int = 0
    speeds: Sequence[Round] = ()
    is_partial: bool = False

    @property
    def ours(self) -> list[Figure]:
        """The figures of redhanded."""
        return figures(self._of("redhanded"), least=self.least)

    @property
    def missed(self) -> list[Figure]:
        """The goals that were missed, without those that are soft."""
        hard = (each for each in self.ours if not each.is_met and not each.is_soft)
        return [each for each in hard if each.n or not self.is_partial]

    def _of(self, mode: str) -> list[Record]:
        return [record for record in self.records if record.mode == mode]

    def lines(self) -> Iterator[str]:
        """The report as a page of Markdown."""
        yield from _table(("figure", "seen", "n", "95 % bound", "goal"), map(_row, self.ours))
        yield from self._speed()
        yield from _compared({mode: self._of(mode) for mode in _MODES})
        yield from _confused(confusion(self._of("redhanded")))
        yield from _waited(waits(self._of("redhanded")))
        yield from _weathers(self._of("redhanded"))
        yield from _misjudged(self._of("redhanded"))

    def _speed(self) -> Iterator[str]:
        if not self.speeds:
            return
        yield f"Seconds of a green calm suite, median of {len(self.speeds)} rounds taken in turn:"
        yield ""
        rows = (
            (title, *(_more([ratio(each, kind) for each in self.speeds]) for kind in _SECONDS))
            for title, ratio in (
                ("with diagnosis, over without (goal: at most +2 %)", _over_off),
                ("with redhanded, over pytest and httpx2", _over_plain),
            )
        )
        yield from _table(("", *_SECONDS), rows)


_SECONDS = ("processor", "wall")


def _over_off(found: Round, kind: str) -> float:
    return _ratio(getattr(found.on, kind), getattr(found.off, kind))


def _over_plain(found: Round, kind: str) -> float:
    return _ratio(getattr(found.on, kind), getattr(found.plain, kind))


def _ratio(mine: float, theirs: float) -> float:
    return mine / theirs if theirs else math.nan  # not every system tells


def _more(ratios: Sequence[float]) -> str:
    low, high = min(ratios) - 1, max(ratios) - 1
    return f"{median(ratios) - 1:+.1%} (from {low:+.1%} to {high:+.1%})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _row(figure: Figure) -> Sequence[str]:
    missed = (
        ""
        if figure.is_met or not figure.n
        else " (missed, soft)"
        if figure.is_soft
        else " **missed**"
    )
    return (
        figure.title,
        _seen(figure),
        f"{figure.n:,}",
        _bound(figure),
        f"{_goal(figure)}{missed}",
    )


def _seen(figure: Figure) -> str:
    if not figure.n:
        return "not run"
    if figure.goal == 0.0:
        return f"{figure.events:,}"
    return f"{figure.events:,} ({figure.share:.2%})"


def _bound(figure: Figure) -> str:
    if math.isnan(figure.bound):
        return ""
    return f"{'at least' if figure.is_floor else 'at most'} {figure.bound:.3%}"


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    least = f" in at least {figure.least:,}" if figure.least else ""
    sign = "≥" if figure.is_floor else "≤"
    return f"0{least}" if figure.goal == 0.0 else f"{sign} {figure.goal:.1%}"


def _compared(records: Mapping[str, Sequence[Record]]) -> Iterator[str]:
    """The figures that do not ask for verdicts of ours, side by side on the same sessions."""
    found = {
        _MODES[mode]: {each.name: each for each in figures(those)}
        for mode, those in _shared(records).items()
    }
    if len(found) < 2:
        return
    yield "## Beside what people use today"
    yield ""
    yield _RIVALS
    yield ""
    first = next(iter(found.values()))
    rows = (
        (first[name].title, *(_beside(each[name]) for each in found.values())) for name in _COMPARED
    )
    yield from _table(("figure", *found), rows)


def _shared(records: Mapping[str, Sequence[Record]]) -> Mapping[str, Sequence[Record]]:
    """The records of each mode that ran, of those sessions that all of them ran."""
    ran = {mode: those for mode, those in records.items() if those}
    names = [{each.cell for each in those} for those in ran.values()]
    common = set.intersection(*names) if names else set()
    return {mode: [each for each in those if each.cell in common] for mode, those in ran.items()}


def _beside(figure: Figure) -> str:
    if not figure.n:
        return f"{figure.events:,}" if figure.events else "-"
    return f"{figure.events:,} of {figure.n:,} ({figure.share:.1%})"


def _confused(counts: Mapping[tuple[str, str], int]) -> Iterator[str]:
    yield "## What was expected, and what was said"
    yield ""
    columns = [*VERDICTS, *sorted({got for _, got in counts} - set(VERDICTS))]
    rows = (
        (f"**{row}**", *(str(counts.get((row, column), 0) or ".") for column in columns))
        for row in VERDICTS
    )
    yield from _table(("expected", *columns), rows)


def _waited(found: Mapping[str, Sequence[float]]) -> Iterator[str]:
    yield "## Seconds to a verdict"
    yield ""
    rows = (
        (family, f"{len(seconds):,}", *(f"{quantile(seconds, q):.2f}" for q in (0.5, 0.95, 1.0)))
        for family, seconds in found.items()
    )
    yield from _table(("session", "tests", "half", "95 %", "all"), rows)


def _weathers(records: Sequence[Record]) -> Iterator[str]:
    """What became of tests to which each weather was served."""
    met: dict[str, Counter[str]] = {}
    for record in records:
        for each in record.episodes if record.family == "weather" else ():
            for code in each.weather:
                met.setdefault(code, Counter())[each.got] += 1
    if not met:
        return
    yield "## By weather, on a correct API"
    yield ""
    columns = [*VERDICTS, "missing"]
    titles = {code: fault.title for code, fault in FAULTS.items()}
    rows = (
        (f"{code} {titles[code]}", *(str(met[code][column] or ".") for column in columns))
        for code in sorted(met)
    )
    yield from _table(("served", *columns), rows)


def _misjudged(records: Sequence[Record]) -> Iterator[str]:
    found = [each for record in records for each in record.episodes if is_misjudged(each)]
    if not found:
        return
    yield "## Misjudged"
    yield ""
    rows = (
        (
            each.cell,
            f"`{each.test}`",
            each.expected,
            each.got,
            _told(each),
            " ".join(each.weather),
        )
        for each in found[:_MOST]
    )
    yield from _table(("session", "test", "expected", "got", "told", "weather"), rows)
    if len(found) > _MOST:
        yield f"And {len(found) - _MOST:,} more."
        yield ""


def _told(each: Episode) -> str:
    """What the verdict said, without the address of the lane, on one line of a table."""
    return _ADDRESS.sub("", each.told)[:80].replace("|", "\\|").replace("\n", " ")


def is_misjudged(each: Episode) -> bool:
    """Whether the verdict is not one of the right ones."""
    if each.is_witness and each.served and not each.is_sure:
        return False
    if each.served and not each.is_witness:
        return False
    return each.got not in each.accepted or each.is_unsound
