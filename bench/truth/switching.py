"""Switches the API's defects test by test, so that a session never meets two at once.

Loaded by pytest with `-p bench.truth.switching`.
"""

from __future__ import annotations

import pytest

from bench.switching import Asking
from bench.truth.witnesses import switch_of

ADDRESS = "TRUTH_SWITCH"


def pytest_configure(config: pytest.Config) -> None:
    """Have the defect on that a test is a witness of, and all others off."""
    config.pluginmanager.register(Asking(ADDRESS, switch_of))
