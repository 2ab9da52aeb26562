"""The last words of a run in the terminal: one sentence, causes, paces, and where all of it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from redhanded.core.verdicts import Verdict
from redhanded.reports.groups import grouped
from redhanded.verdict.words import many, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from redhanded.reports.account import Account
    from redhanded.reports.groups import Group, Line

_TESTS = 3
_ROUTES = 3
_CAUSES = 10
_LEADS = 3
_WIDTH = 100


class Lead(NamedTuple):
    """Where a reader goes on from a test: the command that sends its calls again, its trace."""

    replay: str
    trace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended; `refusal` says why it is not green although no test is red.

    `alarms` are what a reader must know before anything else, such as that the run was no test of
    the API at all. `folder` is where its evidence is, as a reader would type it. `beside` counts
    findings that no single test made. `covered` counts the tests that did not hold and are
    quarantined, on which `quarantined` says more. `contracts` are lines on breaches of contracts
    that fail no test. `paces` are lines on operations against what is declared for them, `leads` is
    where to go on by test, `reports` are lines on the files that were written.
    """

    counts: Mapping[Verdict, int]
    account: Account
    folder: str
    seed: str
    lines: Sequence[Line] = field(default=())
    refusal: str = ""
    alarms: Sequence[str] = field(default=())
    beside: int = 0
    covered: int = 0
    quarantined: Sequence[str] = field(default=())
    contracts: Sequence[str] = field(default=())
    paces: Sequence[str] = field(default=())
    leads: Mapping[str, Lead] = field(default_factory=dict)
    reports: Sequence[str] = field(default=())

    @property
    def tone(self) -> str:
        """The colour of the verdict sentence, which never tells more than its words."""
        if self._is_red:
            return "red"
        return "yellow" if self.refusal or Verdict.INCONCLUSIVE in self.counts else "green"

    @property
    def verdict(self) -> str:
        """What the run means, in one sentence; what is left out of it has another."""
        told = sentence(self.counts, self.beside)
        if self.covered and self.counts:
            tests = "test" if self.covered == 1 else "tests"
            told += f" {self.covered} quarantined {tests} did not hold."
        if self._is_red or not self.refusal:
            return told
        refusal = f"Not green: {self.refusal}."
        return f"{told} {refusal}" if Verdict.INCONCLUSIVE in self.counts else refusal

    @property
    def _is_red(self) -> bool:
        return self.beside > 0 or any(verdict.is_red for verdict in self.counts)


def details(ending: Ending, *, are_all_named: bool = False) -> Iterator[str]:
    """What follows the verdict sentence: causes, the worst first, notes, evidence, the seed."""
    recovered = [line for line in ending.lines if line.verdict is Verdict.RECOVERED]
    problems = [line for line in ending.lines if line.verdict is not Verdict.RECOVERED]
    yield from _causes(problems, are_all_named=are_all_named)
    yield from _causes(recovered, are_all_named=are_all_named)
    yield from ending.quarantined
    yield from ending.paces
    for line in ending.contracts:
        yield from _folded(line)
    for note in ending.account.notes:
        yield f"note: {note}"
    yield from ending.reports
    yield f"evidence: {ending.folder} ({many(ending.account.masked, 'value')} masked)"
    yield from _replays(problems, ending.leads)
    if ending.account.made:
        yield f"the same data again: --rh-seed={ending.seed}"


def _causes(lines: Sequence[Line], *, are_all_named: bool) -> Iterator[str]:
    groups = grouped(lines)
    shown = groups if are_all_named else _most_telling(groups)
    for group in shown:
        yield f"  {_told(group)}"
        yield from _tests(group.tests, are_all_named=are_all_named)
        if len(group.routes) > 1:
            more = len(group.routes) - _ROUTES
            yield f"    on {', '.join(group.routes[:_ROUTES])}{f' + {more} more' * (more > 0)}"
    if len(groups) > len(shown):
        left = {test for group in groups if group not in shown for test in group.tests}
        told = f"{len(groups) - len(shown)} more causes in {len(left)} tests"
        yield f"  + {told}: -v names them all"


def _folded(line: str) -> list[str]:
    """The line, on several lines where it is longer than people read."""
    if len(line) <= _WIDTH:
        return [line]
    return wrap(line, _WIDTH, subsequent_indent="  ", break_long_words=False)


def _replays(lines: Sequence[Line], leads: Mapping[str, Lead]) -> Iterator[str]:
    """Where to go on from one test of each of the worst causes."""
    firsts = (next(filter(leads.get, group.tests), "") for group in grouped(lines))
    for test_id in [*dict.fromkeys(filter(None, firsts))][:_LEADS]:
        yield f"replay: {leads[test_id].replay}  # {test_id}"
        if leads[test_id].trace:
            yield f"  trace: {leads[test_id].trace}"


def _most_telling(groups: Sequence[Group]) -> Sequence[Group]:
    """The largest group of each verdict, and of the rest the worst, as many as one reads."""
    firsts = {group.verdict: number for number, group in reversed([*enumerate(groups)])}
    others = (number for number in range(len(groups)) if number not in firsts.values())
    chosen = [*firsts.values(), *others][:_CAUSES]
    return [groups[number] for number in sorted(chosen)]


def _told(group: Group) -> str:
    """One sentence on a group: letter, word, code and fact; how many tests, on which routes."""
    head, routes = f"{group.verdict.letter} {group.headline}", group.routes
    where = routes[0] if len(routes) == 1 else f"{len(routes)} routes" * bool(routes)
    if len(group.tests) == 1:
        return f"{head}: {where}" if where and not group.names_its_request else head
    unsent = f", {group.unsent} of them not sent" if group.unsent else ""
    return f"{head}: {len(group.tests)} tests{' on ' * bool(where)}{where}{unsent}"


def _tests(test_ids: Sequence[str], *, are_all_named: bool) -> Iterator[str]:
    shown = len(test_ids) if are_all_named else _TESTS
    for test_id in test_ids[:shown]:
        yield f"    {test_id}"
    if len(test_ids) > shown:
        yield f"    + {len(test_ids) - shown} more"
