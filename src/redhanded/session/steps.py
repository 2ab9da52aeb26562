"""Steps: what a test does, in its author's words, and which of its calls belong to which.

The phases of pytest are the outermost steps. Which step is the innermost one is told by the context
of a call, as `contextvars` keep it, so that tasks that run at once do not mix theirs up. The phase
is told by the test: loops outlive tests, and their context may be an older one's.
"""

from __future__ import annotations

import inspect
from contextvars import ContextVar
from functools import wraps
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple, ParamSpec, Self, TypeVar, cast

from redhanded.core.errors import UsageError
from redhanded.core.events import Stepped
from redhanded.session import active

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from redhanded.core.clock import Clock
    from redhanded.core.events import Emit

P = ParamSpec("P")
T = TypeVar("T")

LONGEST: Final = 300  # characters of a name, or of what a step ended with


class Open(NamedTuple):
    """A step that is not over: whose it is, in which phase it began, what is around it, and when.

    `at` is wall time, `began` that of the monotonic clock.
    """

    steps: Steps
    phase: str
    id: str
    parent: str
    name: str
    at: float
    began: float


_INNERMOST: ContextVar[Open | None] = ContextVar("redhanded_step", default=None)


class Steps:
    """The steps of one round of a test, each told when it is over."""

    def __init__(
        self, test_id: str, *, emit: Emit, clock: Clock, mask: Callable[[str], str]
    ) -> None:
        self._test_id = test_id
        self._emit = emit
        self._clock = clock
        self._mask = mask
        self._ids = count(1)
        self._phase: Open | None = None
        self._is_used = False

    def enter(self, phase: str) -> None:
        """A phase of the test begins."""
        self._phase, self._is_used = self._begun(phase, phase, "", phase), False

    def leave(self, error: BaseException | None = None) -> None:
        """The phase is over, with this error or none; it is told where anything was in it."""
        phase, self._phase = self._phase, None
        if phase is not None and self._is_used:
            self._tell(phase, error)

    def current(self) -> str:
        """The id of the innermost step around the caller; empty between phases."""
        phase = self._phase
        if phase is None:
            return ""
        self._is_used = True
        inner = _INNERMOST.get()
        is_inside = inner is not None and inner.steps is self and inner.phase == phase.id
        return inner.id if inner is not None and is_inside else phase.id

    def open(self, name: str) -> Open | None:
        """A step within the innermost one; None between phases, where nobody would look for it."""
        parent = self.current()
        if self._phase is None:
            return None
        return self._begun(self._phase.id, str(next(self._ids)), parent, name)

    def close(self, step: Open, error: BaseException | None) -> None:
        """The step is over; one that outlives its test is not told."""
        if self._phase is not None:
            self._tell(step, error)

    def _begun(self, phase: str, id_: str, parent: str, name: str) -> Open:
        return Open(self, phase, id_, parent, name, self._clock.wall(), self._clock.monotonic())

    def _tell(self, step: Open, error: BaseException | None) -> None:
        self._emit(
            Stepped(
                test_id=self._test_id,
                id=step.id,
                parent=step.parent,
                name=self._mask(step.name)[:LONGEST],
                at=step.at,
                seconds=self._clock.monotonic() - step.began,
                error="" if error is None else self._mask(_said(error))[:LONGEST],
            )
        )


class Step:
    """What `with` and `async with` open, and what a function is decorated with."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[tuple[Open | None, Open | None]] = []

    def __repr__(self) -> str:
        return f"step({self._name!r})"

    def __enter__(self) -> Self:
        opened, around = _opened(self._name), _INNERMOST.get()
        self._open.append((opened, around))
        if opened is not None:
            _INNERMOST.set(opened)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        innermost = _INNERMOST.get()
        own = [number for number, (opened, _) in enumerate(self._open) if opened is innermost]
        opened, around = self._open.pop(own[-1] if own else -1)  # tasks may share one of us
        if opened is None:
            return
        if innermost is opened:  # not so where a fixture ends in another context
            _INNERMOST.set(around)
        opened.steps.close(opened, error)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: Callable[P, T]) -> Callable[P, T]:
        """The function, each call of which is the step."""
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise UsageError(
                f"{self!r} cannot decorate {function.__qualname__}, which yields: write"
                f" `with {self!r}:` inside of it"
            )
        if inspect.iscoroutinefunction(function):
            return cast("Callable[P, T]", self._awaiting(function))
        return self._blocking(function)

    def _blocking(self, function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def stepped(*args: P.args, **named: P.kwargs) -> T:
            __tracebackhide__ = True
            with Step(self._name):
                return function(*args, **named)

        return stepped

    def _awaiting(self, function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @wraps(function)
        async def stepped(*args: P.args, **named: P.kwargs) -> T:
            __tracebackhide__ = True
            with Step(self._name):
                return await function(*args, **named)

        return stepped


def step(name: str) -> Step:
    """A named part of a test, for `with`, `async with`, or as a decorator of a function.

    What is called within it is shown under its name. Outside of a test it does nothing.
    """
    return Step(_named(name))


def _named(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise UsageError('a step needs a name: write `with step("place the order"):`')
    return name


def _opened(name: str) -> Open | None:
    try:
        steps = active.active().steps
    except UsageError:  # no run is under way: helpers of tests work in scripts as well
        return None
    return None if steps is None else steps.open(name)


def _said(error: BaseException) -> str:
    """The error in a line, by its name and the first line of what it says."""
    name = type(error).__name__
    try:
        said = str(error).strip().partition("\n")[0]
    except Exception:  # noqa: BLE001  an error of the author's own may say anything, or nothing
        return name
    return f"{name}: {said}" if said else name
