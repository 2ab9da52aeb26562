"""D31 to D37: lists that lack, repeat or misplace what they should hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from redhanded.lab.bookings.ledger import Page
from redhanded.lab.bookings.models import BookingFilter
from redhanded.lab.defects.answered import document_edit
from redhanded.lab.defects.defect import Defect
from redhanded.lab.defects.overriding import overriding
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.users.directory import Page as UserPage
from redhanded.lab.users.models import UserFilter

_defect = partial(Defect, verdict="defect")

Find = Callable[[sqlite3.Connection, BookingFilter], Page]
FindUsers = Callable[..., UserPage]


def _drop_last(
    trigger: Trigger, correct: Find, tx: sqlite3.Connection, wanted: BookingFilter
) -> Page:
    page = correct(tx, wanted)
    is_last = wanted.offset + len(page.bookingids) == page.total
    kept = page.bookingids[:-1] if is_last and wanted.offset else page.bookingids
    return trigger.instead(page, replace(page, bookingids=kept))


def _begin_early(
    trigger: Trigger,
    correct: FindUsers,
    tx: sqlite3.Connection,
    wanted: UserFilter,
    *,
    only: int | None,
) -> UserPage:
    early = wanted.model_copy(update={"offset": max(0, wanted.offset - 1)})
    return trigger.instead(correct(tx, wanted, only=only), correct(tx, early, only=only))


def _count_page(
    trigger: Trigger,
    correct: FindUsers,
    tx: sqlite3.Connection,
    wanted: UserFilter,
    *,
    only: int | None,
) -> UserPage:
    page = correct(tx, wanted, only=only)
    return trigger.instead(page, replace(page, total=len(page.users)))


def _turn_around(page: dict[str, Any]) -> dict[str, Any]:
    return page | {"items": page["items"][::-1]}


def _ignore_role(
    trigger: Trigger,
    correct: FindUsers,
    tx: sqlite3.Connection,
    wanted: UserFilter,
    *,
    only: int | None,
) -> UserPage:
    anyone = wanted.model_copy(update={"role": None})
    return trigger.instead(correct(tx, wanted, only=only), correct(tx, anyone, only=only))


def _exclude_first_day(
    trigger: Trigger, correct: Find, tx: sqlite3.Connection, wanted: BookingFilter
) -> Page:
    if wanted.checkin is None:
        return correct(tx, wanted)
    later = wanted.model_copy(update={"checkin": wanted.checkin + timedelta(days=1)})
    return trigger.instead(correct(tx, wanted), correct(tx, later))


def _match_bytes(
    trigger: Trigger, correct: Find, tx: sqlite3.Connection, wanted: BookingFilter
) -> Page:
    page = correct(tx, wanted)
    if wanted.firstname is None:
        return page
    same = [found for found in page.bookingids if _has_name(tx, found, wanted.firstname)]
    total = page.total - len(page.bookingids) + len(same)
    return trigger.instead(page, Page(bookingids=same, total=total))


def _has_name(tx: sqlite3.Connection, bookingid: int, name: str) -> bool:
    query = "SELECT 1 FROM bookings WHERE bookingid = ? AND firstname = ?"
    return tx.execute(query, (bookingid, name)).fetchone() is not None


DEFECTS: tuple[Defect, ...] = (
    _defect(
        code="D31",
        title="pagination drops the last item",
        how="GET /booking?offset=N: the last page lacks its last booking",
        fault=overriding("bookings", find=_drop_last),
    ),
    _defect(
        code="D32",
        title="item repeated across pages",
        how="GET /users?offset=N: begins with the last user of the page before",
        fault=overriding("directory", find=_begin_early),
    ),
    _defect(
        code="D33",
        title="total count wrong",
        how="GET /users?limit=N: X-Total-Count counts the page",
        fault=overriding("directory", find=_count_page),
    ),
    _defect(
        code="D34",
        title="sorted the wrong way",
        how="GET /trading/orders: the newest of a page first",
        fault=document_edit("GET /trading/orders", change=_turn_around),
    ),
    _defect(
        code="D35",
        title="filter ignored",
        how="GET /users?role=...: users of every role",
        fault=overriding("directory", find=_ignore_role),
    ),
    _defect(
        code="D36",
        title="bound of a range excluded",
        how="GET /booking?checkin=...: no stays that begin on that very day",
        fault=overriding("bookings", find=_exclude_first_day),
    ),
    _defect(
        code="D37",
        title="search minds case and the encoding of accents",
        how="GET /booking?firstname=ZOË: does not find Zoë",
        fault=overriding("bookings", find=_match_bytes),
    ),
)
