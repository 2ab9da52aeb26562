"""The storm of the demo: what is asked for, and what is refused in a sentence."""

from __future__ import annotations

import pytest

from redhanded.cli.commands import Refusal
from redhanded.cli.storm import MIX, Storm
from tests.cli.conftest import Run


def of(
    *weather: str, defect: str | None = None, seed: int | None = None
) -> Storm:  # what the options of the command give
    """The storm that these options ask for."""
    return Storm.of(defect=defect, weather=weather, seed=seed)


def test_the_usual_storm_strikes_one_request_in_ten_and_has_an_outage() -> None:
    """The mix shares the chance; the outage is short, and comes once."""
    rules = of().plan.rules

    assert [rule.fault for rule in rules] == ["E39", *MIX]
    assert sum(rule.rate or 0 for rule in rules) == pytest.approx(0.1)
    assert (rules[0].nth, rules[0].params) == (150, {"seconds": 2})


def test_who_asks_for_patience_asks_for_a_second() -> None:
    """A demo is waited for: such faults are short, and strike half as often as others."""
    rules = {rule.fault: rule for rule in of().plan.rules}

    assert [code for code, rule in rules.items() if rule.params == {"seconds": 1}] == ["E25", "E28"]
    assert [rules[code].rate for code in ("E12", "E25", "E28")] == pytest.approx([0.02, 0.01, 0.01])


def test_the_usual_bug_is_a_total_that_is_wrong_now_and_then() -> None:
    """It is what retries hide best, and its title is told."""
    storm = of()

    assert (storm.defect, storm.title, storm.seed) == ("D84", "one in five totals wrong", 1)


def test_a_bug_may_bring_its_numbers() -> None:
    """They go to the API as they are given; the code may be written small."""
    storm = of(defect="d78:seconds=0.5")

    assert storm.defect == "D78:seconds=0.5"


def test_chosen_weather_takes_the_place_of_the_mix() -> None:
    """Several share the chance, an outage comes by itself, and the seed is the plan's too."""
    plan = of("e12", "E29", "E39", seed=7).plan

    assert [(rule.fault, rule.rate, rule.nth) for rule in plan.rules] == [
        ("E12", 0.05, None),
        ("E29", 0.05, None),
        ("E39", None, 150),
    ]
    assert plan.seed == 7


@pytest.mark.parametrize(
    "weather, sentence",
    [
        pytest.param(
            [],
            "Before it stands a storm, by seed 1: one request in ten is struck (E12, E15, E25,"
            " E28, E29, E31), and request 150 begins 2 s of E39 (total outage). And one bug is"
            " planted: D84, one in five totals wrong.",
            id="the-usual",
        ),
        pytest.param(
            ["E05"],
            "Before it stands a storm, by seed 1: request 150 begins 2 s of E05 (refused while it"
            " restarts). And one bug is planted: D84, one in five totals wrong.",
            id="an-outage-alone",
        ),
        pytest.param(
            ["E12"],
            "Before it stands a storm, by seed 1: one request in ten is struck (E12). And one bug"
            " is planted: D84, one in five totals wrong.",
            id="a-fault-alone",
        ),
    ],
)
def test_the_forecast_says_what_will_happen(weather: list[str], sentence: str) -> None:
    """A reader knows before the run what the tests are going to meet."""
    assert of(*weather).forecast() == sentence


@pytest.mark.parametrize(
    "weather, defect, sentence",
    [
        pytest.param(["E77"], None, "there is no fault 'E77'; the closest is E", id="no-weather"),
        pytest.param(["E09"], None, "E09 is a fault of TLS", id="needs-tls"),
        pytest.param([], "D999", "there is no defect 'D999'; did you mean D100?", id="no-defect"),
        pytest.param([], "D78:hours=1", "D78 has no number 'hours'", id="no-number"),
        pytest.param([], "D78:seconds=x", "must be a number", id="not-a-number"),
    ],
)
def test_what_cannot_be_made_is_refused(
    weather: list[str], defect: str | None, sentence: str
) -> None:
    """The sentence names what is wrong and what there is."""
    with pytest.raises(Refusal, match=r"\.$") as refused:
        of(*weather, defect=defect)

    assert sentence in str(refused.value)


def test_a_refusal_says_where_the_codes_are_listed() -> None:
    """The list of defects is the lab's, not the demo's."""
    with pytest.raises(Refusal, match=r"python -m redhanded\.lab --list-defects shows all\.$"):
        of(defect="D0")


@pytest.mark.parametrize(
    "option, value",
    [
        pytest.param("--defect", "D84", id="defect"),
        pytest.param("--weather", "E12", id="weather"),
        pytest.param("--seed", "0", id="seed"),
    ],
)
def test_what_a_storm_is_like_needs_a_storm(run: Run, option: str, value: str) -> None:
    """An option that would do nothing is refused, and the sentence says what to add."""
    result = run("demo", option, value)

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{option} says what a storm is like: add --storm." in result.stderr
