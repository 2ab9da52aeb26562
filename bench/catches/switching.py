"""A plugin of pytest: before each test the API gets the defect that the bench has for it.

Loaded with `-p bench.catches.switching`. The tests know nothing of it.
"""

from __future__ import annotations

import pytest

from bench.switching import Asking

ADDRESS = "CATCHES_SWITCH"


def pytest_configure(config: pytest.Config) -> None:
    """Say which test begins, and that it is over."""
    config.pluginmanager.register(Asking(ADDRESS, lambda item: item.nodeid))
