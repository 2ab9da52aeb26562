"""State that the workers of a run share."""

from __future__ import annotations
