"""Series of runs as tests of baselines want them: of known noise, from a seed."""

from __future__ import annotations

import math
import random

from redhanded.history.records import Reading

TEST, OPERATION, SIZE = "tests/test_orders.py::test_all", "GET /orders", 4
CANARY = 0.010


def reading(
    run: int, seconds: float, *, canary: float | None = CANARY, test: str = TEST
) -> Reading:
    """What one operation took in one run; runs are an hour apart."""
    return Reading(f"run-{run}", 3_600.0 * run, test, OPERATION, SIZE, 5, seconds, canary)


def steady(
    runs: int, *, seconds: float = 0.200, noise: float = 0.03, seed: int = 0
) -> list[Reading]:
    """Runs that differ by chance alone: the standard deviation is a share of their time."""
    chance = random.Random(seed)
    return [reading(run, seconds * math.exp(chance.gauss(0, noise))) for run in range(runs)]


def then(before: list[Reading], *seconds: float, canary: float | None = CANARY) -> list[Reading]:
    """The runs before, and further ones that took so long."""
    start = len(before)
    return before + [reading(start + i, one, canary=canary) for i, one in enumerate(seconds)]
