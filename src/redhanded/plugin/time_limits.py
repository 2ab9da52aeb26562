"""How long a test may take, where pytest-timeout is to stop it."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def time_limit(item: pytest.Item) -> float:
    """Seconds, by the test's marker, else as set for all tests; endless where nobody says."""
    config = item.config
    if not config.pluginmanager.has_plugin("timeout"):
        return math.inf
    marker = item.get_closest_marker("timeout")
    told = (*marker.args, marker.kwargs.get("timeout")) if marker is not None else ()
    general = (
        config.getoption("timeout", None),
        os.environ.get("PYTEST_TIMEOUT"),
        config.getini("timeout"),
    )
    for value in (*told[:1], *general):
        try:
            seconds = float(value)
        except (TypeError, ValueError):
            continue
        return seconds if seconds > 0 else math.inf
    return math.inf
