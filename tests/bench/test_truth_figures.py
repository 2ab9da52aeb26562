"""Figures: what is counted, among what, and held against which goal."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from bench.truth.episodes import Episode
from bench.truth.figures import Figure, confusion, exit_code, figures, quantile, waits
from bench.truth.lanes import Record
from bench.truth.logs import Arrival
from tests.bench.truth import arrival, cell, episode, faulty, record, serving, strike, weathered


def found(name: str, records: Sequence[Record], *, least: int = 0) -> Figure:
    """The figure of that name."""
    return next(each for each in figures(records, least=least) if each.name == name)


def in_weather(verdict: str, *, arrivals: tuple[Arrival, ...] = ()) -> Episode:
    """A test on a correct API to which weather was served."""
    return episode(weathered(), verdict, strikes=(strike(),), arrivals=arrivals)


def test_false_reds_are_counted_among_all_verdicts_on_a_correct_api() -> None:
    """Calm sessions and defects are not among them."""
    records = [
        record(in_weather("pass"), in_weather("defect")),
        record(episode(cell(), "pass")),
        record(episode(faulty(), "defect", servings=(serving(),))),
    ]

    figure = found("false_reds", records)

    assert (figure.events, figure.n, figure.is_met) == (1, 2, False)


def test_a_session_that_no_weather_met_is_no_session_in_weather() -> None:
    """What was planned and never served proves nothing."""
    unmet = record(episode(weathered(), "pass"))

    assert found("false_reds", [unmet]).n == 0


def test_a_test_beside_one_in_weather_counts() -> None:
    """Weather that met one test could have turned any test of its session red."""
    beside = record(in_weather("pass"), episode(weathered(), "defect"))

    assert [found(name, [beside]).n for name in ("false_reds", "false_reds_touched")] == [2, 1]


def test_too_few_verdicts_do_not_meet_a_goal() -> None:
    """No event in a handful proves nothing."""
    records = [record(in_weather("pass"))]

    assert found("false_reds", records).is_met
    assert not found("false_reds", records, least=2).is_met


@pytest.mark.parametrize(
    "code, name",
    [
        pytest.param("D33", "masked", id="steady"),
        pytest.param("D84", "masked_intermittent", id="not"),
    ],
)
def test_a_masked_defect_is_counted_with_its_kind(code: str, name: str) -> None:
    """Deterministic and intermittent defects stand apart."""
    masked = record(episode(faulty(code), "pass", servings=(serving(code),)))

    assert [(each.name, each.events) for each in figures([masked]) if each.events] == [(name, 1)]


def test_a_defect_in_weather_is_counted_apart() -> None:
    """Neither figure of defects alone knows of it."""
    masked = record(episode(faulty(family="both"), "pass", servings=(serving(),)))

    assert found("masked_weather", [masked]).events == 1
    assert found("masked", [masked]).n == 0


def test_an_unserved_defect_is_in_no_figure_of_defects() -> None:
    """A witness that met nothing says nothing."""
    quiet = record(episode(faulty(), "pass"))

    assert [found(name, [quiet]).n for name in ("masked", "class_calm")] == [0, 0]


def test_a_red_without_its_defect_is_a_stray_red() -> None:
    """A defect elsewhere turns no other test red."""
    assert found("stray_reds", [record(episode(faulty(), "defect"))]).events == 1


def test_the_right_class_is_a_share_that_must_be_reached() -> None:
    """One of two right verdicts is half."""
    records = [
        record(
            *(episode(faulty(), verdict, servings=(serving(),)) for verdict in ("defect", "drift"))
        )
    ]

    figure = found("class_calm", records)

    assert (figure.share, figure.is_met, figure.bound < 0.5) == (0.5, False, True)


def test_a_green_without_an_answer_is_counted_among_the_greens() -> None:
    """An inconclusive test needs no answer."""
    records = [
        record(
            in_weather("pass", arrivals=(arrival(),)),
            in_weather("pass"),
            in_weather("inconclusive"),
        )
    ]

    figure = found("unsound", records)

    assert (figure.events, figure.n) == (1, 2)


def test_duplicates_are_counted_on_correct_apis_alone() -> None:
    """A defect that makes two of one is no duplicate of ours."""
    records = [
        record(in_weather("pass"), rows=1, resent=2, writes=10),
        record(episode(faulty(), "defect", servings=(serving(),)), rows=5, resent=5, writes=10),
    ]

    assert [
        (found(name, records).events, found(name, records).n) for name in ("rows", "resent")
    ] == [(1, 10), (2, 10)]


def test_extra_requests_are_a_share_of_the_tests_own() -> None:
    """Ten among a hundred are ten per cent."""
    assert found("extra_weather", [record(in_weather("pass"), extra=10)]).share == 0.1


def test_a_figure_of_nothing_meets_no_goal() -> None:
    """What was not run is not proven."""
    figure = Figure(name="x", title="x", events=0, n=0)

    assert (figure.is_met, math.isnan(figure.bound), math.isnan(figure.share)) == (
        False,
        True,
        True,
    )


@pytest.mark.parametrize(
    "verdicts, code",
    [
        pytest.param(("pass", "recovered"), 0, id="green"),
        pytest.param(("pass", "inconclusive"), 75, id="open"),
        pytest.param(("inconclusive", "slow"), 1, id="red wins"),
    ],
)
def test_an_exit_code_follows_from_the_verdicts(verdicts: tuple[str, ...], code: int) -> None:
    """0 for green, 75 for merely inconclusive, 1 for red."""
    assert exit_code([episode(cell(), verdict) for verdict in verdicts]) == code


def test_an_exit_code_that_contradicts_its_verdicts_is_counted() -> None:
    """A session that ends 0 over a red test is one."""
    records = [record(episode(cell(), "defect"), exit_code=0), record(episode(cell(), "pass"))]

    assert found("exit_codes", records).events == 1


def test_the_confusion_table_counts_expected_beside_got() -> None:
    """A right verdict lies on the diagonal, a wrong one does not."""
    records = [
        record(
            episode(faulty(), "drift", servings=(serving(),)),
            in_weather("recovered"),
            in_weather("defect"),
        )
    ]

    assert confusion(records) == {
        ("defect", "drift"): 1,
        ("recovered", "recovered"): 1,
        ("recovered", "defect"): 1,
    }


def test_waits_are_ordered_by_family() -> None:
    """Seconds to a verdict, the shortest first; a test that never ran has none."""
    quick, slow = (episode(cell(), "pass", rounds=((0.0, end),)) for end in (1.0, 3.0))

    assert waits([record(slow, quick), record(episode(weathered(), "pass", rounds=()))]) == {
        "calm": [1.0, 3.0]
    }


@pytest.mark.parametrize("share, value", [(0.5, 2.0), (0.95, 4.0), (1.0, 4.0), (0.01, 1.0)])
def test_a_quantile_is_a_value_that_was_seen(share: float, value: float) -> None:
    """The least value that so many do not exceed."""
    assert quantile([1.0, 2.0, 3.0, 4.0], share) == value
