"""Every defect by its code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from redhanded.lab.defects import (
    data_lists,
    data_values,
    disguised,
    drift,
    headers,
    intermittent,
    races,
    security,
    slow,
    state,
    status,
)
from redhanded.lab.defects.defect import Defect

_MODULES = (
    drift,
    status,
    data_lists,
    data_values,
    state,
    races,
    security,
    headers,
    slow,
    intermittent,
    disguised,
)

DEFECTS: Mapping[str, Defect] = MappingProxyType(
    {
        defect.code: defect
        for defect in sorted(
            (defect for module in _MODULES for defect in module.DEFECTS),
            key=lambda defect: int(defect.code[1:]),
        )
    }
)
