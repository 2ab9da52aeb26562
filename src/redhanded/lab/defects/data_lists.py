"""D31 to D37: lists that lack, repeat or misplace what they should hold."""

from __future__ import annotations

from redhanded.lab.defects.defect import Defect

DEFECTS: tuple[Defect, ...] = ()
