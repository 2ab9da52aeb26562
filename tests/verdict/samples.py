"""Samples of objectives, as a run takes them."""

from __future__ import annotations

from typing import Any

from redhanded.core.events import Sampled

START = 1_700_000_000.0  # 22:13:20 UTC


def sample(is_bad: bool, at: float = 0.0, **facts: Any) -> Sampled:  # noqa: ANN401
    """One sample so many seconds after the beginning, at the times that its kind has."""
    ordinary = {
        "test_id": "test_it",
        "operation": "GET /orders/{id}",
        "measure": "p95",
        "limit": 0.3,
        "at": START + at,
        "seconds": 0.9 if is_bad else 0.01,
        "is_bad": is_bad,
        "build": "7f3c",
    }
    return Sampled(**ordinary | facts)  # type: ignore[arg-type]  # each fact has its type


def row(marks: str, **facts: Any) -> list[Sampled]:  # noqa: ANN401  each fact has its type
    """Samples two seconds apart, a letter each: `b` for a bad one, `g` for a good one."""
    return [sample(mark == "b", 2.0 * number, **facts) for number, mark in enumerate(marks)]
