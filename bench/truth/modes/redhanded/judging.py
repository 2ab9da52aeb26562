"""How the suite judges when redhanded does it."""

from __future__ import annotations

from redhanded import eventually, expect

__all__ = ["eventually", "expect"]
