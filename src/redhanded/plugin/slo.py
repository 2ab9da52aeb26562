"""The `slo` marker: how quick, and how free of errors, the calls of one test must be."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.core.settings import Objective

_TIMES = ("ceiling", "p95", "p99")
_ERRORS = "errors"
_MOST_ERRORS = 0.2  # as in the settings; beyond it nothing is left to promise


class Slo(NamedTuple):
    """The ceiling of a test's calls in seconds, and what the operations that it calls promise."""

    ceiling: float | None = None
    objective: Objective | None = None


NONE = Slo()


def slo_of(item: pytest.Item) -> Slo:
    """What the test's markers declare: of each name what stands closest to the test.

    Raises pytest.UsageError, naming file and line, where a marker cannot be meant.
    """
    markers = list(item.iter_markers("slo"))
    if not markers:
        return NONE
    declared: dict[str, float] = {}
    for marker in reversed(markers):
        declared |= _declared(marker, item)
    return Slo(declared.pop("ceiling", None), _objective(declared))


def _objective(declared: Mapping[str, float]) -> Objective | None:
    from redhanded.core.settings import Objective

    return Objective(**declared) if declared else None


def _declared(marker: pytest.Mark, item: pytest.Item) -> dict[str, float]:
    declared = {name: float(value) for name, value in marker.kwargs.items() if _holds(name, value)}
    if marker.args or not declared or len(declared) != len(marker.kwargs):
        path, line, _ = item.reportinfo()
        raise pytest.UsageError(
            f"{path}:{(line or 0) + 1}: write @pytest.mark.slo(ceiling=0.3), the longest that the "
            "server may take, in seconds; or what the operation promises over many calls: "
            f"p95=0.3, p99=1.0, errors=0.01 (a share of at most {_MOST_ERRORS:g})"
        )
    return declared


def _holds(name: str, value: object) -> bool:
    """Whether that is a name of the marker, with a number above 0 that can be meant."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if name == _ERRORS:
        return 0 < value <= _MOST_ERRORS
    return name in _TIMES and 0 < value <= sys.float_info.max
