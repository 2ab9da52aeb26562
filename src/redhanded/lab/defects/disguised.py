"""D94 to D100: the API's own fault, looking like the network's or the gateway's."""

from __future__ import annotations

from redhanded.lab.defects.defect import Defect

DEFECTS: tuple[Defect, ...] = ()
