"""Searches: tests of Hypothesis, which send many requests on their way to one verdict.

A failure is remembered with what was drawn, so that an API that errs now and then is not taken for
a test that cannot make up its mind; and an answer that weather kept away ends the search, instead
of being looked for with smaller and smaller requests.
"""

from __future__ import annotations

import functools
import inspect
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_jsonable_python

from redhanded.core.errors import CallError
from redhanded.core.model_json import json_of
from redhanded.core.verdicts import Verdict
from redhanded.verdict.triage import triage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from redhanded.session.test_run import TestRun

SMALLER: Final = 100
"""Examples that are sent after the first failure to find the smallest one that fails."""


class Searches:
    """Watches over tests of Hypothesis; `run_of` gives a test's part, None where it is put off."""

    def __init__(self, run_of: Callable[[pytest.Item], TestRun | None]) -> None:
        self._run_of = run_of

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Remember what a search of this test has seen, while it lasts."""
        handle = getattr(getattr(item, "obj", None), "hypothesis", None)
        run = self._run_of(item) if handle is not None else None
        if run is None:
            return (yield)
        with _watched(handle, _Memory(run, getattr(item, "funcargs", {}))):
            return (yield)


class _Stopped(BaseException):
    """Ends a search at once: Hypothesis takes any Exception for a failure to be made smaller."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class _Memory:
    """What one search has seen: the failure of each input, and how many it looked for since."""

    def __init__(self, run: TestRun, fixtures: Mapping[str, object]) -> None:
        self._run = run
        self._fixtures = fixtures
        self._failed: dict[str, Exception] = {}
        self._since = 0

    async def release(self) -> None:
        """Let go of the connections that an example used in its loop."""
        await self._run.release()

    def is_over(self, key: str | None) -> bool:
        """Whether this input is not sent any more; raises its failure where it is known."""
        if key is None or not self._failed:
            return False
        if key in self._failed:
            raise self._failed[key]
        self._since += 1
        return self._since > SMALLER

    def key(self, given: Mapping[str, object]) -> str | None:
        """What tells this input from others; None where no text can."""
        drawn = {name: value for name, value in given.items() if name not in self._fixtures}
        try:
            plain = {name: to_jsonable_python(_plain(value)) for name, value in drawn.items()}
        except PydanticSerializationError:
            return None
        return json.dumps(plain)

    @contextmanager
    def example(self, key: str | None) -> Iterator[None]:
        """Notes what one example comes to."""
        before = len(self._run.scope.calls)
        try:
            yield
        except Exception as error:
            calls = self._run.scope.calls[before:]
            if isinstance(error, CallError) or triage(error, calls)[0] is Verdict.INCONCLUSIVE:
                if self._failed:
                    return  # what is known to fail stays so
                raise _Stopped(error) from error
            if key is not None:
                self._failed[key] = error
            raise


@contextmanager
def _watched(handle: Any, memory: _Memory) -> Iterator[None]:  # noqa: ANN401  Hypothesis's
    """Its documented way to put something around each example: another `inner_test`."""
    inner = handle.inner_test
    handle.inner_test = _around(inner, memory)
    try:
        yield
    except _Stopped as stop:
        raise stop.error from stop.error.__cause__
    finally:
        handle.inner_test = inner


def _around(inner: Callable[..., Any], memory: _Memory) -> Callable[..., Any]:
    @functools.wraps(inner)
    def one(*args: Any, **given: Any) -> Any:  # noqa: ANN401  as the test
        __tracebackhide__ = True
        key = memory.key(given)
        if not memory.is_over(key):
            with memory.example(key):
                return inner(*args, **given)
        return None

    @functools.wraps(inner)
    async def one_async(*args: Any, **given: Any) -> Any:  # noqa: ANN401  as the test
        __tracebackhide__ = True
        key = memory.key(given)
        if not memory.is_over(key):
            with memory.example(key):
                try:
                    return await inner(*args, **given)
                finally:  # whether another example follows, in this loop or in another, who knows
                    await memory.release()
        return None

    return one_async if inspect.iscoroutinefunction(inner) else one


def _plain(value: object) -> object:
    return json_of(value) if isinstance(value, BaseModel) else value
