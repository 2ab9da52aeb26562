"""The defects of the demo API."""

from __future__ import annotations
