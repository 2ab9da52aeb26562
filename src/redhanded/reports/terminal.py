"""The last words of a run in the terminal: one sentence, causes, and where the evidence is."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from redhanded.core.verdicts import Verdict
from redhanded.verdict.words import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_NAMED = 3


class Line(NamedTuple):
    """One test that did not simply pass."""

    test_id: str
    verdict: Verdict
    cause: str
    headline: str


def summary(
    counts: Mapping[Verdict, int],
    lines: Sequence[Line],
    account: Mapping[str, Any],
    *,
    folder: Path,
    seed: int,
    vacuous: str = "",
    is_quiet: bool = False,
) -> Iterator[str]:
    """The lines of the section, the verdict sentence first; only that sentence when quiet."""
    yield f"NOT GREEN: {vacuous}" if vacuous else sentence(counts)
    if is_quiet:
        return
    for (verdict, cause, headline), group in groupby(sorted(lines, key=_signature), key=_signature):
        del verdict, cause
        yield f"  {headline}"
        yield from _tests([line.test_id for line in group])
    for note in account["notes"]:
        yield f"note: {note}"
    masked = account["masked"]
    yield f"evidence: {folder} ({masked} values masked)"
    yield f"data again: --rh-seed={seed}"


def _signature(line: Line) -> tuple[int, str, str]:
    return list(Verdict).index(line.verdict), line.cause, line.headline


def _tests(test_ids: Sequence[str]) -> Iterator[str]:
    for test_id in test_ids[:_NAMED]:
        yield f"    {test_id}"
    if len(test_ids) > _NAMED:
        yield f"    + {len(test_ids) - _NAMED} more"
