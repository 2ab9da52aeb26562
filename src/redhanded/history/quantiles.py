"""The Beta distribution: what is known of a share of which some events were seen."""

from __future__ import annotations

import math
from statistics import NormalDist

_TINY = 1e-300  # stands for a denominator that vanished
_PAIRS = 5_000  # of steps of the continued fraction; about sqrt(max(a, b)) are needed
_EXACT = 1e-15
_CLOSE = 1e-11


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

    Halley's steps from a guess, and half the bracket wherever a step would leave it.
    """
    low, high = 0.0, 1.0
    x = _within(_guess(share, a, b), low, high)
    while high - low > _CLOSE:
        excess = beta_cdf(x, a, b) - share
        low, high = (low, x) if excess > 0 else (x, high)
        ahead = _within(x - _step(excess, x, a, b), low, high)
        if abs(ahead - x) <= _CLOSE:
            return ahead
        x = ahead
    return (low + high) / 2


def _guess(share: float, a: float, b: float) -> float:
    """Near the quantile: by the power at the end where one rules, else by normal log odds."""
    if min(a, b) >= 1:
        odds = math.log(a / b) + NormalDist().inv_cdf(share) * math.sqrt(1 / a + 1 / b)
        return 1 / (1 + math.exp(-odds))
    left = math.exp(a * math.log(a / (a + b))) / a
    right = math.exp(b * math.log(b / (a + b))) / b
    if share < left / (left + right):
        return float((a * (left + right) * share) ** (1 / a))
    return 1 - float((b * (left + right) * (1 - share)) ** (1 / b))


def _within(x: float, low: float, high: float) -> float:
    """The x itself, or the middle where it lies outside."""
    return x if low < x < high else (low + high) / 2


def _step(excess: float, x: float, a: float, b: float) -> float:
    """How far x is from where there is no excess, by slope and curvature."""
    slope = _front(x, a, b) / (x * (1 - x))
    if not slope:
        return math.inf
    step = excess / slope
    curve = (a - 1) / x - (b - 1) / (1 - x)
    return step / (1 - 0.5 * min(1.0, step * curve))


def _front(x: float, a: float, b: float) -> float:
    """x^a (1 - x)^b / B(a, b): the density at x, times x (1 - x)."""
    ways = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(ways + a * math.log(x) + b * math.log1p(-x))


def _fraction(x: float, a: float, b: float) -> float:
    """The denominator of the continued fraction, by Lentz's method, two steps at a time.

    Source: Thompson and Barnett, Journal of Computational Physics 64 (1986), section III.
    """
    value = above = 1.0
    below = 0.0
    for m in range(_PAIRS):
        twice = a + 2 * m
        odd = -(a + m) * (a + b + m) * x / (twice * (twice + 1))
        below = 1 / ((1 + odd * below) or _TINY)
        above = (1 + odd / above) or _TINY
        value *= above * below
        even = (m + 1) * (b - m - 1) * x / ((twice + 1) * (twice + 2))
        below = 1 / ((1 + even * below) or _TINY)
        above = (1 + even / above) or _TINY
        value *= above * below
        if abs(above * below - 1) < _EXACT:
            break
    return value
