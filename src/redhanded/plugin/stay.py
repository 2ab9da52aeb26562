"""What pytest takes for the next test when none is left, so that nothing is torn down too early."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


class Stay(pytest.Item):
    """An item that is never run; what it shares with a test is not torn down after that test.

    It shares the session while `is_awaited()`, and else nothing: the test before it is then torn
    down like the last one of a run.
    """

    def __init__(self, *, is_awaited: Callable[[], bool], **named: Any) -> None:  # noqa: ANN401
        super().__init__(**named)
        self._is_awaited = is_awaited

    def listchain(self) -> list[Any]:
        """What the test before it must leave set up."""
        return super().listchain() if self._is_awaited() else []

    def runtest(self) -> None:
        """Nothing: it is no test."""
