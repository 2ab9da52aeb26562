"""D01 to D20: the API no longer matches its contract."""

from __future__ import annotations

from functools import partial
from typing import Any

from redhanded.lab.defects.answered import document_edit
from redhanded.lab.defects.defect import Defect

_drift = partial(Defect, verdict="drift")


def _renamed(booking: Any) -> object:  # noqa: ANN401 - a JSON document
    booking["total_price"] = booking.pop("totalprice")
    return booking


DEFECTS: tuple[Defect, ...] = (
    _drift(
        code="D01",
        title="field renamed",
        how="GET /booking/{id}: totalprice is total_price",
        fault=document_edit("GET /booking/{id}", change=_renamed),
    ),
)
