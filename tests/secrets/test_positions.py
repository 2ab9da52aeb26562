"""What stands in an exchange where secrets stand is masked, whoever declared it."""

from __future__ import annotations

import pytest

from bench.secrets.positions import ORDINARY, POSITIONS, figures, hidden, leaking, shown

VALUE = "q7Rk2vXw9LmT4bZs8HnYc3Jd"


def test_no_place_of_secrets_leaks() -> None:
    """INVARIANT: what is not known to be harmless is masked, of whatever shape."""
    assert leaking(seed=3) == []


@pytest.mark.parametrize("put", POSITIONS.values(), ids=POSITIONS)
def test_a_place_is_one_that_an_exchange_keeps(put: object) -> None:
    """What was dropped would be no leak for the wrong reason: a mask stands in its place."""
    assert callable(put)

    text = shown(put(VALUE))

    assert "masked_" in text
    assert VALUE not in text


def test_what_is_ordinary_is_shown() -> None:
    """INVARIANT: evidence that is masked without need is no evidence."""
    assert hidden() == []
    assert len(ORDINARY) > 30


def test_both_are_figures_with_a_goal() -> None:
    """A place that leaks fails the gate, and so does an ordinary header that nobody can read."""
    places, ordinary = figures(seed=1)

    assert (places.measured, places.is_met) == (f"0 of {8 * len(POSITIONS)}", True)
    assert (ordinary.measured, ordinary.is_met) == (f"0 of {len(ORDINARY)}", True)
