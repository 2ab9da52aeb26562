"""Masks a report before it is serialised: nothing secret leaves the process that ran the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

_DEEPEST = 12


def mask_report(report: pytest.TestReport, mask: Callable[[str], str]) -> None:
    """Mask everything that a report shows: the failure, its sections, its properties."""
    if isinstance(report.longrepr, str):
        report.longrepr = mask(report.longrepr)
    elif report.longrepr is not None:
        _mask_inside(report.longrepr, mask, _DEEPEST)
    report.sections = [(title, mask(text)) for title, text in report.sections]
    report.user_properties = [
        (name, mask(value) if isinstance(value, str) else value)
        for name, value in report.user_properties
    ]


def _mask_inside(value: Any, mask: Callable[[str], str], depth: int) -> Any:  # noqa: ANN401
    """The value, with every text in it masked; objects are altered in place."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list | tuple):
        return type(value)(_mask_inside(item, mask, depth - 1) for item in value)
    if depth and hasattr(value, "__dict__"):
        for name, inner in vars(value).items():
            if inner is not None and not callable(inner):
                object.__setattr__(value, name, _mask_inside(inner, mask, depth - 1))
    return value
