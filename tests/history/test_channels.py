"""Channels: whom a failure speaks of, and what counts in the channels of others."""

from __future__ import annotations

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.history.channels import UNDECIDED, Channel, channel, series_of
from redhanded.history.records import Tally
from redhanded.verdict.causes import causes
from tests.history.tallies import tallies

PASSED = tallies(".")[0]


def outcome(verdict: str, cause: str, *, first: str = "") -> Tally:
    """One run that ended so."""
    return PASSED._replace(verdict=verdict, cause=cause, first=first)


@pytest.mark.parametrize(
    "cause",
    [
        "internal",
        "latency.once",
        "route.outage",
        "run.interrupted",
        "run.worker_crashed",
        "test.quarantine_expired",
    ],
)
@pytest.mark.parametrize("verdict", ["inconclusive", "test_bug", "recovered"])
def test_what_nobody_can_attribute_speaks_against_nobody(verdict: str, cause: str) -> None:
    """INVARIANT: where the API itself may be behind it, it is no weather."""
    tally = outcome(verdict, cause)

    assert channel(tally) is None
    assert [one.trials for one in series_of([tally])] == [0, 0, 0]


@pytest.mark.parametrize(
    "first, found",
    [
        pytest.param("defect", Channel.API, id="defect"),
        pytest.param("drift", Channel.API, id="drift"),
        pytest.param("slow", Channel.API, id="slow"),
        pytest.param("test_bug", Channel.TEST, id="test bug"),
        pytest.param("inconclusive", Channel.ENVIRONMENT, id="weather"),
        pytest.param("", None, id="nobody kept it"),
    ],
)
def test_what_a_foreign_plugin_ran_green_is_what_it_was_at_first(
    first: str, found: Channel | None
) -> None:
    """INVARIANT: a red that was run again until it held is not the environment's."""
    assert channel(outcome("recovered", "run.foreign_rerun", first=first)) is found


def test_every_verdict_but_a_pass_has_a_channel() -> None:
    """A verdict that is added must be given one."""
    unheard = {verdict for verdict in Verdict if channel(outcome(verdict, "")) is None}

    assert unheard == {Verdict.PASS}


@pytest.mark.parametrize("verdict", ["skipped", "unfinished", "of a later version"])
def test_other_words_speak_of_nobody(verdict: str) -> None:
    """A word that is no verdict is no run either."""
    assert channel(outcome(verdict, "")) is None
    assert [one.trials for one in series_of([outcome(verdict, "")])] == [0, 0, 0]


@pytest.mark.parametrize(
    "verdict, trials",
    [
        pytest.param("pass", [1, 1, 1], id="pass"),
        pytest.param("recovered", [1, 1, 1], id="recovered"),
        pytest.param("inconclusive", [1, 0, 0], id="inconclusive"),
        pytest.param("test_bug", [0, 1, 0], id="test bug"),
        pytest.param("defect", [1, 1, 1], id="defect"),
    ],
)
def test_a_run_counts_where_something_was_shown(verdict: str, trials: list[int]) -> None:
    """A test that broke or was not judged says nothing of the others."""
    assert [one.trials for one in series_of([outcome(verdict, "any")])] == trials


def test_a_build_is_known_by_its_environment_too() -> None:
    """A failure on a laptop and a pass in CI on one build are not mixed outcomes."""
    failed = outcome("defect", "status")._replace(environment="laptop")

    [api] = [one for one in series_of([PASSED, failed]) if one.channel is Channel.API]

    assert api.mixed_builds() == 0


def test_only_causes_that_exist_are_left_to_nobody() -> None:
    """A cause that is renamed must not fall back to the environment."""
    assert set(causes()) >= UNDECIDED
