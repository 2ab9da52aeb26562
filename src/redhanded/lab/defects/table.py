"""Every defect by its code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from redhanded.lab.defects import data_lists, data_values, drift, status
from redhanded.lab.defects.defect import Defect

# The modules are named in the order of their codes.
_MODULES = (drift, status, data_lists, data_values)

DEFECTS: Mapping[str, Defect] = MappingProxyType(
    {defect.code: defect for module in _MODULES for defect in module.DEFECTS}
)
