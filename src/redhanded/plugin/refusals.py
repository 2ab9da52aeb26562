"""Markers that cannot be meant stop a run before its first test, also where workers see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

_TOLD = "redhanded.refused"


class Refusals:
    """Looks at the collected tests by `check`, which raises pytest.UsageError to refuse them.

    A worker cannot stop a run: it hands the sentence on, and has nothing to run.
    """

    def __init__(
        self, config: pytest.Config, check: Callable[[Sequence[pytest.Item]], None]
    ) -> None:
        self._worker: dict[str, Any] | None = getattr(config, "workeroutput", None)
        self._check = check
        self._problem = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Look at the markers of every test."""
        try:
            self._check(items)
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
