"""Masks a report before it is serialised: nothing secret leaves the process that ran the test."""

from __future__ import annotations

import sys
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pytest

_DEEPEST = 12
# What tests and plugins put into reports beside what pytest does.
_SAID = frozenset({"user_properties", "wasxfail"})
_PLAIN = bool | int | float | complex | None


def mask_report(
    report: pytest.TestReport | pytest.CollectReport, mask: Callable[[str], str]
) -> None:
    """Mask everything that a report shows: the failure, its sections, its properties."""
    report.longrepr = _masked(report.longrepr, mask, _DEEPEST)
    report.sections = [(mask(title), mask(text)) for title, text in report.sections]
    for name in _SAID.intersection(vars(report)):
        setattr(report, name, _masked(getattr(report, name), mask, _DEEPEST))
    if is_dataclass(context := getattr(report, "context", None)):  # a subtest's, frozen
        for part in fields(context):
            value = _masked(getattr(context, part.name), mask, _DEEPEST)
            object.__setattr__(context, part.name, value)


def mask_object(value: Any, mask: Callable[[str], str]) -> Any:  # noqa: ANN401
    """The value, with every text in it masked; objects are altered in place."""
    return _masked(value, mask, _DEEPEST)


def _masked(value: Any, mask: Callable[[str], str], depth: int) -> Any:  # noqa: ANN401
    """The value, with every text in it masked; objects are altered in place."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, _PLAIN) or callable(value):
        return value
    if depth == 0 or not (isinstance(value, list | tuple | dict) or hasattr(value, "__dict__")):
        return mask(str(value))
    if isinstance(value, dict):
        return {_masked(k, mask, 0): _masked(v, mask, depth - 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        inner = [_masked(item, mask, depth - 1) for item in value]
        return inner if isinstance(value, list) else tuple(inner)
    for name, inner in list(vars(value).items()):
        object.__setattr__(value, name, _masked(inner, mask, depth - 1))
    return value


def printable(sections: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The sections in characters that the terminal can show.

    pytest escapes what it cannot write, and with it the ends of the lines.
    """
    encoding = getattr(sys.__stdout__, "encoding", None) or "utf-8"
    return [
        (title, text.encode(encoding, "backslashreplace").decode(encoding))
        for title, text in sections
    ]
