"""`eventually`: a declared window in which an expectation must come to hold.

It is the only thing that repeats a semantic check. Only an AssertionError is looked at again:
a failure of the network has its own retries, and an error of the test is one at once. Nor is a
500 looked at again: a promise to be consistent later never covers a server that fails.
"""

from __future__ import annotations

import inspect
import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from redhanded.contracts.glimpse import glimpse
from redhanded.core.clock import Clock, SystemClock
from redhanded.core.errors import ExpectationFailed, NothingObserved, UsageError
from redhanded.pipeline.table import ROWS
from redhanded.verdict.seconds import require_seconds
from redhanded.verdict.words import Seen, history

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from types import TracebackType

T = TypeVar("T")

EVERY = 0.25
SHOWN = 10


async def _asleep(seconds: float) -> None:
    import anyio

    await anyio.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time in which an observation must hold; a loop, sync or async, that ends when one does.

    `for look in window: with look: ...`, and the same with `async for`. The last look is taken
    when the window closes, never before.
    """

    within: float
    every: float = EVERY
    clock: Clock = field(default_factory=SystemClock)
    sleep: Callable[[float], None] = time.sleep
    asleep: Callable[[float], Awaitable[None]] = _asleep

    def __iter__(self) -> Look:
        return Look(self)

    def __aiter__(self) -> Look:
        return Look(self)


class Look:
    """One observation after another in a window: what fails in its `with` block is looked at again.

    Raises NothingObserved from the block that fails when the window has closed.
    """

    # Both iterators in one object: an asynchronous generator would have to be closed, and nobody
    # closes the one of a loop that an error has left.

    def __init__(self, window: Window) -> None:
        self._held = False
        self._window = window
        self._opened = window.clock.monotonic()
        self._began = 0.0
        self._looks = self._entered = 0
        self._seen: deque[Seen] = deque(maxlen=SHOWN)

    def __iter__(self) -> Look:
        return self

    def __next__(self) -> Look:
        __tracebackhide__ = True
        if self._held:
            raise StopIteration
        if pause := self._pause():
            self._window.sleep(pause)
        return self

    def __aiter__(self) -> Look:
        return self

    async def __anext__(self) -> Look:
        __tracebackhide__ = True
        if self._held:
            raise StopAsyncIteration
        if pause := self._pause():
            await self._window.asleep(pause)
        return self

    def _pause(self) -> float:
        __tracebackhide__ = True
        """Seconds to wait before the next look; none before the first."""
        if self._entered < self._looks:
            raise UsageError("eventually(...) needs `with` in its loop: write `with look:`.")
        self._looks += 1
        left = max(self._window.within - self._elapsed(), 0.0)
        return min(self._window.every, left) if self._entered else 0.0

    def _elapsed(self) -> float:
        return self._window.clock.monotonic() - self._opened

    def __enter__(self) -> None:
        self._entered += 1
        self._began = self._elapsed()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        __tracebackhide__ = True
        if not isinstance(error, AssertionError):
            self._held = error is None
            return False
        if _is_final(error):
            return False
        self._note(str(error).strip().partition("\n")[0] or type(error).__name__)
        within = self._window.within
        if self._began >= within or self._elapsed() > within:
            text = history(self._seen, total=self._entered, within=within)
            raise NothingObserved(text) from error
        return True

    def _note(self, result: str) -> None:
        """Remember what was seen; the same as before is counted, not repeated."""
        if self._seen and self._seen[-1].result == result:
            last = self._seen.pop()
            self._seen.append(replace(last, last=self._began, times=last.times + 1))
        else:
            self._seen.append(Seen(first=self._began, last=self._began, result=result))


@overload
def eventually(
    observe: None = ..., *, within: float, every: float = ..., until: None = ...
) -> Window: ...
@overload
def eventually(
    observe: Callable[[], Awaitable[T]],
    *,
    within: float,
    every: float = ...,
    until: Callable[[T], object] | None = ...,
) -> Coroutine[Any, Any, T]: ...
@overload
def eventually(
    observe: Callable[[], T],
    *,
    within: float,
    every: float = ...,
    until: Callable[[T], object] | None = ...,
) -> T: ...
def eventually(
    observe: Callable[[], Any] | None = None,
    *,
    within: float,
    every: float = EVERY,
    until: Callable[[Any], object] | None = None,
) -> Any:
    """What `observe` returns once it raises no AssertionError and `until` holds of it.

    Awaitable where `observe` is asynchronous; without `observe`, a window to loop over:
    `for look in eventually(within=2): with look: ...`. Both times are in seconds. Raises
    NothingObserved, with the history of what was seen, where nothing holds until the window
    closes; every other error passes at once, and so does a 500.
    """
    __tracebackhide__ = True
    require_seconds("every", every)
    window = Window(within=require_seconds("within", within), every=every)
    if observe is None:
        return window
    if not callable(observe):
        raise UsageError(
            "eventually(...) observes again and again: give it a function, such as "
            "`lambda: expect(api.get(...), 200)`."
        )
    if inspect.iscoroutinefunction(observe):
        return observe_async(window, observe, until)
    return observe_sync(window, observe, until)


def observe_sync(
    window: Window, observe: Callable[[], Any], until: Callable[[Any], object] | None = None
) -> Any:  # noqa: ANN401  what the observation returns
    """What the observation returns once it holds; awaitable where it returns an awaitable."""
    __tracebackhide__ = True
    for look in window:
        with look:
            value = observe()
            if inspect.isawaitable(value):
                return observe_async(window, observe, until, first=value)
            _hold(value, until)
    return value


async def observe_async(
    window: Window,
    observe: Callable[[], Awaitable[T]],
    until: Callable[[T], object] | None = None,
    *,
    first: Awaitable[T] | None = None,
) -> T:
    """What the observation returns once it holds; `first` has been started already."""
    __tracebackhide__ = True
    value: Any = None
    async for look in window:
        with look:
            value = await (observe() if first is None else first)
            _hold(value, until)
        first = None
    return cast("T", value)


def _hold(value: T, until: Callable[[T], object] | None) -> None:
    __tracebackhide__ = True
    if until is not None and not until(value):
        raise AssertionError(f"{glimpse(value)} is not what is waited for")


def _is_final(error: AssertionError) -> bool:
    """Whether no waiting excuses the answer: a failure of the server, as the 500 is."""
    attempt = error.attempt if isinstance(error, ExpectationFailed) else None
    row = ROWS.get(attempt.row) if attempt is not None else None
    unexpected = any(found.code == "status" for found in getattr(error, "violations", ()))
    return row is not None and row.verdict == "defect" and unexpected
