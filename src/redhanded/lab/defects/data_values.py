"""D38 to D48: values that are not what was sent, computed or agreed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeAlias

from redhanded.lab.bookings.ledger import Entry, fold
from redhanded.lab.bookings.models import NewBooking
from redhanded.lab.defects.answered import document_edit
from redhanded.lab.defects.defect import Alteration, Defect
from redhanded.lab.defects.overriding import overriding
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.trading.models import Account, NewAccount, NewOrder, NewPayment
from redhanded.lab.trading.money import Currency, to_minor
from redhanded.lab.trading.rules import Terms, commission_on
from redhanded.lab.users.models import User, UserChange

_defect = partial(Defect, verdict="defect")

_LONGEST_NOTE = 255
_LOCAL = timedelta(hours=2)

Object: TypeAlias = dict[str, Any]
Tx: TypeAlias = sqlite3.Connection
Add = Callable[[Tx, NewBooking], Entry]
Replace = Callable[[Tx, Entry, NewBooking], Entry]


def _charging(commission_of: Callable[[NewOrder, Terms, Currency], int]) -> Alteration:
    """Orders that are filled at another commission."""

    def terms_of(trigger: Trigger, tx: Tx, new: NewOrder, terms: Terms) -> Terms:
        if terms.fill_price is None:
            return terms
        query = "SELECT currency FROM accounts WHERE id = ?"
        currency: Currency = tx.execute(query, (new.account_id,)).fetchone()["currency"]
        charged = replace(terms, commission=commission_of(new, terms, currency))
        return trigger.instead(terms, charged)

    def insert(
        trigger: Trigger,
        correct: Callable[..., str],
        tx: Tx,
        new: NewOrder,
        *last: Any,  # noqa: ANN401 - passed on
    ) -> str:
        *rest, terms = last
        return correct(tx, new, *rest, terms_of(trigger, tx, new, terms))

    def settle(
        trigger: Trigger,
        correct: Callable[[Tx, NewOrder, Terms], None],
        tx: Tx,
        new: NewOrder,
        terms: Terms,
    ) -> None:
        correct(tx, new, terms_of(trigger, tx, new, terms))

    return overriding("orders", _insert=insert, _settle=settle)


def _rounded_down(new: NewOrder, terms: Terms, _currency: Currency) -> int:
    return new.quantity * (terms.fill_price or 0) // 1000


def _of_limit(new: NewOrder, terms: Terms, currency: Currency) -> int:
    if new.limit_price is None:
        return terms.commission
    return commission_on(new.quantity * to_minor(new.limit_price, currency))


def _count_sen(account: Object) -> Object:
    if account["currency"] != "JPY":
        return account
    names = ("balance", "reserved", "available")
    return account | {name: f"{Decimal(account[name]).scaleb(-2):f}" for name in names}


def _tell_local_time(payment: Object) -> Object:
    local = datetime.fromisoformat(payment["created_at"]) + _LOCAL
    return payment | {"created_at": local.isoformat().replace("+00:00", "Z")}


def _know_no_leap_day(trigger: Trigger, correct: Add, tx: Tx, new: NewBooking) -> Entry:
    stay = new.bookingdates
    if (stay.checkout.month, stay.checkout.day) != (2, 29):
        return correct(tx, new)
    trigger.serve()
    longer = stay.model_copy(update={"checkout": stay.checkout + timedelta(days=1)})
    return correct(tx, new.model_copy(update={"bookingdates": longer}))


def _read_as_float(
    trigger: Trigger, correct: Callable[..., str], tx: Tx, new: NewPayment, *rest: object
) -> str:
    text = new.reference
    read = str(int(float(text))) if text.isascii() and text.isdigit() else text
    mangled = new.model_copy(update={"reference": read})
    return correct(tx, trigger.instead(new, mangled), *rest)


def _cut_note(trigger: Trigger, correct: Add, tx: Tx, new: NewBooking) -> Entry:
    note = new.additionalneeds and new.additionalneeds[:_LONGEST_NOTE]
    cut = new.model_copy(update={"additionalneeds": note})
    return correct(tx, trigger.instead(new, cut))


def _give_a_hundred(
    trigger: Trigger, correct: Callable[[Tx, NewAccount], Account], tx: Tx, new: NewAccount
) -> Account:
    if "opening_balance" in new.model_fields_set:
        return correct(tx, new)
    trigger.serve()
    return correct(tx, new.model_copy(update={"opening_balance": "100"}))


def _forget_tag(
    trigger: Trigger,
    correct: Callable[[Tx, User, UserChange], User],
    tx: Tx,
    user: User,
    change: UserChange,
) -> User:
    if user.tag is None or "tag" in change.model_fields_set:
        return correct(tx, user, change)
    trigger.serve()
    mentioned = change.model_dump(exclude_unset=True)
    return correct(tx, user, UserChange.model_validate({**mentioned, "tag": None}))


def _keep_note(trigger: Trigger, correct: Replace, tx: Tx, entry: Entry, new: NewBooking) -> Entry:
    if trigger.asked.method != "PUT" or new.additionalneeds is not None:
        return correct(tx, entry, new)
    merged = new.model_copy(update={"additionalneeds": entry.booking.additionalneeds})
    return correct(tx, entry, trigger.instead(new, merged))


def _keep_index(trigger: Trigger, correct: Replace, tx: Tx, entry: Entry, new: NewBooking) -> Entry:
    replaced = correct(tx, entry, new)
    before = fold(entry.booking.firstname)
    if before != fold(new.firstname):
        trigger.serve()
        query = "UPDATE bookings SET folded_firstname = ? WHERE bookingid = ?"
        tx.execute(query, (before, entry.bookingid))
    return replaced


DEFECTS: tuple[Defect, ...] = (
    _defect(
        code="D38",
        title="money rounded the wrong way",
        how="POST /trading/orders: a commission that ends on half a cent or more is cut",
        fault=_charging(_rounded_down),
    ),
    _defect(
        code="D39",
        title="minor units of the currency wrong",
        how="GET /trading/accounts/{id}: yen are told as hundredths",
        fault=document_edit("GET /trading/accounts/{id}", change=_count_sen),
    ),
    _defect(
        code="D40",
        title="percentage of the amount before its discount",
        how="POST /trading/orders: commission on the limit, not on the better price that was paid",
        fault=_charging(_of_limit),
    ),
    _defect(
        code="D41",
        title="local time told as UTC",
        how="GET /trading/payments/{id}: created_at is two hours late",
        fault=document_edit("GET /trading/payments/{id}", change=_tell_local_time),
    ),
    _defect(
        code="D42",
        title="leap day unknown",
        how="POST /booking: a checkout on 29 February becomes 1 March",
        fault=overriding("bookings", add=_know_no_leap_day),
    ),
    _defect(
        code="D43",
        title="number above 2^53 mangled",
        how="POST /trading/payments: a reference of digits, such as 9007199254740993",
        fault=overriding("payments", _insert=_read_as_float),
    ),
    _defect(
        code="D44",
        title="long text cut without a word",
        how="POST /booking: additionalneeds above 255 characters",
        fault=overriding("bookings", add=_cut_note),
    ),
    _defect(
        code="D45",
        title="wrong default",
        how="POST /trading/accounts: opening_balance 100 where none is given",
        fault=overriding("accounts", open=_give_a_hundred),
    ),
    _defect(
        code="D46",
        title="PATCH nulls what it does not mention",
        how="PATCH /users/{id}: without tag",
        fault=overriding("directory", change=_forget_tag),
    ),
    _defect(
        code="D47",
        title="PUT merges where it should replace",
        how="PUT /booking/{id}: without additionalneeds keeps the old ones",
        fault=overriding("bookings", replace=_keep_note),
    ),
    _defect(
        code="D48",
        title="derived value stale after an update",
        how="PUT or PATCH /booking/{id} of the first name: the search finds the old one only",
        fault=overriding("bookings", replace=_keep_index),
    ),
)
