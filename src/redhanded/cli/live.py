"""Live against document: what the tests of runs saw that the document lacks, and the reverse."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redhanded.cli.commands import Refusal
from redhanded.cli.comparison import LEVELS, reaches
from redhanded.cli.mark_words import words_of
from redhanded.cli.output import printable
from redhanded.cli.quantities import many
from redhanded.contracts.openapi import marks
from redhanded.reports.spool import read_spool
from redhanded.session.berth import spools_of
from redhanded.session.breaches import breaches_in
from redhanded.session.coverage_figures import figures_in, worded
from redhanded.verdict.words import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from redhanded.contracts.changes.change import Level
    from redhanded.session.breaches import Breach
    from redhanded.session.coverage_figures import Figures

_MARK = b'"event":"breached"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What runs saw beside what the documents say, and the least level that is shown.

    `suggestions` are, by document, the operations on it that would allow what was seen; `base_url`
    is where the API was.
    """

    runs: tuple[str, ...]
    breaches: Sequence[Breach]
    figures: Sequence[Figures]
    suggestions: Mapping[str, Sequence[str]]
    base_url: str = ""
    least: Level = "info"

    def grouped(self) -> Mapping[str, Sequence[Breach]]:
        """What the documents lack, by operation; what was met most often first."""
        groups: defaultdict[str, list[Breach]] = defaultdict(list)
        for one in self.breaches:
            if reaches(one.violation.level, self.least):
                groups[one.cause.operation].append(one)
        return groups

    def summary(self) -> str:
        """Both sides in one sentence."""
        where = f"run{'s' * (len(self.runs) > 1)} {', '.join(self.runs)}"
        names = ", ".join(dict.fromkeys(one.name for one in self.figures))
        seen = sum(one.count for one in self.breaches)
        more = f"{many(len(self.breaches), 'kind')} of breach in {many(seen, 'answer')}"
        lacking = more if self.breaches else "no breach"
        missing = sum(len(one.missing) for one in self.figures)
        never = f"{missing:,} documented things that no test saw" if missing else "all of it seen"
        return f"{where} against {names}: {lacking}; {never}."

    def fails(self, on: Level) -> bool:
        """Whether the documents lack anything of that level or a worse one."""
        return any(reaches(one.violation.level, on) for one in self.breaches)

    def never(self) -> Iterator[tuple[str, list[str]]]:
        """What no test saw, by what it is: operations and statuses by name, of the rest how many.

        An operation that was never called has no statuses of its own here.
        """
        idle = [
            each.name for one in self.figures for each in one.operations if _is_idle(each.state)
        ]
        if idle:
            yield "operations never called", idle
        statuses = [
            f"{each.name} {', '.join(each.unseen)}"
            for one in self.figures
            for each in one.operations
            if each.unseen and not _is_idle(each.state)
        ]
        if statuses:
            yield "statuses never seen", statuses
        for kind, count in self._counted().items():
            yield f"{kind} never seen", [f"{count:,}: --format json lists them"]

    def _counted(self) -> dict[str, int]:
        counts: defaultdict[str, int] = defaultdict(int)
        for mark in (mark for one in self.figures for mark in one.missing):
            measure = marks.measure_of(mark)
            if measure is not None and measure not in ("operations", "statuses"):
                counts[worded(measure)] += 1
        return counts

    def described(self) -> dict[str, Any]:
        """Both sides as JSON values."""
        return {
            "runs": [*self.runs],
            "documents": [{"name": one.name, "digest": one.digest} for one in self.figures],
            "lacking": [_record(one) for each in self.grouped().values() for one in each],
            "never_seen": [
                {"document": one.name, **words_of(mark)}
                for one in self.figures
                for mark in one.missing
            ],
        }


def live_of(folders: Sequence[Path], *, least: Level = "info") -> Live:
    """What the runs with these folders saw; refuses runs without an OpenAPI document."""
    figures = figures_in(folders)
    names = tuple(folder.name for folder in folders)
    if not figures:
        raise Refusal(
            f"{printable(', '.join(names))}: no test of it was held against an OpenAPI document;"
            " name one as `openapi` in the settings."
        )
    breaches = [one for one in breaches_in(*folders) if one.kind == "document"]
    ranked = sorted(breaches, key=lambda one: (LEVELS.index(one.violation.level), -one.count))
    return Live(
        runs=names,
        breaches=ranked,
        figures=figures,
        suggestions=_suggestions(folders),
        base_url=_base_url(folders),
        least=least,
    )


def _base_url(folders: Sequence[Path]) -> str:
    """Where the first of these runs found the API; empty where it does not say."""
    for spool in _spools(folders):
        with suppress(OSError):
            first = next(read_spool(spool), {})
            if first.get("event") == "run_started":
                return str(first.get("base_url", ""))
    return ""


def _suggestions(folders: Sequence[Path]) -> dict[str, list[str]]:
    """What was suggested for each document: equal breaches may suggest different things."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for spool in _spools(folders):
        for event in read_spool(spool, holding=_MARK):
            with suppress(KeyError, TypeError):
                if event["event"] == "breached" and event["kind"] == "document":
                    found[str(event["contract"])][str(event["violation"]["suggestion"])] = None
    return {name: [text for text in texts if text] for name, texts in found.items() if any(texts)}


def _spools(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from spools_of(folder)


def _is_idle(state: str) -> bool:
    return state == "never"


def _record(one: Breach) -> dict[str, Any]:
    violation = one.violation
    return {
        "code": violation.code,
        "level": violation.level,
        "operation": one.cause.operation,
        "where": one.cause.at,
        "actual": violation.actual,
        "expected": violation.expected,
        "rule": violation.rule,
        "source": violation.source,
        "passed": one.passed,
        "count": one.count,
        "tests": [*one.tests],
        "attempt": one.attempt_id,
        "suggestion": violation.suggestion,
    }


def sentence(one: Breach) -> str:
    """A kind of breach as a clause, with how often it was met and where it can be looked up."""
    times = f"{one.count:,} times" if one.count > 1 else "once"
    tests = f" in {many(len(one.tests), 'test')}"
    passed = f", passed: {one.passed}" if one.passed not in ("", "warning", "drift") else ""
    return f"{said(one.violation)} ({times}{tests}, as in attempt {one.attempt_id}{passed})"
