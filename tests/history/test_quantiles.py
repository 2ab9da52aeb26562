"""Quantiles of a Beta distribution, held against another implementation and against exact sums."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.history.quantiles import beta_cdf, beta_quantile

SHAPES = [
    pytest.param(0.5, 24.5, id="default prior"),
    pytest.param(0.02, 1.3, id="weak prior"),
    pytest.param(1.0, 1.0, id="uniform"),
    pytest.param(3.7, 41.2, id="some failures"),
    pytest.param(40.0, 0.7, id="nearly all failures"),
    pytest.param(900.0, 2_400.0, id="a busy year"),
]
shapes = st.floats(0.01, 2_000)
shares = st.floats(0.001, 0.999)


def reference(x: float, a: float, b: float) -> float:
    """The same by mpmath, with twice the digits."""
    with mpmath.workdps(30):
        return float(mpmath.betainc(a, b, 0, x, regularized=True))


def at_least(k: int, n: int, share: Fraction) -> float:
    """The chance of at least k events in n, as an exact sum."""
    return float(sum(math.comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k, n + 1)))


@pytest.mark.parametrize("a, b", SHAPES)
@pytest.mark.parametrize("x", [1e-9, 0.001, 0.02, 0.27, 0.5, 0.9, 0.9999])
def test_the_chance_of_a_smaller_share_is_that_of_mpmath(a: float, b: float, x: float) -> None:
    """Over weak and strong knowledge, near both ends and in between, ten decimals agree."""
    assert beta_cdf(x, a, b) == pytest.approx(reference(x, a, b), rel=1e-9, abs=1e-10)


@pytest.mark.parametrize("k, n", [(1, 1), (1, 40), (3, 40), (17, 60), (60, 60)])
@pytest.mark.parametrize("percent", [1, 20, 50, 97])
def test_whole_numbers_give_binomial_sums(k: int, n: int, percent: int) -> None:
    """At least k of n events has the chance I_x(k, n - k + 1), to the last digits of a sum."""
    share = Fraction(percent, 100)

    exact = at_least(k, n, share)

    assert beta_cdf(percent / 100, k, n - k + 1) == pytest.approx(exact, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("x, chance", [(-1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (2.0, 1.0)])
def test_a_share_lies_between_nothing_and_all(x: float, chance: float) -> None:
    """Outside of the shares that there are, the chance is none or certainty."""
    assert beta_cdf(x, 0.5, 24.5) == chance


@pytest.mark.parametrize("a, b", SHAPES)
@pytest.mark.parametrize("share", [0.025, 0.5, 0.975])
def test_a_quantile_has_its_share_below_it(a: float, b: float, share: float) -> None:
    """A hair below the quantile the reference gives less than the share, a hair above it more."""
    x = beta_quantile(share, a, b)

    below, above = max(0.0, x - 1e-10), min(1.0, x + 1e-10)
    assert reference(below, a, b) <= share <= reference(above, a, b)


@given(a=shapes, b=shapes, share=shares)
def test_a_quantile_undoes_the_chance(a: float, b: float, share: float) -> None:
    """Whatever the shapes, the chance at the quantile steps over the share within ten decimals."""
    x = beta_quantile(share, a, b)

    assert 0 <= x <= 1
    assert beta_cdf(x - 1e-10, a, b) - 1e-9 <= share <= beta_cdf(x + 1e-10, a, b) + 1e-9


@given(a=shapes, b=shapes, lower=shares, upper=shares)
def test_a_larger_share_never_has_a_smaller_quantile(
    a: float, b: float, lower: float, upper: float
) -> None:
    """Quantiles rise with their share."""
    lower, upper = sorted((lower, upper))

    assert beta_quantile(lower, a, b) <= beta_quantile(upper, a, b) + 1e-10


def test_the_interval_of_nothing_seen_shrinks_with_the_runs() -> None:
    """No failure in 40 runs leaves two percent possible, none in 400 no longer one."""
    few, many = beta_quantile(0.975, 0.5, 24.5 + 40), beta_quantile(0.975, 0.5, 24.5 + 400)

    assert 0.02 < few < 0.05
    assert many < 0.01
