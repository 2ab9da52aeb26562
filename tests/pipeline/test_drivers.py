"""The two drivers, held to the same rules: blocking, and awaiting on asyncio and trio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import Any, Protocol, TypeVar

import anyio
import pytest
import trio

from redhanded.pipeline.drivers import arun, run

T = TypeVar("T")
Steps = Generator[str, Any, T]


class Drive(Protocol):
    """Runs a flow to its end; each effect is answered by calling `perform` with it."""

    def __call__(self, flow: Steps[T], perform: Callable[[str], object], /) -> T:
        """What the flow returns."""
        ...


def _awaiting(backend: str, flow: Steps[T], perform: Callable[[str], object]) -> T:
    async def performed(effect: str) -> object:
        await anyio.lowlevel.checkpoint()
        return perform(effect)

    async def main() -> T:
        return await arun(flow, performed)

    return anyio.run(main, backend=backend)


@pytest.fixture(
    params=[
        pytest.param(run, id="sync"),
        pytest.param(partial(_awaiting, "asyncio"), id="asyncio"),
        pytest.param(partial(_awaiting, "trio"), id="trio"),
    ]
)
def drive(request: pytest.FixtureRequest) -> Drive:
    """One of the drivers."""
    driver: Drive = request.param
    return driver


def failing(error: BaseException) -> Callable[[str], object]:
    """A performer of which every effect fails so."""

    def perform(_: str) -> object:
        raise error

    return perform


def test_a_flow_gets_the_answers_of_its_effects(drive: Drive) -> None:
    """Effects are performed in order, each answer goes back, and the value is returned."""

    def flow() -> Steps[str]:
        first = yield "a"
        second = yield "b"
        return f"{first}+{second}"

    assert drive(flow(), str.upper) == "A+B"


def test_a_flow_may_have_no_effects(drive: Drive) -> None:
    """A flow that returns at once performs nothing."""

    def flow() -> Steps[int]:
        yield from ()
        return 7

    assert drive(flow(), failing(AssertionError())) == 7


def test_an_effect_may_be_answered_with_none(drive: Drive) -> None:
    """None is an answer like any other."""

    def flow() -> Steps[bool]:
        answer = yield "sleep"
        return answer is None

    assert drive(flow(), lambda _: None)


INTERRUPTIONS = [
    pytest.param(OSError("reset"), id="an error"),
    pytest.param(KeyboardInterrupt(), id="ctrl-c"),
    pytest.param(SystemExit(3), id="exit"),
]


@pytest.mark.parametrize("error", INTERRUPTIONS)
def test_a_failed_effect_is_raised_within_the_flow(drive: Drive, error: BaseException) -> None:
    """INVARIANT: the flow sees every failure where it yielded, lets go, and the caller sees it."""
    seen: list[BaseException] = []

    def flow() -> Steps[None]:
        try:
            yield "send"
        except BaseException as raised:
            seen.append(raised)
            raise

    with pytest.raises(type(error)) as caught:
        drive(flow(), failing(error))

    assert seen == [error]
    assert caught.value is error
    assert error.__cause__ is None


@pytest.mark.parametrize("error", INTERRUPTIONS)
def test_what_the_flow_holds_is_let_go(drive: Drive, error: BaseException) -> None:
    """INVARIANT: `finally` runs before the caller goes on, also on Ctrl-C."""
    leases = {"probe"}

    def flow() -> Steps[None]:
        try:
            yield "send"
        finally:
            leases.clear()

    with pytest.raises(type(error)):
        drive(flow(), failing(error))

    assert not leases


def test_a_flow_may_go_on_after_a_failure(drive: Drive) -> None:
    """A flow that catches the failure yields its next effect, and returns as ever."""

    def flow() -> Steps[str]:
        try:
            yield "send"
        except OSError as error:
            again = yield "again"
            return f"{error}, {again}"
        return "never"

    def perform(effect: str) -> str:
        if effect == "send":
            message = "reset"
            raise OSError(message)
        return effect

    assert drive(flow(), perform) == "reset, again"


def test_a_flow_may_return_because_of_a_failure(drive: Drive) -> None:
    """A flow that ends in its handler returns its value."""

    def flow() -> Steps[str]:
        try:
            yield "send"
        except OSError:
            return "none"
        return "never"

    assert drive(flow(), failing(OSError())) == "none"


def test_the_cause_of_an_error_is_kept(drive: Drive) -> None:
    """INVARIANT: an error that the flow makes of another has that one as its cause."""
    cause = OSError("reset")

    def flow() -> Steps[None]:
        try:
            yield "send"
        except OSError as error:
            message = "the call failed"
            raise ValueError(message) from error

    with pytest.raises(ValueError, match="the call failed") as caught:
        drive(flow(), failing(cause))

    assert caught.value.__cause__ is cause


def test_a_performer_cannot_end_the_flow_by_accident(drive: Drive) -> None:
    """A StopIteration out of an effect is a fault, and never taken for the flow's value."""

    def flow() -> Steps[str]:
        yield "send"
        return "never"

    with pytest.raises(RuntimeError):
        drive(flow(), failing(StopIteration("stolen")))


async def _until_cancelled(seen: list[str], perform: Callable[[str], Awaitable[object]]) -> None:
    def flow() -> Steps[None]:
        try:
            yield "send"
        except BaseException as error:
            seen.append(type(error).__name__)
            raise
        finally:
            seen.append("let go")

    await arun(flow(), perform)


def test_cancellation_is_seen_by_the_flow_on_asyncio() -> None:
    """INVARIANT: a task that is cancelled while an effect is awaited lets go of what it holds."""
    seen: list[str] = []

    async def main() -> None:
        begun = asyncio.Event()

        async def perform(_: str) -> object:
            begun.set()
            return await asyncio.Event().wait()

        task = asyncio.create_task(_until_cancelled(seen, perform))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())

    assert seen == ["CancelledError", "let go"]


def test_cancellation_is_seen_by_the_flow_on_trio() -> None:
    """INVARIANT: a cancelled scope reaches the flow, and ends there as trio wants it."""
    seen: list[str] = []

    async def main() -> None:
        with trio.CancelScope() as scope:

            async def perform(_: str) -> object:
                scope.cancel()
                return await trio.sleep_forever()

            await _until_cancelled(seen, perform)
        assert scope.cancelled_caught

    trio.run(main)

    assert seen == ["Cancelled", "let go"]
