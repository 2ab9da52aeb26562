"""Cursors: where a page ends, in a form that callers hand back and do not read."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from redhanded.lab.problems import invalid
from redhanded.lab.trading.models import Page, PageFilter

Row = TypeVar("Row")
Item = TypeVar("Item")


def write_cursor(kind: str, after: int) -> str:
    """The cursor of the page that follows an item of the list of this kind."""
    return base64.urlsafe_b64encode(f"{kind}:{after}".encode()).decode()


def read_cursor(kind: str, wanted: PageFilter) -> int:
    """The place after which the wanted page begins; a 422 problem for another list's cursor."""
    if wanted.cursor is None:
        return 0
    try:
        text = base64.b64decode(wanted.cursor, altchars=b"-_", validate=True).decode()
    except ValueError:
        text = ""
    found = re.fullmatch(rf"{kind}:([0-9]{{1,15}})", text)
    if found is None:
        raise invalid("/cursor", "must be the next of an earlier page of this list", where="query")
    return int(found[1])


def cut(
    rows: Sequence[Row],
    wanted: PageFilter,
    *,
    kind: str,
    place: Callable[[Row], int],
    read: Callable[[Row], Item],
) -> Page[Item]:
    """The page of the rows; one row more than the limit means that another page follows."""
    shown = rows[: wanted.limit]
    more = len(rows) > wanted.limit
    return Page(
        items=[read(row) for row in shown],
        next=write_cursor(kind, place(shown[-1])) if more else None,
    )
