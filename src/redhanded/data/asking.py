"""Refusals without a way through our modules: they show the line that asked."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


def asked(make: Callable[P, T]) -> Callable[P, T]:
    """The function, whose refusals end at the line that calls it."""

    @wraps(make)
    def ask(*args: P.args, **options: P.kwargs) -> T:
        __tracebackhide__ = True
        try:
            return make(*args, **options)
        except UsageError as error:
            raise error.with_traceback(None) from error.__cause__

    return ask
