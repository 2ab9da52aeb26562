"""`once`, as tests and fixtures call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from redhanded.session.active import active

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def once(key: str, fn: Callable[[], T]) -> T:
    """The result of `fn`, which one worker of the run calls once; all others receive its result.

    The result must survive a journey through JSON. Raises UsageError outside of a run.
    """
    return active().once(key, fn)
