"""What really happened to a test decides what its verdict should have been."""

from __future__ import annotations

import pytest

from bench.truth.episodes import Episode
from bench.truth.results import Seen
from tests.bench.truth import (
    ROUTE,
    TEST,
    WITNESS,
    arrival,
    cell,
    episode,
    faulty,
    serving,
    strike,
    weathered,
)


@pytest.mark.parametrize("verdict", ["defect", "drift", "slow", "test_bug", "red"])
def test_a_red_on_a_correct_api_is_a_false_red(verdict: str) -> None:
    """Weather excuses no red where no defect was served."""
    found = episode(weathered(), verdict, strikes=(strike(),))

    assert found.is_false_red


@pytest.mark.parametrize("verdict", ["pass", "recovered", "inconclusive"])
def test_a_test_in_weather_may_pass_recover_or_stay_open(verdict: str) -> None:
    """On a correct API all but red is right, once weather was served."""
    found = episode(weathered(), verdict, strikes=(strike(),))

    assert not found.is_false_red
    assert found.expected == verdict


def test_a_calm_test_must_pass() -> None:
    """In calm an inconclusive test is misjudged, although it is no red."""
    found = episode(cell(), "inconclusive")

    assert (found.expected, found.is_false_red) == ("pass", False)


@pytest.mark.parametrize("verdict", ["pass", "recovered"])
def test_a_served_defect_that_ends_green_is_masked(verdict: str) -> None:
    """However the green came about."""
    assert episode(faulty(), verdict, servings=(serving(),)).is_masked


def test_a_served_defect_that_ends_red_is_caught() -> None:
    """A red on a defect is neither masked nor false."""
    found = episode(faulty(), "defect", servings=(serving(),))

    assert (found.is_masked, found.is_false_red, found.expected) == (False, False, "defect")


def test_a_defect_that_was_not_served_is_not_masked() -> None:
    """An intermittent defect that did not show is no evidence, and its test may pass."""
    found = episode(faulty("D84"), "pass")

    assert (found.is_masked, found.accepted) == (False, ("pass",))


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(serving("D84"), id="another defect"),
        pytest.param(serving(episode=TEST), id="another test"),
        pytest.param(serving(episode=None), id="no test"),
    ],
)
def test_only_its_own_defect_is_served_to_a_witness(wrong: object) -> None:
    """The join goes by test and by code."""
    assert episode(faulty(), "pass", servings=(wrong,)).served == 0


def test_the_wrong_class_of_red_is_misjudged_and_not_masked() -> None:
    """A drift for a defect is red, but not the right word."""
    found = episode(faulty(), "drift", servings=(serving(),))

    assert (found.is_masked, found.expected) == (False, "defect")


def test_a_defect_may_stay_open_while_weather_is_served_to_its_test() -> None:
    """Under weather a witness is red or inconclusive."""
    found = episode(
        faulty(family="both"),
        "inconclusive",
        servings=(serving(),),
        strikes=(strike(episode=WITNESS),),
    )

    assert found.expected == "inconclusive"


def test_a_defect_must_be_red_once_the_weather_has_cleared() -> None:
    """Weather in an earlier round excuses nothing in the last."""
    found = episode(
        faulty(family="both"),
        "inconclusive",
        rounds=((1.0, 2.0), (5.0, 6.0)),
        servings=(serving(),),
        strikes=(strike(1.5, episode=WITNESS),),
    )

    assert (found.is_fresh, found.expected) == (False, "defect")


def test_a_wrong_answer_that_weather_may_have_eaten_is_no_masked_defect() -> None:
    """One wrong answer and one strike on its route: it may never have arrived."""
    found = episode(
        faulty(family="both"),
        "recovered",
        servings=(serving(),),
        strikes=(strike(episode=WITNESS),),
    )

    assert (found.served, found.is_sure, found.is_masked) == (1, False, False)


@pytest.mark.parametrize(
    "route, is_masked",
    [
        pytest.param(ROUTE, True, id="two and one"),
        pytest.param(("GET", "/x"), True, id="elsewhere"),
    ],
)
def test_a_wrong_answer_that_came_through_the_weather_is_masked(
    route: tuple[str, str], is_masked: bool
) -> None:
    """Two wrong answers and one strike: one arrived for sure."""
    found = episode(
        faulty(family="both"),
        "recovered",
        servings=(serving(), serving()),
        strikes=(strike(episode=WITNESS, route=route),),
    )

    assert found.is_masked == is_masked


def test_an_outage_may_have_eaten_any_answer() -> None:
    """An outage has no route, so it may have been any."""
    outage = strike(episode=None, route=None, until=3.0)

    assert not episode(faulty(), "pass", servings=(serving(),), strikes=(outage,)).is_sure


@pytest.mark.parametrize(
    "at, until, is_met",
    [
        pytest.param(1.5, 1.5, True, id="during the test"),
        pytest.param(0.2, 1.1, True, id="began before"),
        pytest.param(0.2, 0.5, False, id="was over"),
        pytest.param(4.0, 9.0, False, id="came later"),
    ],
)
def test_weather_without_a_test_counts_for_whoever_was_under_way(
    at: float, until: float, is_met: bool
) -> None:
    """A refused connection has no headers to say whose it was."""
    found = episode(
        weathered(), "pass", strikes=(strike(at, episode=None, route=None, until=until),)
    )

    assert found.weather == (("E12",) if is_met else ())


def test_weather_of_another_test_is_not_its_own() -> None:
    """Whoever is named was met, and nobody else."""
    assert episode(weathered(), "pass", strikes=(strike(episode="other"),)).weather == ()


def test_named_weather_counts_where_no_evidence_says_when_a_test_ran() -> None:
    """Plain pytest leaves no spool, and its tests met weather all the same."""
    found = episode(weathered(), "red", rounds=(), strikes=(strike(),))

    assert found.weather == ("E12",)


@pytest.mark.parametrize(
    "arrivals, is_unsound",
    [
        pytest.param((arrival(),), False, id="answered"),
        pytest.param((arrival(status=None),), True, id="arrived and never answered"),
        pytest.param((arrival(route=("POST", "/booking")),), True, id="another request"),
        pytest.param((arrival(episode="other"),), True, id="another test's"),
        pytest.param((), True, id="none"),
    ],
)
def test_a_green_without_an_answer_of_the_api_is_unsound(
    arrivals: tuple[object, ...], is_unsound: bool
) -> None:
    """Green needs an answer of the API to the test's own request."""
    assert episode(weathered(), "pass", arrivals=arrivals).is_unsound == is_unsound


def test_nobody_says_which_request_of_a_witness_decides() -> None:
    """Soundness is asked of the suite's correct tests alone."""
    assert not episode(faulty(), "pass").is_unsound


@pytest.mark.parametrize(
    "verdict, spooled, is_contradicted",
    [
        pytest.param("pass", "defect", True, id="washed green"),
        pytest.param("inconclusive", "defect", True, id="excused"),
        pytest.param("recovered", "pass", False, id="two greens"),
        pytest.param("missing", "pass", False, id="never reported"),
    ],
)
def test_the_evidence_must_say_what_the_report_says(
    verdict: str, spooled: str, is_contradicted: bool
) -> None:
    """The last round of the spool and the report agree on red, green or neither."""
    assert episode(cell(), verdict, spooled=spooled).is_contradicted == is_contradicted


def test_a_test_that_the_report_does_not_name_is_missing() -> None:
    """A test that was to run has an episode in any case."""
    found: Episode = episode(cell(), "missing")

    assert (found.test, found.got) == (TEST, Seen("missing").verdict)


def test_a_verdict_takes_as_long_as_all_rounds_together() -> None:
    """From the first beginning to the last end."""
    assert episode(weathered(), "pass", rounds=((1.0, 2.0), (8.0, 9.5))).seconds == 8.5
