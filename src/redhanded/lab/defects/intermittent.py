"""D84 to D93: wrong now and then."""

from __future__ import annotations

from redhanded.lab.defects.defect import Defect

DEFECTS: tuple[Defect, ...] = ()
