"""The two drivers: the only place where the package is written once for sync and once for async."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

E = TypeVar("E")
T = TypeVar("T")


def run(flow: Generator[E, Any, T], perform: Callable[[E], object]) -> T:
    """What the flow returns, after each of its effects was performed in this thread.

    BaseException is sent into the flow as well (Ctrl-C), so that policies let go of their leases.
    """
    try:
        effect = next(flow)
        while True:
            try:
                answer = perform(effect)
            except BaseException as error:  # noqa: BLE001  the flow decides, and raises it again
                effect = flow.throw(error)
            else:
                effect = flow.send(answer)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]


async def arun(flow: Generator[E, Any, T], perform: Callable[[E], Awaitable[object]]) -> T:
    """What the flow returns, after each of its effects was awaited in this task.

    BaseException is sent into the flow as well (cancellation), so that policies let go.
    """
    try:
        effect = next(flow)
        while True:
            try:
                answer = await perform(effect)
            except BaseException as error:  # noqa: BLE001  the flow decides, and raises it again
                effect = flow.throw(error)
            else:
                effect = flow.send(answer)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
