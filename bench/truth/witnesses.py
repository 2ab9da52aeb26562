"""Which tests are witnesses of which defect: read from their markers, by a plugin of pytest."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

TARGET = "TRUTH_WITNESSES"
MARKS = ("defect", "glimpse")


def switch_of(item: pytest.Item, mark: str = "defect") -> str:
    """The defect of which the test is a witness, such as `D78:seconds=0.7`; empty without one."""
    marker = item.get_closest_marker(mark)
    if marker is None:
        return ""
    numbers = ",".join(f"{name}={number}" for name, number in marker.kwargs.items())
    return f"{marker.args[0]}:{numbers}" if numbers else str(marker.args[0])


def pytest_collection_finish(session: pytest.Session) -> None:
    """Write the tests by mark and switch; under no switch those that hold in any case."""
    found: dict[str, dict[str, list[str]]] = {}
    for mark in MARKS:
        for item in session.items:
            tests = found.setdefault(mark, {}).setdefault(switch_of(item, mark), [])
            tests.append(item.nodeid)
    Path(os.environ[TARGET]).write_text(json.dumps(found), "utf-8")
