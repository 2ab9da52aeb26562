"""The long form: each defect with all tests of its suite, and what depends on chance often."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bench.catches import plays
from bench.catches.sessions import Ended, Lane, Seen
from bench.catches.table import Catch
from bench.figures import Figure
from bench.truth.bounds import lower
from redhanded.lab.defects.table import DEFECTS

_KEPT = 2  # tests of the table a defect; one may be changed or go
_OFTEN = 3  # defects of one test, where another one catches it too
_GREEN = frozenset({"pass", "recovered", "skipped"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What all tests did with one defect."""

    catch: Catch
    seen: Mapping[str, Seen]
    seconds: float

    @property
    def red(self) -> Mapping[str, str]:
        """The verdict of each test that was not green."""
        return {
            test: seen.verdict for test, seen in self.seen.items() if seen.verdict not in _GREEN
        }

    @property
    def catching(self) -> list[str]:
        """The tests that were served the defect and ended with the verdict that is due."""
        due = self.catch.verdict
        return [test for test, seen in self.seen.items() if seen.verdict == due and seen.served]

    def line(self) -> str:
        """How many caught it, and what others said."""
        told = Counter(self.red.values())
        blind = sum(each.verdict in _GREEN and each.served > 0 for each in self.seen.values())
        counts = ", ".join(f"{count} {verdict}" for verdict, count in told.most_common())
        state = "" if self.catching else "  NOT CAUGHT"
        return (
            f"{self.catch.code:<4}  due {self.catch.verdict:<6}  {counts or 'none red'};"
            f" {blind} met it and stayed green{state}"
        )


def search(catches: Iterable[Catch], *, lanes: int) -> Iterator[Found]:
    """What all tests do with each defect, as the sessions end."""

    def work(own: Lane, catch: Catch) -> Ended:
        return own.run(_Everywhere(catch.switch), paths=suites_of(catch.code))

    began = time.monotonic()
    for catch, ended in plays.spread(catches, work, lanes):
        found = Found(catch=catch, seen=ended.seen, seconds=time.monotonic() - began)
        print(f"{found.seconds:5.0f} s  {found.line()}", file=sys.stderr, flush=True)
        yield found


def suites_of(code: str) -> list[str]:
    """The folders of tests that call what the defect is about; all where it is about everything."""
    paths = {"bookings": "/booking", "trading": "/trading", "users": "/users"}
    found = [suite for suite, path in paths.items() if path in DEFECTS[code].how]
    return found or list(paths)


class _Everywhere(dict[str, str]):
    """One switch for whatever test is asked for."""

    def __init__(self, switch: str) -> None:
        super().__init__()
        self._switch = switch

    def get(self, key: str, default: object = None, /) -> str:  # noqa: ARG002
        """The switch."""
        return self._switch


def chosen(found: Iterable[Found], known: Mapping[str, Catch]) -> list[Catch]:
    """The table with the tests that tell most: those it has already, then those of few defects.

    A drift is told best by a test of shapes. No test is taken often: a session can run it once.
    """
    told, used, made = Counter[str](), Counter[str](), dict(known)
    everything = sorted(found, key=lambda each: len(each.catching))
    for each in everything:
        told.update(each.catching)

    def rank(test: str, verdict: str) -> tuple[bool, bool, int, int, str]:
        is_apt = verdict != "drift" or "test_contract.py" in test
        return used[test] >= _OFTEN, not is_apt, told[test], len(test), test

    for each in everything:
        verdict, before = each.catch.verdict, known[each.catch.code].tests
        ranked = sorted(each.catching, key=lambda test: rank(test, verdict))
        kept = [test for test in ranked if test in before] or ranked[:_KEPT]
        used.update(kept)
        made[each.catch.code] = replace(each.catch, tests=tuple(kept))
    return [made[code] for code in DEFECTS]


def seeded(table: Mapping[str, Catch], *, seeds: int, lanes: int) -> dict[str, int]:
    """Of the defects that depend on chance: under how many seeds every test of theirs caught it."""
    doubtful = [catch for catch in table.values() if catch.depends_on_chance]
    wanted = [plays.Play(test, catch.switch) for catch in doubtful for test in catch.tests]
    jobs = [(batch, seed) for seed in range(1, seeds + 1) for batch in plays.batches(wanted)]
    missed = {catch.code: set[int]() for catch in doubtful}

    def work(own: Lane, job: tuple[plays.Switches, int]) -> Ended:
        return own.run(job[0], seed=job[1])

    for (switches, seed), ended in plays.spread(jobs, work, lanes):
        for test, switch in switches.items():
            code = switch.partition(":")[0]
            got = ended.seen.get(test)
            if got is None or got.verdict != table[code].verdict:
                missed[code].add(seed)
                told = got.verdict if got else "not run"
                print(f"{code}, seed {seed}: {told}: {test}", file=sys.stderr, flush=True)
    return {code: seeds - len(lost) for code, lost in missed.items()}


def figures(caught: Mapping[str, int], seeds: int) -> Iterator[Figure]:
    """How sure the catches are that chance has a part in."""
    for code, times in caught.items():
        yield Figure(
            name=f"{code} caught by each of its tests, under so many seeds",
            measured=f"{times} of {seeds}",
            bound=f"at least {lower(times, seeds):.1%}",
            goal="all",
            is_met=times == seeds,
        )
