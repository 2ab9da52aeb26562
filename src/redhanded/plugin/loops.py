"""An async test gives up its connections itself: only its own loop can."""

from __future__ import annotations

import functools
import inspect
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeGuard

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator


def is_async(item: pytest.Item) -> TypeGuard[pytest.Function]:
    """Whether the test is a coroutine function."""
    return isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj)


@contextmanager
def closing_in_its_loop(
    item: pytest.Function, release: Callable[[], Awaitable[None]]
) -> Iterator[None]:
    """While the block runs, the test's coroutine function ends by awaiting `release`.

    It works under every runner of coroutines, because it asks nothing of any.
    """
    function = item.obj

    @functools.wraps(function)
    async def ending(*args: Any, **named: Any) -> object:  # noqa: ANN401  the test's own
        try:
            return await function(*args, **named)
        finally:
            await release()

    item.obj = ending
    try:
        yield
    finally:
        item.obj = function
