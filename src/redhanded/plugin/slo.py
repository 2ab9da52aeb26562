"""The `slo` marker: a latency ceiling for the calls of one test."""

from __future__ import annotations

import math

import pytest


def ceiling_of(item: pytest.Item) -> float | None:
    """The ceiling in seconds that the test's marker declares; None where there is none.

    Raises pytest.UsageError, naming file and line, where the marker cannot be meant.
    """
    marker = item.get_closest_marker("slo")
    if marker is None:
        return None
    ceiling = _seconds(marker.kwargs.get("ceiling"))
    if ceiling is None or marker.args or len(marker.kwargs) != 1:
        path, line, _ = item.reportinfo()
        raise pytest.UsageError(
            f"{path}:{(line or 0) + 1}: write @pytest.mark.slo(ceiling=0.3), "
            "the longest that the server may take, in seconds"
        )
    return ceiling


def _seconds(value: object) -> float | None:
    """The value, where it is a number above 0 and finite."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < math.inf else None
