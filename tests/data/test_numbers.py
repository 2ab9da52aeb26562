"""Numbers: whole steps that the field's own validation accepts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Annotated, Any

import pytest
from annotated_types import Interval, MultipleOf
from pydantic import Field, TypeAdapter

from redhanded.data import numbers
from redhanded.data.bounds import Limits


def _draws(draw: Callable[[Random, Limits], Any], limits: Limits) -> list[Any]:
    rng = Random(7)
    return [draw(rng, limits) for _ in range(200)]


def test_plain_whole_numbers_lie_between_1_and_1000() -> None:
    """Nobody orders minus three million chairs."""
    drawn = _draws(numbers.whole, {})

    assert all(type(each) is int and 1 <= each <= 1000 for each in drawn)
    assert len(set(drawn)) > 100


def test_plain_amounts_are_positive_and_have_cents() -> None:
    """An amount looks like a price: two places, trailing zeros kept."""
    drawn = _draws(numbers.amount, {})

    assert all(1 <= each <= 1000 for each in drawn)
    assert {each.as_tuple().exponent for each in drawn} == {-2}


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param({"ge": 1, "le": 5}, id="few"),
        pytest.param({"gt": -10, "lt": 0}, id="negative"),
        pytest.param({"multiple_of": 7, "ge": 100}, id="multiple-from-a-floor"),
        pytest.param({"multiple_of": 5000}, id="large-multiple"),
        pytest.param({"ge": 10**12}, id="large"),
        pytest.param({"gt": 4, "lt": 6}, id="one"),
    ],
)
def test_whole_numbers_keep_their_limits(limits: dict[str, int]) -> None:
    """What is drawn is what the model accepts."""
    accept = TypeAdapter(Annotated[int, Field(strict=True, **limits)])

    for each in _draws(numbers.whole, limits):
        assert accept.validate_python(each) == each


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param({"gt": 0, "decimal_places": 2}, id="price"),
        pytest.param({"decimal_places": 0}, id="no-places"),
        pytest.param({"decimal_places": 8, "max_digits": 20, "gt": 0}, id="coin"),
        pytest.param({"max_digits": 5, "decimal_places": 2}, id="digits-and-places"),
        pytest.param({"max_digits": 3}, id="three-digits"),
        pytest.param({"max_digits": 2}, id="two-digits"),
        pytest.param({"max_digits": 1}, id="one-digit"),
        pytest.param({"max_digits": 2, "decimal_places": 2}, id="places-only"),
        pytest.param({"max_digits": 3, "multiple_of": Decimal("0.25")}, id="quarters"),
        pytest.param({"multiple_of": Decimal("0.05"), "gt": 0}, id="five-cents"),
        pytest.param({"multiple_of": Decimal("0.01"), "decimal_places": 2}, id="cents-twice"),
        pytest.param({"gt": Decimal("0.01"), "lt": Decimal("0.05"), "decimal_places": 2}, id="3"),
        pytest.param({"gt": 0, "lt": 1}, id="share"),
        pytest.param({"gt": 0, "lt": Decimal("0.01")}, id="below-a-cent"),
        pytest.param({"gt": 0, "lt": Decimal("0.0000001")}, id="far-below-a-cent"),
        pytest.param({"le": -5}, id="negative"),
        pytest.param({"ge": Decimal("1e15")}, id="large"),
    ],
)
def test_amounts_keep_their_limits(limits: dict[str, Any]) -> None:
    """What is drawn is what the model accepts, down to the number of digits."""
    accept = TypeAdapter(Annotated[Decimal, Field(strict=True, **limits)])

    for each in _draws(numbers.amount, limits):
        assert accept.validate_python(each) == each


@pytest.mark.parametrize("step", [pytest.param(s, id=str(s)) for s in (0.1, 0.25, 0.001, 2.5)])
def test_amounts_as_floats_keep_a_binary_step(step: float) -> None:
    """A step that has no exact binary form is kept as pydantic reads it."""
    accept = TypeAdapter(Annotated[float, MultipleOf(step), Interval(gt=0)])

    for each in _draws(numbers.amount, {"multiple_of": step, "gt": 0}):
        assert accept.validate_python(float(each)) == float(each)


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param({"gt": 5, "lt": 6}, id="between-two-neighbours"),
        pytest.param({"ge": 10, "le": 1}, id="crossed"),
        pytest.param({"ge": 1, "le": 6, "multiple_of": 7}, id="no-multiple"),
    ],
)
def test_limits_that_leave_no_number_are_told(limits: Limits) -> None:
    """Nothing is invented outside of the limits."""
    with pytest.raises(ValueError, match="its limits leave no number"):
        numbers.whole(Random(1), limits)
