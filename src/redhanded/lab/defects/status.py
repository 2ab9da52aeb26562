"""D21 to D30: an answer with the wrong status, or an effect that does not fit it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from redhanded.lab.bookings.ledger import Entry, Page
from redhanded.lab.bookings.models import BookingFilter, NewBooking
from redhanded.lab.defects.answered import Answered, edit
from redhanded.lab.defects.defect import Defect
from redhanded.lab.defects.overriding import overriding
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.problems import Kind, ProblemError, not_found
from redhanded.lab.trading.models import Account, NewAccount, NewPayment, Order, Payment

_defect = partial(Defect, verdict="defect")

_DEAREST = 10_000_000

Add = Callable[[sqlite3.Connection, NewBooking], Entry]
Find = Callable[[sqlite3.Connection, BookingFilter], Page]
Make = Callable[[sqlite3.Connection, NewPayment], Payment]
Open = Callable[[sqlite3.Connection, NewAccount], Account]


def _never_say_created(answered: Answered, _trigger: Trigger) -> None:
    if answered.status == HTTPStatus.CREATED:
        answered.status = HTTPStatus.OK


def _never_say_missing(answered: Answered, _trigger: Trigger) -> None:
    if answered.status == HTTPStatus.NOT_FOUND:
        answered.status = HTTPStatus.OK


def _fail_on_apostrophes(
    trigger: Trigger, correct: Find, tx: sqlite3.Connection, wanted: BookingFilter
) -> Page:
    if "'" in (wanted.lastname or ""):
        trigger.serve()
        raise ProblemError(Kind.INTERNAL, "The service failed; its log says why.")
    return correct(tx, wanted)


def _lose_cancelled(
    trigger: Trigger,
    correct: Callable[[sqlite3.Connection, str], Order],
    tx: sqlite3.Connection,
    identity: str,
) -> Order:
    order = correct(tx, identity)
    if order.status == "cancelled" and trigger.asked.method == "GET":
        trigger.serve()
        raise not_found("order", identity)
    return order


def _refuse_dearest(
    trigger: Trigger, correct: Add, tx: sqlite3.Connection, new: NewBooking
) -> Entry:
    if new.totalprice == _DEAREST:
        trigger.serve()
        raise ProblemError(Kind.MALFORMED, "The request cannot be read.")
    return correct(tx, new)


def _drop_fraction(
    trigger: Trigger, correct: Make, tx: sqlite3.Connection, new: NewPayment
) -> Payment:
    try:
        return correct(tx, new)
    except ProblemError as refusal:
        if "/amount" not in {error.pointer for error in refusal.problem.errors}:
            raise
        paid = correct(tx, new.model_copy(update={"amount": new.amount.partition(".")[0]}))
        trigger.serve()
        return paid


def _keep(
    trigger: Trigger,
    _correct: Callable[[sqlite3.Connection, Entry], None],
    _tx: sqlite3.Connection,
    _entry: Entry,
) -> None:
    trigger.serve()


def _leave_remains(
    trigger: Trigger, correct: Open, tx: sqlite3.Connection, new: NewAccount
) -> Account:
    try:
        return correct(tx, new)
    except ProblemError:
        correct(tx, new.model_copy(update={"opening_balance": "0"}))
        trigger.serve()
        tx.execute("COMMIT")
        tx.execute("BEGIN IMMEDIATE")
        raise


def _allow_deletion(answered: Answered, _trigger: Trigger) -> None:
    if answered.status == HTTPStatus.METHOD_NOT_ALLOWED:
        answered.headers["allow"] = f"DELETE, {answered.headers['allow']}"


def _count_nothing(answered: Answered, _trigger: Trigger) -> None:
    if "x-total-count" in answered.headers:
        answered.headers["x-total-count"] = "0"


DEFECTS: tuple[Defect, ...] = (
    _defect(
        code="D21",
        title="200 in the place of 201",
        how="POST /trading/accounts",
        fault=edit("POST /trading/accounts", change=_never_say_created),
    ),
    _defect(
        code="D22",
        title="200 with the body of an error",
        how="GET /booking/{id}: of a booking that is not there",
        fault=edit("GET /booking/{id}", change=_never_say_missing),
    ),
    _defect(
        code="D23",
        title="500 on valid input",
        how="GET /booking?lastname=O'Brien: any apostrophe in the name",
        fault=overriding("bookings", find=_fail_on_apostrophes),
    ),
    _defect(
        code="D24",
        title="404 for what is there",
        how="GET /trading/orders/{id}: of a cancelled order",
        fault=overriding("orders", get=_lose_cancelled),
    ),
    _defect(
        code="D25",
        title="400 on a valid boundary value",
        how="POST /booking: totalprice 10000000",
        fault=overriding("bookings", add=_refuse_dearest),
    ),
    _defect(
        code="D26",
        title="success on invalid input",
        how="POST /trading/payments: a fraction with too many places is dropped",
        fault=overriding("payments", make=_drop_fraction),
    ),
    _defect(
        code="D27",
        title="what was deleted can still be read",
        how="DELETE /booking/{id}: 204, and nothing happens",
        fault=overriding("bookings", remove=_keep),
    ),
    _defect(
        code="D28",
        title="failed creation leaves remains",
        how="POST /trading/accounts: an opening balance with too many places",
        fault=overriding("accounts", open=_leave_remains),
    ),
    _defect(
        code="D29",
        title="405 with the wrong Allow",
        how="PUT /booking: Allow names DELETE",
        fault=edit("* /booking", change=_allow_deletion),
    ),
    _defect(
        code="D30",
        title="HEAD differs from GET",
        how="HEAD /booking: X-Total-Count is 0",
        fault=edit("HEAD /booking", change=_count_nothing),
    ),
)
