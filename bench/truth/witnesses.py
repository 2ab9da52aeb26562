"""A pytest plugin that writes down which tests are witnesses of which defect, and runs none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

TARGET = "TRUTH_WITNESSES"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Write the witnesses by code, and under no code the tests of the good routes."""
    found: dict[str, list[str]] = {}
    for item in session.items:
        marker = item.get_closest_marker("defect")
        if marker is not None:
            found.setdefault(marker.args[0], []).append(item.nodeid)
        elif item.nodeid.startswith("test_routes.py"):
            found.setdefault("", []).append(item.nodeid)
    Path(os.environ[TARGET]).write_text(json.dumps(found), "utf-8")
