"""Test data: valid, unique and reproducible objects, and cases at and beyond their limits.

Names are imported when they are first used: factories and cases bring heavy libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redhanded.data.boundary_cases import boundaries
    from redhanded.data.cases import Case
    from redhanded.data.hostile_cases import hostile
    from redhanded.data.negative_cases import negatives
    from redhanded.data.pairing import pairwise
    from redhanded.data.searching import search, strategy

__all__ = ["Case", "boundaries", "hostile", "negatives", "pairwise", "search", "strategy"]

_HOMES = {
    "Case": "cases",
    "boundaries": "boundary_cases",
    "hostile": "hostile_cases",
    "negatives": "negative_cases",
    "pairwise": "pairing",
    "search": "searching",
    "strategy": "searching",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
