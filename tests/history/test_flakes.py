"""Flake scores: who a test suffers from, how often, and how sure that is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.history.channels import Channel, Weights
from redhanded.history.flakes import Label, Prior, Word, label, prior, scores
from redhanded.history.records import Tally
from tests.history.tallies import DAY, scored, tallies

OFTEN = "...X" * 10  # ten failures, one on each of ten builds
QUIET = "." * 40


@pytest.mark.parametrize(
    "letter, channel, word",
    [
        pytest.param("R", "environment", Word.FLAKY, id="recovered"),
        pytest.param("I", "environment", Word.FLAKY, id="inconclusive"),
        pytest.param("T", "test", Word.FLAKY, id="test bug"),
        pytest.param("D", "API", Word.INTERMITTENT, id="defect"),
        pytest.param("C", "API", Word.INTERMITTENT, id="drift"),
        pytest.param("S", "API", Word.INTERMITTENT, id="slow"),
    ],
)
def test_a_failure_counts_in_its_own_channel(letter: str, channel: str, word: Word) -> None:
    """INVARIANT: each verdict speaks of one of the three, and of nobody else."""
    found = scored(tallies(OFTEN.replace("X", letter) + "."))

    assert {name for name, score in found.items() if score.events} == {channel}
    assert found[channel].word is word
    assert label(found.values()) == channel


@pytest.mark.parametrize("letter", ["-", "?"], ids=["skipped", "unfinished"])
def test_a_test_that_was_not_judged_does_not_count(letter: str) -> None:
    """Neither a failure nor a run: it is as if it had not been there."""
    found = scored(tallies(OFTEN.replace("X", letter)))

    assert [(score.events, score.trials) for score in found.values()] == [(0, 30)] * 3


@pytest.mark.parametrize("channel", ["environment", "test"])
@pytest.mark.parametrize("letter", ["D", "C", "S"])
def test_a_fault_of_the_api_is_never_called_flaky(letter: str, channel: str) -> None:
    """INVARIANT: however often it comes and goes, it is a defect."""
    found = scored(tallies(OFTEN.replace("X", letter) + "."))

    assert Word.FLAKY not in {score.word for score in found.values()}
    assert found[channel].events == 0


def test_a_fault_of_the_api_need_not_be_often() -> None:
    """One red on a build that was green before and after is a defect that comes and goes."""
    assert scored(tallies("." * 21 + "D" + "." * 18))["API"].word is Word.INTERMITTENT


def test_a_fault_of_one_build_does_not_come_and_go() -> None:
    """Red in each run of a build and green in each of the next was a defect, and was mended."""
    found = scored(tallies("." * 20 + "DDDD" + "." * 16))

    assert found["API"].word is Word.UNKNOWN
    assert label(found.values()) is Label.NONE


@pytest.mark.parametrize("builds", [0, 1], ids=["no build is named", "a build for each run"])
def test_a_fault_that_comes_back_comes_and_goes(builds: int) -> None:
    """Where no build is run twice, it must have held between two failures."""
    back = scored(tallies("." * 20 + "D..D" + "." * 16, builds=builds))
    once = scored(tallies("." * 20 + "DDDD" + "." * 16, builds=builds))

    assert back["API"].word is Word.INTERMITTENT
    assert once["API"].word is Word.UNKNOWN


@pytest.mark.parametrize(
    "letter, channel",
    [
        pytest.param("D", "API", id="defect"),
        pytest.param("T", "test", id="test bug"),
    ],
)
def test_two_failures_at_the_end_are_broken(letter: str, channel: str) -> None:
    """What fails now is not called flaky, and needs no statistics."""
    found = scored(tallies("." * 38 + 2 * letter))

    assert found[channel].word is Word.BROKEN
    assert label(found.values()) == channel


def test_a_flaky_test_that_fails_twice_now_is_broken() -> None:
    """Back to back without a pass it is more than flaky."""
    flaky = OFTEN.replace("X", "R")

    assert scored(tallies(flaky + "."))["environment"].word is Word.FLAKY
    assert scored(tallies(flaky + "R"))["environment"].word is Word.BROKEN


def test_an_outage_at_the_end_breaks_no_test() -> None:
    """Two runs without an API say nothing about a test that had no trouble before."""
    found = scored(tallies("." * 38) + tallies("-" * 38 + "II", spell=200)[38:])

    assert found["environment"].word is Word.UNKNOWN
    assert label(found.values()) is Label.NONE


@pytest.mark.parametrize(
    "letters",
    [
        pytest.param("." * 39 + "R", id="once"),
        pytest.param("." * 36 + "RR.R", id="on one build only"),
        pytest.param("R" * 40, id="without a pass"),
    ],
)
def test_flaky_needs_mixed_outcomes_on_two_builds(letters: str) -> None:
    """INVARIANT: a few failures on one build, or nothing but failures, are not flakiness."""
    assert scored(tallies(letters))["environment"].word is not Word.FLAKY


def test_the_interval_shrinks_with_the_runs() -> None:
    """One failure in ten is unknown in ten runs and flaky in a hundred."""
    few, many = scored(tallies(".........T")), scored(tallies(".........T" * 10 + "."))

    assert (few["test"].word, many["test"].word) == (Word.UNKNOWN, Word.FLAKY)
    assert few["test"].low < many["test"].low < many["test"].mean < many["test"].high
    assert many["test"].high - many["test"].low < few["test"].high - few["test"].low


def test_the_default_prior_is_two_in_a_hundred_of_25_runs() -> None:
    """A lone test starts there: Beta(0.5, 24.5)."""
    found = scored(tallies("."))["test"]

    assert found.mean == pytest.approx(0.5 / 26)
    assert (found.low, found.high) == pytest.approx((1.94e-5, 0.0943), rel=0.01)


@pytest.mark.parametrize(
    "runs, word",
    [
        pytest.param(40, Word.UNKNOWN, id="few"),
        pytest.param(299, Word.UNKNOWN, id="some, and not all of them recent"),
        pytest.param(330, Word.STABLE, id="many"),
    ],
)
def test_stable_needs_hundreds_of_recent_runs(runs: int, word: Word) -> None:
    """INVARIANT: until then it is said that nobody knows."""
    found = scored(tallies("." * runs, every=DAY / 150))

    assert {score.word for score in found.values()} == {word}


def test_a_failure_of_two_weeks_ago_counts_half() -> None:
    """Weights halve in fourteen days, of failures and of runs that held alike."""
    old = scored(tallies("T"), now=14 * DAY)["test"]

    assert old.mean == pytest.approx((0.5 + 0.5) / (25 + 0.5))


def test_a_clock_that_went_backwards_makes_nothing_weigh_more() -> None:
    """What lies ahead of now counts once."""
    assert scored(tallies("T"), now=-30 * DAY)["test"].mean == pytest.approx(1.5 / 26)


def test_weather_that_struck_many_counts_as_one_event() -> None:
    """INVARIANT: a spell is shared by the tests that it struck."""
    alone = scored(tallies(OFTEN.replace("X", "I") + "."))["environment"]
    shared = scored(tallies(OFTEN.replace("X", "I") + ".", spell=50))["environment"]

    assert (alone.word, shared.word) == (Word.FLAKY, Word.UNKNOWN)
    assert alone.events == shared.events == 10
    assert shared.mean < 0.02 < alone.mean


def test_weather_leaves_the_other_channels_unasked() -> None:
    """A test that was not judged has not held, neither by the API nor by itself."""
    found = scored(tallies("..II"))

    assert [score.trials for score in found.values()] == [4, 2, 2]


def test_first_and_last_failure_are_told() -> None:
    """The times are those of failures, not of runs."""
    found = scored(tallies(".T..T...", every=DAY))

    assert (found["test"].first, found["test"].last) == (DAY, 4 * DAY)
    assert (found["API"].first, found["API"].last) == (None, None)


def test_counted_passes_are_worth_what_single_ones_are() -> None:
    """Passes of a day in one tally give the same scores, to the weight within a day."""
    single = tallies(OFTEN.replace("X", "T") + ".", builds=0)
    failures = [tally for tally in single if tally.verdict != "pass"]
    days: dict[int, list[Tally]] = {}
    for tally in single:
        if tally.verdict == "pass":
            days.setdefault(int(tally.began // DAY), []).append(tally)
    counted = [found[0]._replace(runs=len(found), ended=found[-1].ended) for found in days.values()]

    exact, grouped = scored(single), scored([*counted, *failures], now=single[-1].ended)

    for channel, score in exact.items():
        assert grouped[channel].mean == pytest.approx(score.mean, rel=0.05)
        assert (grouped[channel].word, grouped[channel].trials) == (score.word, score.trials)


@pytest.mark.parametrize(
    "letters, found",
    [
        pytest.param(QUIET, Label.NONE, id="nothing"),
        pytest.param("..RT" * 10 + ".", Label.MIXED, id="environment and test"),
        pytest.param("..RD" * 10 + ".", Label.MIXED, id="environment and API"),
        pytest.param("..TD" * 10 + ".", Label.MIXED, id="test and API"),
        pytest.param(
            "." * 4 + "DDDD" + "...R" * 9, Label.MIXED, id="weather after a mended defect"
        ),
    ],
)
def test_the_label_names_what_a_test_suffers_from(letters: str, found: Label) -> None:
    """More than one channel is mixed, and none is none."""
    assert label(scored(tallies(letters)).values()) is found


OUTCOMES = st.builds(
    Tally,
    test=st.just("t"),
    environment=st.sampled_from(["ci", "laptop"]),
    build=st.sampled_from(["", "b1", "b2", "b3"]),
    verdict=st.sampled_from(["pass", "recovered", "inconclusive", "test_bug", "defect", "new"]),
    cause=st.sampled_from(["", "net.reset", "run.foreign_rerun", "latency.once"]),
    first=st.sampled_from(["", "defect", "inconclusive", "new"]),
    spell=st.integers(0, 300),
    runs=st.integers(1, 50),
    began=st.floats(0, 1e8),
    ended=st.floats(0, 1e8),
)


@given(st.lists(OUTCOMES, max_size=60))
def test_a_test_that_showed_a_fault_of_the_api_is_never_labelled_environment(
    outcomes: list[Tally],
) -> None:
    """INVARIANT: weather never covers a defect, whatever else was seen."""
    found = scores(outcomes, now=1e8)

    shown = any(score.events for score in found if score.channel is Channel.API)
    assert not (shown and label(found) is Label.ENVIRONMENT)
    assert all(
        0 <= score.low <= score.mean <= score.high <= 1 or score.mean == 0 for score in found
    )


def test_the_prior_of_a_suite_has_its_mean_and_spread() -> None:
    """By the moments: a0 = m s and b0 = (1 - m) s, with s = m (1 - m) / v - 1."""
    rates = [Weights(2, 18)] * 30 + [Weights(8, 12)] * 10  # 10 % and 40 %: m = 0.175, v = 0.016875

    found = prior(rates)

    size = 0.175 * 0.825 / 0.016875 - 1
    assert (found.failed, found.held) == pytest.approx((0.175 * size, 0.825 * size))


@pytest.mark.parametrize(
    "weights",
    [
        pytest.param([], id="no test"),
        pytest.param([Weights(0, 40)] * 100, id="no failure"),
        pytest.param([Weights(2, 18), Weights(8, 12)] * 5, id="few tests"),
        pytest.param([Weights(1, 3), Weights(2, 2)] * 50, id="few runs"),
        pytest.param([Weights(2, 18)] * 50, id="all alike"),
    ],
)
def test_a_suite_that_tells_nothing_has_the_default_prior(weights: list[Weights]) -> None:
    """Twenty tests of ten recent runs, not all alike, are what a prior is made of."""
    assert prior(weights) == Prior(0.5, 24.5)


@pytest.mark.parametrize(
    "weights, size",
    [
        pytest.param([Weights(0, 20)] * 30 + [Weights(20, 0)] * 30, 1.0, id="all or nothing"),
        pytest.param([Weights(20, 80), Weights(21, 79)] * 30, 50.0, id="nearly alike"),
    ],
)
def test_a_prior_weighs_between_one_run_and_fifty(weights: list[Weights], size: float) -> None:
    """However far apart the tests lie, or how close, their own runs decide in the end."""
    assert sum(prior(weights)) == pytest.approx(size)


def test_a_suite_lends_its_tests_what_it_knows() -> None:
    """Where every tenth test fails often, few failures are enough to call one flaky."""
    suite = [
        tally
        for test in range(40)
        for tally in tallies("..T." * 5 if test % 10 == 0 else "." * 20, test=f"t{test}")
    ]
    newcomer = tallies("..T...T.....", test="new")

    def word(counted: list[Tally]) -> Word:
        found = scores(counted, now=5 * DAY)
        return next(s.word for s in found if s.test == "new" and s.channel is Channel.TEST)

    assert word(newcomer) is Word.UNKNOWN
    assert word([*suite, *newcomer]) is Word.FLAKY


def test_tests_come_in_the_order_in_which_they_were_first_seen() -> None:
    """Three scores each, and none for a test that is not there."""
    found = scores([*tallies(".", test="b"), *tallies("..", test="a")], now=0.0)

    assert [score.test for score in found] == ["b", "b", "b", "a", "a", "a"]
    assert scores([], now=0.0) == []
    assert label([]) is Label.NONE
