"""Objectives: what a share of bad answers shows, exactly and without luck."""

from __future__ import annotations

import math
from collections import defaultdict
from copy import copy
from itertools import pairwise
from typing import NamedTuple, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.core.events import Sampled
from redhanded.core.verdicts import Finding, Verdict
from redhanded.verdict.objectives import (
    CONVICTS,
    MOST_SAMPLES,
    NOTHING,
    Carried,
    EProcess,
    Sprt,
    apart,
    budget_of,
    of_samples,
)
from tests.verdict.samples import row, sample

P95 = 0.05
T = TypeVar("T", Sprt, EProcess)


class Odds(NamedTuple):
    """How a test ends, each with its exact probability."""

    missed: float
    held: float
    open: float


class Both:
    """The two tests of a run on the same samples, without evidence of earlier runs."""

    def __init__(self, budget: float) -> None:
        self.sprt, self.evidence = Sprt(budget), EProcess(budget)

    @property
    def convicts(self) -> bool:
        """Whether either says that the objective is missed."""
        return self.sprt.decision == "missed" or self.evidence.convicts

    def after(self, *, is_bad: bool) -> Both:
        """Both with one more sample."""
        more = copy(self)
        more.sprt, more.evidence = copy(self.sprt), copy(self.evidence)
        more.sprt.take(is_bad=is_bad)
        more.evidence.take(is_bad=is_bad)
        return more


def fed(test: T, marks: str) -> T:
    """The test after samples, a letter each: `b` for a bad one."""
    for mark in marks:
        test.take(is_bad=mark == "b")
    return test


def odds(budget: float, truth: float, *, most: int = MOST_SAMPLES) -> Odds:
    """How Wald's test ends where so large a share of all samples is bad: over all ways at once.

    How many of the samples were bad is all that the test knows of its way.
    """
    ended: defaultdict[str, float] = defaultdict(float)
    under_way = {0: (1.0, Sprt(budget))}
    for _ in range(most):
        after: dict[int, tuple[float, Sprt]] = {}
        for bad, (chance, test) in under_way.items():
            for is_bad, share in ((True, truth), (False, 1 - truth)):
                more = copy(test)
                more.take(is_bad=is_bad)
                if more.decision != "open":
                    ended[more.decision] += chance * share
                else:
                    known = after.get(bad + is_bad, (0.0, more))[0]
                    after[bad + is_bad] = known + chance * share, more
        under_way = after
    return Odds(ended["missed"], ended["held"], sum(chance for chance, _ in under_way.values()))


def convicted(budget: float, truth: float, *, samples: int) -> float:
    """How likely a run of so many samples convicts by either of its tests."""
    told = 0.0
    under_way = {(0, "open"): (1.0, Both(budget))}
    for _ in range(samples):
        after: dict[tuple[int, str], tuple[float, Both]] = {}
        for (bad, _), (chance, both) in under_way.items():
            for is_bad, share in ((True, truth), (False, 1 - truth)):
                more = both.after(is_bad=is_bad)
                if more.convicts:
                    told += chance * share
                    continue
                key = bad + is_bad, "over" if more.sprt.is_over else "open"
                after[key] = after.get(key, (0.0, more))[0] + chance * share, more
        under_way = after
    return told


def found(samples: list[Sampled], carried: Carried = NOTHING) -> Finding:
    """The finding that these samples make."""
    finding = of_samples(samples, carried).finding
    assert finding is not None
    return finding


@pytest.mark.parametrize(
    "measure, limit, budget",
    [
        pytest.param("p95", 0.3, 0.05, id="p95"),
        pytest.param("p99", 0.3, 0.01, id="p99"),
        pytest.param("errors", 0.02, 0.02, id="errors"),
    ],
)
def test_a_budget_is_the_share_that_may_be_bad(measure: str, limit: float, budget: float) -> None:
    """What a percentile leaves, or the declared share itself."""
    assert budget_of(measure, limit) == budget


@pytest.mark.parametrize(
    "marks, decision",
    [
        pytest.param("bbb", "missed", id="3-bad"),
        pytest.param("bb", "open", id="2-bad"),
        pytest.param("ggggggg", "open", id="7-good"),
        pytest.param("gggggggg", "held", id="8-good"),
        pytest.param("b" + 10 * "g", "open", id="10-good-after-a-bad-one"),
        pytest.param("b" + 11 * "g", "held", id="11-good-after-a-bad-one"),
        pytest.param("bgbgbgb", "missed", id="every-second-bad"),
    ],
)
def test_one_run_decides_within_a_few_samples(marks: str, decision: str) -> None:
    """Three bad samples in a row convict, eight good ones acquit."""
    assert fed(Sprt(P95), marks).decision == decision


def test_a_decision_stands() -> None:
    """What comes afterwards changes nothing, and is not counted."""
    test = fed(Sprt(P95), "bbb" + 30 * "g")

    assert (test.decision, test.samples, test.is_over) == ("missed", 3, True)


def test_a_run_without_a_decision_stops() -> None:
    """One in four is bad: neither what was promised nor what one run must see."""
    test = fed(Sprt(P95), 12 * "bggg")

    assert (test.decision, test.samples, test.is_over) == ("open", MOST_SAMPLES, True)


@pytest.mark.parametrize(
    "truth, least, most",
    [
        pytest.param(0.02, 0.0, 0.00002, id="2-percent"),
        pytest.param(0.05, 0.0, 0.0005, id="as-promised"),
        pytest.param(0.5, 0.99, 1.0, id="every-second"),
        pytest.param(0.9, 0.999, 1.0, id="9-of-10"),
    ],
)
def test_one_run_convicts_by_merit(truth: float, least: float, most: float) -> None:
    """INVARIANT: a p95 that holds is missed in less than 1 of 1000 runs; a broken one is seen."""
    assert least <= odds(P95, truth).missed <= most


@pytest.mark.parametrize("budget", [0.001, 0.01, 0.05, 0.1, 0.2])
def test_no_budget_is_missed_by_chance(budget: float) -> None:
    """INVARIANT: whatever is promised, what holds is missed in less than 1 of 1000 runs."""
    assert odds(budget, budget).missed <= 0.001


@pytest.mark.parametrize(
    "budget, samples, most",
    [
        pytest.param(0.05, 40, 0.0007, id="p95-short"),
        pytest.param(0.05, 300, 0.00102, id="p95-long"),
        pytest.param(0.01, 300, 0.001, id="p99-long"),
        pytest.param(0.2, 300, 0.001, id="errors-long"),
    ],
)
def test_both_tests_together_convict_no_run_by_chance(
    budget: float, samples: int, most: float
) -> None:
    """INVARIANT: a run of any length, on the very edge of its promise, in 1 of 1000 runs."""
    assert convicted(budget, budget, samples=samples) <= most


def test_one_run_cannot_see_one_in_five() -> None:
    """Most such runs are acquitted: that is why evidence is carried over."""
    assert odds(P95, 0.2).held > 0.6


def test_one_in_five_is_seen_in_the_end() -> None:
    """Within 110 samples, in nine of ten streams."""
    assert convicted(P95, 0.2, samples=110) >= 0.9


@pytest.mark.parametrize("budget", [0.01, 0.05, 0.2, 0.4])
@pytest.mark.parametrize("is_bad", [True, False], ids=["bad", "good"])
def test_evidence_is_a_bet_on_each_sample(budget: float, is_bad: bool) -> None:
    """E *= 1 + lambda (x - b), with the stake that is best at four times the budget."""
    expected = min(4 * budget, (1 + budget) / 2)
    stake = (expected - budget) / (budget * (1 - budget))
    evidence = EProcess(budget)

    evidence.take(is_bad=is_bad)

    assert math.exp(evidence.log) == pytest.approx(1 + stake * (is_bad - budget))


@pytest.mark.parametrize("budget", [0.01, 0.05, 0.2])
def test_evidence_gains_nothing_on_average_where_the_objective_holds(budget: float) -> None:
    """INVARIANT: a fair bet; whoever looks at it at any time is not deceived (Ville)."""
    good, bad = EProcess(budget), EProcess(budget)
    good.take(is_bad=False)
    bad.take(is_bad=True)

    assert budget * math.exp(bad.log) + (1 - budget) * math.exp(good.log) == pytest.approx(1.0)


def test_evidence_that_rose_on_the_way_convicts() -> None:
    """Good samples afterwards do not erase it in this run."""
    evidence = fed(EProcess(P95), "bbbbb" + 50 * "g")

    assert evidence.log < CONVICTS
    assert evidence.convicts


def test_evidence_that_was_enough_before_must_be_enough_at_the_end() -> None:
    """Who was convicted by an earlier run is acquitted by good samples of this one."""
    assert fed(EProcess(P95, CONVICTS + 1.0), "g").convicts
    assert not fed(EProcess(P95, CONVICTS + 1.0), 10 * "g").convicts


def test_evidence_does_not_grow_for_ever() -> None:
    """INVARIANT: what was broken for months is acquitted in a dozen good samples once mended."""
    broken = fed(EProcess(P95), 10_000 * "b")

    assert not fed(EProcess(P95, broken.log), 17 * "g").convicts
    assert fed(EProcess(P95, broken.log), 15 * "g").convicts


def test_every_second_answer_is_late() -> None:
    """INVARIANT: red, with all that one must know: what was promised, seen, when, and how sure."""
    finding = found([*row("gbgbgbgbgbgb"), sample(is_bad=True, at=100.0, seconds=1.2)])

    assert (finding.verdict, finding.code) == (Verdict.SLOW, "objective.latency")
    assert finding.message == (
        "GET /orders/{id}: p95 is above 300 ms: 7 of 13 took longer (median 900 ms)"
    )
    assert finding.evidence == (
        "promised: at most 5 of 100 answers may take longer",
        "this run alone shows it: 7 of 13 samples, on build 7f3c",
        "22:15:00 UTC: 1.20 s in test_it",
        "22:13:22 UTC: 900 ms in test_it",
        "22:13:26 UTC: 900 ms in test_it",
        "first attempts, the server's own time; a canary was quick after each slow one",
    )
    assert "1 of 1000" in finding.confidence


def test_errors_are_told_as_errors() -> None:
    """A share is told in per cent."""
    finding = found(row("bgbb", measure="errors", limit=0.015, operation="POST /orders"))

    assert finding.code == "objective.errors"
    assert finding.message == "POST /orders: errors are above 1.5 %: 3 of 4"
    assert finding.evidence[0] == "promised: at most 1.5 of 100 answers may be server errors"
    assert finding.evidence[-1].endswith("whole answers of the API's own count as errors")


def test_what_holds_makes_no_finding() -> None:
    """Its samples are kept as evidence all the same."""
    weight = of_samples(row(30 * "g"))

    assert weight.finding is None
    assert (weight.samples, weight.bad, weight.decision) == (30, 0, "held")
    assert weight.gain == pytest.approx(30 * math.log(0.8 / 0.95))


def test_carried_evidence_convicts() -> None:
    """INVARIANT: one in five is red in the run that completes the evidence, which says so."""
    carried = Carried(log=6.0, runs=6, samples=88, bad=18)

    finding = found(row("gggbggb"), carried)

    assert finding.message == (
        "GET /orders/{id}: p95 is above 300 ms: 20 of 95 took longer in 7 runs (median 900 ms)"
    )
    assert finding.evidence[1:3] == (
        "this run: 2 of 7 samples, on build 7f3c",
        "carried over from 6 earlier runs of it: 18 of 88 samples",
    )


def test_a_single_earlier_run_is_one() -> None:
    """Nobody reads of 1 runs."""
    finding = found(row("gggb"), Carried(log=6.5, runs=1, samples=20, bad=6))

    assert finding.evidence[2] == "carried over from 1 earlier run of it: 6 of 20 samples"


def test_a_run_that_shows_it_alone_says_so() -> None:
    """What earlier runs brought is not needed, and may have been good."""
    finding = found(row("bbb"), Carried(log=-20.0, runs=9, samples=120, bad=0))

    assert finding.evidence[1] == "this run alone shows it: 3 of 3 samples, on build 7f3c"
    assert "3 of 3 took longer (median" in finding.message


def test_a_conviction_stands_until_good_samples_speak_against_it() -> None:
    """A few good answers of a build that was convicted do not turn it green."""
    convicting = Carried(log=9.0, runs=4, samples=60, bad=20)

    finding = found(row("gggg"), convicting)

    assert "20 of 64 took longer in 5 runs" in finding.message
    assert not finding.message.endswith(")")
    assert of_samples(row(20 * "g"), convicting).finding is None


@pytest.mark.parametrize(
    "log, build, gain",
    [
        pytest.param(-8.0, "", math.log(4), id="unknown-build-begins-anew"),
        pytest.param(-6.0, "", math.log(4), id="unknown-build-is-carried"),
        pytest.param(-8.0, "7f3c", math.log(4), id="known-build-is-carried"),
    ],
)
def test_a_run_adds_to_the_evidence_with_which_it_began(
    log: float, build: str, gain: float
) -> None:
    """Whatever that was."""
    weight = of_samples([sample(is_bad=True, build=build)], Carried(log=log, runs=3))

    assert weight.gain == pytest.approx(gain)


@pytest.mark.parametrize(
    "build, is_red", [pytest.param("", True, id="unknown"), pytest.param("7f3c", False, id="known")]
)
def test_evidence_for_an_unknown_build_does_not_shield_another(
    build: str,
    is_red: bool,
) -> None:
    """INVARIANT: below 1/1000 it is begun anew where the API may be another one by now."""
    worse = row(12 * "g" + "bbbbbbbb", build=build)

    weight = of_samples(worse, Carried(log=-30.0, runs=40, samples=175, bad=0))

    assert weight.decision == "held"
    assert (weight.finding is not None) is is_red


def test_an_unknown_build_is_told_as_such() -> None:
    """No empty word stands for it."""
    finding = found(row("bbb", build=""))

    assert finding.evidence[1].endswith("3 of 3 samples, on a build that no answer names")


@given(marks=st.text("bggggg", min_size=1, max_size=60), cuts=st.sets(st.integers(1, 59)))
def test_evidence_is_the_same_however_runs_divide_the_samples(marks: str, cuts: set[int]) -> None:
    """What runs add, one after another, is what one run over all samples would have added."""
    samples = row(marks)
    places = [0, *sorted(cut for cut in cuts if cut < len(samples)), len(samples)]
    carried = NOTHING
    for begin, end in pairwise(places):
        gain = of_samples(samples[begin:end], carried).gain
        carried = Carried(log=carried.log + gain, runs=carried.runs + 1)

    assert carried.log == pytest.approx(of_samples(samples).gain)


def test_samples_are_taken_in_the_order_of_time() -> None:
    """Workers write them down on their own."""
    samples = row("bggb")

    assert apart(reversed(samples)) == samples


def test_what_one_test_asked_at_once_counts_once() -> None:
    """Ten calls at once may have waited for each other."""
    at_once = [sample(is_bad=number > 2, at=0.001 * number) for number in range(10)]
    later = sample(is_bad=True, at=1.5)

    assert apart([*at_once, later]) == [at_once[0], later]


def test_a_pause_of_the_server_is_one_thing() -> None:
    """INVARIANT: who waits in eight workers for one pause to end is delayed once."""
    waiting = [
        sample(is_bad=True, at=0.1 * number, seconds=1.0 - 0.1 * number, test_id=f"test_{number}")
        for number in range(8)
    ]

    assert apart(waiting) == waiting[:1]
    assert of_samples(waiting).finding is None


def test_answers_that_come_one_by_one_are_many() -> None:
    """Workers at once: what ends at its own time is a sample of its own."""
    waiting = [
        sample(is_bad=True, at=0.1 * number, seconds=1.0, test_id=f"test_{number}")
        for number in range(4)
    ]

    assert apart(waiting) == waiting


def test_errors_that_follow_one_another_quickly_are_many() -> None:
    """Ten in a hundredth of a second, none of which was asked for before the last one came."""
    quick = [
        sample(is_bad=True, at=0.001 * n, seconds=0.0005, test_id=f"test_{n}") for n in range(10)
    ]

    assert apart(quick) == quick


def test_good_answers_at_the_same_moment_all_count() -> None:
    """Only a delay has a common cause."""
    answered = [sample(is_bad=False, test_id=f"test_{number}") for number in range(4)]

    assert apart(answered) == answered
