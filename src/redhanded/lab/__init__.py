"""A demo API to try tests on: a believable small company's, correct in every operation.

It imports nothing of the rest of the project, so that each can be judged by the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.lab.process import LabError, Running, running

if TYPE_CHECKING:
    from redhanded.lab.app import create_app
    from redhanded.lab.store import Store

__all__ = ["LabError", "Running", "Store", "create_app", "running"]


def __getattr__(name: str) -> object:
    # Only the served process needs the web framework; whoever starts it does not import it.
    if name == "create_app":
        from redhanded.lab.app import create_app

        return create_app
    if name == "Store":
        from redhanded.lab.store import Store

        return Store
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
