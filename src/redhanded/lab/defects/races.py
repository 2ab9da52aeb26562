"""D54, D56 and D92: right for one caller, wrong for two at once."""

from __future__ import annotations

from redhanded.lab.defects.defect import Defect

DEFECTS: tuple[Defect, ...] = ()
