"""How often a test is labelled with the fault that was planted in it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from bench.figures import Figure
from bench.history.figures import at_least, at_most, told
from bench.history.suites import RUNS, TESTS, Suite, planted
from redhanded.history.flakes import Label, label, scores

RATES = (0.10, 0.50)
RARE = (0.05, 0.10)
_LAYOUTS = {4: "4 runs a build", 1: "a build a run", 0: "no build named"}

Labels = Counter[tuple[Label, Label]]  # by what was planted, and what was said


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """Suites of all kinds of faults under weather, in each way that builds are named."""
    chance = random.Random(seed)
    suites = 2 if short else 20
    whole: Labels = Counter()
    for runs, name in _LAYOUTS.items():
        found = labels(chance, RATES, runs_a_build=runs, suites=suites)
        whole += found
        right, n = _right(found), found.total()
        yield at_least(f"{TESTS} tests x {RUNS} runs, {name}: label right", right, n, 0.95)
    rare = labels(chance, RARE, suites=suites)
    whole += rare
    yield told("the same, faults in 5 to 10 % of runs: label right", _right(rare), rare.total())
    wrong = sum(n for (fault, said), n in rare.items() if said not in (fault, Label.NONE))
    yield told("the same: another label than the right one or none", wrong, rare.total())
    api = sum(n for (fault, _), n in whole.items() if fault is Label.API)
    washed = whole[Label.API, Label.ENVIRONMENT]
    yield at_most("a fault of the API labelled environment", washed, api, 0.0)


def labels(
    chance: random.Random, rates: tuple[float, float], *, suites: int, runs_a_build: int = 4
) -> Labels:
    """What was planted in the tests of some suites, and what they were labelled."""
    found: Labels = Counter()
    for _ in range(suites):
        suite = Suite(chance=chance, rates=rates, runs_a_build=runs_a_build)
        every = scores(suite.tallies(), now=suite.now)
        for test, group in groupby(every, key=lambda score: score.test):
            found[planted(int(test.removeprefix("t"))), label(group)] += 1
    return found


def _right(found: Labels) -> int:
    return sum(n for (fault, said), n in found.items() if fault is said)
