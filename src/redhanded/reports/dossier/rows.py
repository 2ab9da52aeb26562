"""Rows: each test of a run in a line, of what was reported of it and of what its lives tell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from redhanded.core.verdicts import Verdict
from redhanded.reports.dossier.case import Outcome, Row
from redhanded.reports.dossier.ids import SHORTEST, digest_of
from redhanded.reports.dossier.values import Record, number_of, text_of
from redhanded.reports.groups import Line, signatures
from redhanded.reports.kinds import HELD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from redhanded.core.verdicts import Finding
    from redhanded.reports.dossier.spools import Life, Span, Spool, Told

_OUTCOMES: Final[Mapping[str, Outcome]] = {
    "defect": "failure",
    "drift": "failure",
    "slow": "failure",
    "test_bug": "error",
    "inconclusive": "error",
    "recovered": "passed",
    "pass": "passed",
    "": "skipped",
}
_ENDS: Final[Mapping[str, Outcome]] = {word: word for word in _OUTCOMES.values()}
_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}
_HELD: Final = HELD | {"", "recovered"}


@dataclass(slots=True)
class Source:
    """Where the lines of one row stand: in each spool, the spans of it, by process."""

    shard: str
    test_id: str
    worker: str = ""
    told: list[Told] = field(default_factory=list)
    lives: list[tuple[Path, Life]] = field(default_factory=list)

    @property
    def began(self) -> float:
        """When the first of its rounds began; 0 where nothing tells."""
        known = [life.began for _, life in self.lives if life.began]
        if known:
            return min(known)
        events = [each.event for each in self.told]
        return min(
            (number_of(one, "at") - number_of(one, "seconds") for one in events), default=0.0
        )

    @property
    def is_test(self) -> bool:
        """Whether anybody told of it as of a test; a sweep sends requests as well."""
        return bool(self.told) or any(life.rounds for _, life in self.lives)

    @property
    def final(self) -> list[Told]:
        """What was reported of it, without what its round was parked with."""
        return [each for each in self.told if each.event.get("is_parked") is not True]

    def spans(self) -> Iterator[tuple[Path, str, Span]]:
        """Its lines, by file and by the process that wrote them."""
        for path, life in sorted(self.lives, key=lambda each: each[1].began):
            for span in life.spans:
                yield path, path.stem, span


def sources(spools: Sequence[Spool], shard: str) -> list[Source]:
    """The tests of one part, each with where its lines stand, in the order in which they began.

    What two workers each reported is two tests, as with `--dist each`; else a test is one, however
    many processes tell of it.
    """
    found: dict[tuple[str, str], Source] = {}
    by_test: dict[str, list[Source]] = {}
    for spool in spools:
        for (worker, test_id), told in spool.told.items():
            source = Source(shard, test_id, worker, told)
            found[worker, test_id] = source
            by_test.setdefault(test_id, []).append(source)
    for spool in spools:
        for test_id, life in spool.lives.items():
            known = found.get((spool.worker, test_id)) or next(iter(by_test.get(test_id, ())), None)
            if known is None:
                known = Source(shard, test_id, spool.worker)
                by_test[test_id] = [known]
            known.lives.append((spool.path, life))
    return sorted(
        (source for each in by_test.values() for source in each if source.is_test),
        key=lambda one: one.began,
    )


def rows_of(found: Sequence[Source], mask: Callable[[str], str]) -> list[Row]:
    """A row for each test, with an id that no other has, and equal signatures for equal causes."""
    taken: set[str] = set()
    rows = [_row(source, _id(source, taken), mask) for source in found]
    signed = signatures([line for row in rows if (line := _line(row)) is not None])
    return [replace(row, signature=signed[row.id]) if row.id in signed else row for row in rows]


def _id(source: Source, taken: set[str]) -> str:
    """An id by the test and its shard alone, so that each report of the run has the same."""
    again = 0
    while True:
        whole = digest_of(source.shard, source.test_id, again)
        for length in range(SHORTEST, len(whole) + 1):
            if whole[:length] not in taken:
                taken.add(whole[:length])
                return whole[:length]
        again += 1


def _line(row: Row) -> Line | None:
    """The row as findings are grouped; None where it held."""
    verdict = _VERDICTS.get(row.kind, Verdict.DEFECT)
    return None if row.kind in _HELD else Line(row.id, verdict, row.code, row.headline, row.route)


def _row(source: Source, row_id: str, mask: Callable[[str], str]) -> Row:
    lives = [life for _, life in sorted(source.lives, key=lambda each: each[1].began)]
    last = next((life for life in reversed(lives) if life.trace_id), None)
    operations = {name: None for life in lives for name in life.operations if name}
    ended = _ended(source, lives)
    return Row(
        id=row_id,
        test_id=mask(source.test_id),
        shard=source.shard,
        worker=source.worker,
        outcome=ended.outcome,
        kind=ended.kind,
        code=ended.code,
        headline=mask(ended.headline),
        route=mask(ended.route),
        began=source.began,
        seconds=ended.seconds,
        calls=sum(life.calls for life in lives),
        attempts=sum(life.attempts for life in lives),
        rounds=max(sum(life.rounds for life in lives if not _is_ending(life)), 1),
        key=mask(last.key) if last else "",
        owner=mask(last.owner) if last else "",
        until=last.until if last else "",
        trace_id=last.trace_id if last else "",
        is_beside=ended.is_beside,
        operations=tuple(map(mask, operations)),
    )


class _Ended(NamedTuple):
    """How a test ended, in the words that everybody was told."""

    outcome: Outcome
    kind: str
    code: str = ""
    headline: str = ""
    route: str = ""
    seconds: float = 0.0
    is_beside: bool = False


def _ended(source: Source, lives: Sequence[Life]) -> _Ended:
    if final := source.final:
        return _reported(final[-1].event)
    if source.told:  # it was parked, and nobody came back to it
        return _reported({**source.told[-1].event, "outcome": "error", "kind": "inconclusive"})
    over = [life for life in lives if life.is_over]
    return _alone(over[-1]) if over and lives[-1].is_over else _INTERRUPTED


def _reported(event: Record) -> _Ended:
    outcome = text_of(event, "outcome")
    return _Ended(
        outcome=_ENDS.get(outcome, "error"),
        kind=text_of(event, "kind"),
        code=text_of(event, "code"),
        headline=text_of(event, "headline"),
        route=text_of(event, "route"),
        seconds=number_of(event, "seconds"),
        is_beside=event.get("is_beside") is True,
    )


def _alone(life: Life) -> _Ended:
    """How a test ended of which its own process alone tells."""
    finding = life.finding
    code, said = (finding.code, told(finding)) if finding is not None else ("", "")
    kind = life.verdict if life.verdict in _VERDICTS else "pytest.skip"
    outcome = _OUTCOMES.get(life.verdict, "skipped")
    return _Ended(outcome, kind, code, said, seconds=life.seconds)


def told(finding: Finding) -> str:
    """The finding in a line, as a headline without its request."""
    return f"{finding.verdict.replace('_', ' ').upper()} {finding.code}: {finding.message}"


_INTERRUPTED: Final = _Ended(
    "error",
    "inconclusive",
    "run.interrupted",
    "INCONCLUSIVE run.interrupted: stopped before its verdict",
)


def _is_ending(life: Life) -> bool:
    """Whether a life is the controller's word on a test that died with its worker."""
    return life.finding is not None and life.finding.code == "run.worker_crashed"
