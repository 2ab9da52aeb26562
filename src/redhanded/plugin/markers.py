"""Markers that cannot be meant: refused before any test runs, with the place and what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable


def place(item: pytest.Item) -> str:
    """The file and the line at which the test stands."""
    path, line, _ = item.reportinfo()
    return f"{path}:{(line or 0) + 1}"


def refused(problem: str, *items: pytest.Item) -> pytest.UsageError:
    """The error that names the tests' places, and the problem with their markers."""
    return pytest.UsageError(f"{_listed(map(place, items))}: {problem}")


def _listed(places: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(places))
