"""D38 to D48: values that are not what was sent, computed or agreed."""

from __future__ import annotations

from redhanded.lab.defects.defect import Defect

DEFECTS: tuple[Defect, ...] = ()
