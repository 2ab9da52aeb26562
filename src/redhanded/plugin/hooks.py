"""The hooks that redhanded calls: what a conftest or another plugin may bring to a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

    from redhanded.core.violation import Contract


def pytest_redhanded_contracts(config: pytest.Config) -> Iterable[Contract]:  # type: ignore[empty-body]
    """What every answer of this run is held against, beside `models` and `openapi` of the settings.

    A contract has a method `check(attempt)` that returns violations: a `ModelRegistry`, or
    anything else. Its `name`, and its `kind` (`code` or `document`), are told with what it finds.
    Asked once in every process that runs tests, after their collection.
    """
