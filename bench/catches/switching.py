"""A plugin of pytest: before each test the API gets the defect that the bench has for it.

Loaded with `-p bench.catches.switching`. The tests know nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.truth.switching import ask

ADDRESS = "CATCHES_SWITCH"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Say which test begins, before its fixtures call the API."""
    ask(ADDRESS, item.nodeid)
    return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Say that the test is over: what comes between tests meets no defect."""
    result = yield
    ask(ADDRESS, "")
    return result
