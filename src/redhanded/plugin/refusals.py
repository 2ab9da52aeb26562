"""Markers that cannot be meant stop a run before its first test, also where workers see them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

_TOLD = "redhanded.refused"


class Refusals:
    """Looks at the collected tests by `check`, which raises pytest.UsageError to refuse them.

    `settle` does so with those that are selected, and is given those that were collected too. A
    worker cannot stop a run: it hands the sentence on, and has nothing to run.
    """

    def __init__(
        self,
        config: pytest.Config,
        check: Callable[[Sequence[pytest.Item]], None],
        settle: Callable[[list[pytest.Item], Sequence[pytest.Item]], None],
    ) -> None:
        self._worker: dict[str, Any] | None = getattr(config, "workeroutput", None)
        self._check = check
        self._settle = settle
        self._problem = ""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, items: list[pytest.Item]
    ) -> Generator[None, object, object]:
        """Look at the markers of every test, and at those that others leave, in their order."""
        collected = tuple(items)
        with self._refusing(items):
            self._check(items)
        done = yield
        with self._refusing(items):
            self._settle(items, collected)
        return done

    @contextmanager
    def _refusing(self, items: list[pytest.Item]) -> Iterator[None]:
        try:
            yield
        except pytest.UsageError as error:
            if self._worker is None:
                raise
            self._worker[_TOLD] = f"{error}"
            items.clear()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401  xdist's
        """Hear what a worker refused."""
        told = getattr(node, "workeroutput", {})
        self._problem = self._problem or told.get(_TOLD, "")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Refuse the run where a worker did."""
        done = yield
        if self._problem:
            raise pytest.UsageError(self._problem)
        return done
