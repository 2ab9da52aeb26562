"""What a test's markers tell history of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.plugin.quarantine import quarantine_of
from redhanded.session.test_run import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest


def check(items: Sequence[pytest.Item], now: float) -> None:
    """Refuse labels that cannot be meant."""
    for item in items:
        label_of(item, now)


def label_of(item: pytest.Item, now: float) -> Label:
    """What the test's markers say of it; `now` is in seconds since 1970.

    Raises pytest.UsageError, naming file and line, where one cannot be meant.
    """
    entry = quarantine_of(item, now)
    return Label() if entry is None else Label("", entry.owner, entry.until.isoformat())
