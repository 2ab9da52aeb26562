"""The Beta distribution: what is known of a share of which some events were seen."""

from __future__ import annotations

import math

_TINY = 1e-300  # stands for a denominator that vanished
_STEPS = 10_000  # of the continued fraction; about sqrt(max(a, b)) are needed
_EXACT = 1e-15
_CLOSE = 1e-13


def beta_cdf(x: float, a: float, b: float) -> float:
    """The chance that a Beta(a, b) share is at most x: the regularised incomplete beta function.

    Source: NIST Digital Library of Mathematical Functions, 8.17.22 (continued fraction) and 8.17.4
    (symmetry, which keeps to the side where the fraction converges quickly).
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    return _front(x, a, b) / (a * _fraction(x, a, b))


def beta_quantile(share: float, a: float, b: float) -> float:
    """The x below which a Beta(a, b) share lies with this chance, to ten decimals.

    Newton's steps, and halves of the bracket wherever a step would leave it.
    """
    low, high, x = 0.0, 1.0, a / (a + b)
    while high - low > _CLOSE:
        excess = beta_cdf(x, a, b) - share
        low, high = (low, x) if excess > 0 else (x, high)
        slope = _front(x, a, b) / (x * (1 - x))
        ahead = x - excess / slope if slope > 0 else low
        if not low < ahead < high:
            ahead = (low + high) / 2
        if abs(ahead - x) <= _EXACT + _CLOSE * x:
            return ahead
        x = ahead
    return (low + high) / 2


def _front(x: float, a: float, b: float) -> float:
    """x^a (1 - x)^b / B(a, b): the density at x, times x (1 - x)."""
    ways = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(ways + a * math.log(x) + b * math.log1p(-x))


def _fraction(x: float, a: float, b: float) -> float:
    """The denominator of the continued fraction, by Lentz's method.

    Source: Thompson and Barnett, Journal of Computational Physics 64 (1986), section III.
    """
    value = above = 1.0
    below = 0.0
    for step in range(1, _STEPS):
        part = _coefficient(step, x, a, b)
        below = 1 / _nonzero(1 + part * below)
        above = _nonzero(1 + part / above)
        value *= above * below
        if abs(above * below - 1) < _EXACT:
            break
    return value


def _coefficient(step: int, x: float, a: float, b: float) -> float:
    m, is_odd = divmod(step, 2)
    if is_odd:
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
