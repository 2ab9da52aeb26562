"""What the tests of bad input share."""

from __future__ import annotations

from tests.plugin.suites import suite

__all__ = ["suite"]
