"""What every test shares."""

from __future__ import annotations

import gc

import hypothesis

pytest_plugins = ["pytester", "tests.servers.fixtures"]

# The same examples on every run: a test that fails by chance proves nothing.
hypothesis.settings.register_profile("project", derandomize=True, deadline=None)
hypothesis.settings.load_profile("project")


def pytest_collection_finish() -> None:
    """Leaves the tests and modules that are known by now out of every later garbage collection.

    They stay to the end, and pytest collects garbage after each of the thousand runs of a suite
    inside of this process, which took most of their time.
    """
    gc.collect()
    gc.freeze()
