"""D70 to D77: what HTTP itself promises around a body."""

from __future__ import annotations

from redhanded.lab.defects.defect import Defect

DEFECTS: tuple[Defect, ...] = ()
