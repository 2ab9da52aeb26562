"""What every test shares."""

from __future__ import annotations

import hypothesis

pytest_plugins = ["pytester", "tests.servers.fixtures"]

# The same examples on every run: a test that fails by chance proves nothing.
hypothesis.settings.register_profile("project", derandomize=True, deadline=None)
hypothesis.settings.load_profile("project")
