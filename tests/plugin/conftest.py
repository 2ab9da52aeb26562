"""What the tests of the plugin share."""

from __future__ import annotations

from tests.plugin.hotel import hotel
from tests.plugin.sky import sky
from tests.plugin.suites import measured, suite

__all__ = ["hotel", "measured", "sky", "suite"]
