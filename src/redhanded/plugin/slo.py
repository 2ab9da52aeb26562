"""The `slo` marker: a latency ceiling for the calls of one test."""

from __future__ import annotations

import pytest


def ceiling_of(item: pytest.Item) -> float | None:
    """The ceiling in seconds that the test's marker declares; None where there is none.

    Raises pytest.UsageError, naming file and line, where the marker cannot be meant.
    """
    marker = item.get_closest_marker("slo")
    if marker is None:
        return None
    ceiling = marker.kwargs.get("ceiling")
    known = not marker.args and set(marker.kwargs) == {"ceiling"}
    number = isinstance(ceiling, int | float) and not isinstance(ceiling, bool)
    if not known or not number or not 0 < ceiling < float("inf"):
        path, line, _ = item.reportinfo()
        raise pytest.UsageError(
            f"{path}:{(line or 0) + 1}: write @pytest.mark.slo(ceiling=0.3), "
            "the longest that the server may take, in seconds"
        )
    return float(ceiling)
