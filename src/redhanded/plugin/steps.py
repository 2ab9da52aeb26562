"""The phases of a test, as the outermost of its steps."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from redhanded.session.test_run import TestRun


class Phases:
    """Opens a step for each phase of a test that has its part in the session.

    `run_of` gives that part; None where the test is put off.
    """

    def __init__(self, run_of: Callable[[pytest.Item], TestRun | None]) -> None:
        self._run_of = run_of

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """What fixtures do before the test."""
        with self._phase(item, "setup"):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """The test itself."""
        with self._phase(item, "call"):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        """What fixtures do after the test."""
        with self._phase(item, "teardown"):
            return (yield)

    @contextmanager
    def _phase(self, item: pytest.Item, name: str) -> Iterator[None]:
        run = self._run_of(item)
        if run is None:
            yield
            return
        run.steps.enter(name)
        try:
            yield
        except BaseException as error:
            run.steps.leave(error)
            raise
        run.steps.leave()
