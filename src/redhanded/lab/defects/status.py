"""D21 to D30: an answer with the wrong status, or an effect that does not fit it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial

from redhanded.lab.bookings.ledger import Page
from redhanded.lab.bookings.models import BookingFilter
from redhanded.lab.defects.defect import Defect
from redhanded.lab.defects.overriding import overriding
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.problems import Kind, ProblemError

_defect = partial(Defect, verdict="defect")

Find = Callable[[sqlite3.Connection, BookingFilter], Page]


def _fail_on_apostrophes(
    trigger: Trigger, correct: Find, tx: sqlite3.Connection, wanted: BookingFilter
) -> Page:
    if "'" in (wanted.lastname or ""):
        trigger.serve()
        raise ProblemError(Kind.INTERNAL, "The service failed; its log says why.")
    return correct(tx, wanted)


DEFECTS: tuple[Defect, ...] = (
    _defect(
        code="D23",
        title="500 on valid input",
        how="GET /booking?lastname=O'Brien: any apostrophe in the name",
        fault=overriding("bookings", find=_fail_on_apostrophes),
    ),
)
