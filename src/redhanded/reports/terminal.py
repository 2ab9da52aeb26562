"""The last words of a run in the terminal: one sentence, causes, and where the evidence is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from redhanded.core.verdicts import Verdict
from redhanded.verdict.words import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from redhanded.reports.account import Account

_TESTS = 3
_CAUSES = 10
_WEATHER = frozenset({Verdict.INCONCLUSIVE, Verdict.RECOVERED})
_QUOTED = re.compile(r'"[^"]*"|\[\d+\]|/\S*')


class Line(NamedTuple):
    """One test that did not simply pass."""

    test_id: str
    verdict: Verdict
    cause: str
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended; `refusal` says why it is not green although no test is red.

    `folder` is where its evidence is, as a reader would type it.
    """

    counts: Mapping[Verdict, int]
    account: Account
    folder: str
    seed: int
    lines: Sequence[Line] = field(default=())
    refusal: str = ""

    @property
    def tone(self) -> str:
        """The colour of the verdict sentence, which never tells more than its words."""
        if self._is_red:
            return "red"
        return "yellow" if self.refusal or Verdict.INCONCLUSIVE in self.counts else "green"

    @property
    def verdict(self) -> str:
        """What the run means, in one sentence."""
        told = sentence(self.counts)
        if self._is_red or not self.refusal:
            return told
        refusal = f"Not green: {self.refusal}."
        return f"{told} {refusal}" if Verdict.INCONCLUSIVE in self.counts else refusal

    @property
    def _is_red(self) -> bool:
        return any(verdict.is_red for verdict in self.counts)


def details(ending: Ending, *, are_all_named: bool = False) -> Iterator[str]:
    """What follows the verdict sentence: causes, the worst first, notes, evidence, the seed."""
    recovered = [line for line in ending.lines if line.verdict is Verdict.RECOVERED]
    problems = [line for line in ending.lines if line.verdict is not Verdict.RECOVERED]
    yield from _causes(problems, are_all_named=are_all_named)
    yield from _causes(recovered, are_all_named=are_all_named)
    for note in ending.account.notes:
        yield f"note: {note}"
    yield f"evidence: {ending.folder} ({ending.account.masked} values masked)"
    if ending.account.made:
        yield f"the same data again: --rh-seed={ending.seed}"


def _causes(lines: Sequence[Line], *, are_all_named: bool) -> Iterator[str]:
    groups = _grouped(lines)
    shown = len(groups) if are_all_named else _CAUSES
    for group in groups[:shown]:
        yield f"  {_told(group)}"
        yield from _tests([line.test_id for line in group], are_all_named=are_all_named)
    if len(groups) > shown:
        yield f"  + {len(groups) - shown} more causes"


def _grouped(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of equal findings together: the worst first, then those of most tests."""
    groups: dict[tuple[Verdict, str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.verdict, line.cause, _fact(line)), []).append(line)
    ranks = list(Verdict)
    return sorted(groups.values(), key=lambda group: (ranks.index(group[0].verdict), -len(group)))


def _fact(line: Line) -> str:
    """The part of a headline that equal findings share; one outage is one finding."""
    if line.verdict in _WEATHER:
        return ""
    return _QUOTED.sub(lambda found: re.sub(r"\d+", "#", found[0]), line.headline)


def _told(lines: Sequence[Line]) -> str:
    first, *others = (line.headline for line in lines)
    if not others:
        return first
    if set(others) == {first}:
        return f"{first} ({len(lines)} tests)"
    return f"{first} (and the like in {len(lines)} tests)"


def _tests(test_ids: Sequence[str], *, are_all_named: bool) -> Iterator[str]:
    shown = len(test_ids) if are_all_named else _TESTS
    for test_id in test_ids[:shown]:
        yield f"    {test_id}"
    if len(test_ids) > shown:
        yield f"    + {len(test_ids) - shown} more"
