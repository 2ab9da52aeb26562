"""An async test closes its clients itself: only its own loop can."""

from __future__ import annotations

import functools
import inspect
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator


@contextmanager
def closing_in_its_loop(item: pytest.Item, aclose: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """While the block runs, the test's coroutine function ends by awaiting `aclose`.

    It works under every runner of coroutines, because it asks nothing of any.
    """
    if not isinstance(item, pytest.Function) or not inspect.iscoroutinefunction(item.obj):
        yield
        return
    function = item.obj

    @functools.wraps(function)
    async def ending(*args: Any, **named: Any) -> object:  # noqa: ANN401  the test's own
        try:
            return await function(*args, **named)
        finally:
            await aclose()

    item.obj = ending
    try:
        yield
    finally:
        item.obj = function
