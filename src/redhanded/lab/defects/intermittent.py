"""D84 to D91 and D93: wrong now and then."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial

from redhanded.lab.answers import answer
from redhanded.lab.bookings.ledger import Entry
from redhanded.lab.bookings.models import NewBooking
from redhanded.lab.defects.answered import Answered, Edit, edit
from redhanded.lab.defects.defect import Defect, Setup
from redhanded.lab.defects.overriding import overriding
from redhanded.lab.defects.refusing import failure, refuse
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.defects.wire import Wire
from redhanded.lab.problems import unauthenticated
from redhanded.lab.services import Services
from redhanded.lab.trading.routes.scopes import REALM
from redhanded.lab.users.models import UserFilter

_HOUR = 3600

_defect = partial(Defect, verdict="defect", intermittent=True)

Started = tuple[Services, Sequence[Edit | Wire]]
Add = Callable[[sqlite3.Connection, NewBooking], Entry]
Replace = Callable[[sqlite3.Connection, Entry, NewBooking], Entry]


def _add_one(answered: Answered, trigger: Trigger) -> None:
    if answered.status == 200 and trigger.one_in(5):
        booking = json.loads(answered.body)
        answered.write({**booking, "totalprice": booking["totalprice"] + 1})


def _lack_the_currency(answered: Answered, trigger: Trigger) -> None:
    if answered.status == 200 and trigger.one_in(20):
        instrument = json.loads(answered.body)
        del instrument["currency"]
        answered.write(instrument)


def _ask_the_bad_instance(answered: Answered, trigger: Trigger) -> None:
    if answered.status == 200 and trigger.one_in(3):
        refuse(answered, failure())


def _forget_the_token(answered: Answered, trigger: Trigger) -> None:
    if answered.status == 200 and trigger.one_in(5):
        refuse(answered, unauthenticated(REALM, "The token is not known.", code="invalid_token"))


def _read_a_stale_copy(services: Services, trigger: Trigger) -> Started:
    copies: dict[str, Entry] = {}

    def copied(
        _trigger: Trigger, correct: Replace, tx: sqlite3.Connection, entry: Entry, new: NewBooking
    ) -> Entry:
        replaced = correct(tx, entry, new)
        copies[f"/booking/{entry.bookingid}"] = entry
        return replaced

    def change(answered: Answered, trigger: Trigger) -> None:
        stale = copies.get(answered.asked.path)
        if answered.status == 200 and stale is not None and trigger.one_in(10):
            answered.body = bytes(answer(stale.booking).body)
            answered.headers["etag"] = stale.etag

    altered = overriding("bookings", replace=copied)(services, trigger)
    return altered, [edit("GET /booking/{id}", change=change)]


def _book_twice(trigger: Trigger, correct: Add, tx: sqlite3.Connection, new: NewBooking) -> Entry:
    entry = correct(tx, new)
    if trigger.one_in(7):
        trigger.serve()
        correct(tx, new)
    return entry


def _fall_asleep(services: Services, _trigger: Trigger) -> Started:
    asked_at = [services.clock()]

    def change(answered: Answered, trigger: Trigger) -> None:
        asked_at.append(services.clock())
        if asked_at[1] - asked_at.pop(0) > trigger.parameters["seconds"]:
            refuse(answered, failure())

    return services, [edit("GET /users", change=change)]


def _fail_near_the_hour(answered: Answered, trigger: Trigger) -> None:
    past = trigger.log.clock() % _HOUR
    if min(past, _HOUR - past) <= trigger.parameters["minutes"] * 60:
        refuse(answered, failure())


def _take_for_another(services: Services, _trigger: Trigger) -> Started:
    def change(answered: Answered, trigger: Trigger) -> None:
        if answered.status == 200 and trigger.one_in(50):
            me = json.loads(answered.body)["id"]
            with services.store.reading() as tx:
                users = services.directory.find(tx, UserFilter(limit=2)).users
            other = next(user for user in users if user.id != me)
            answered.body = bytes(answer(other).body)

    return services, [edit("GET /users/me", change=change)]


DEFECTS: tuple[Defect, ...] = (
    _defect(
        code="D84",
        title="one in five totals wrong",
        how="GET /booking/{id}: totalprice is one too high",
        fault=edit("GET /booking/{id}", change=_add_one),
    ),
    _defect(
        code="D85",
        title="one in twenty lacks a field",
        verdict="drift",
        how="GET /trading/instruments/{symbol}: has no currency",
        fault=edit("GET /trading/instruments/{symbol}", change=_lack_the_currency),
    ),
    _defect(
        code="D86",
        title="one in three 500",
        how="GET /trading/payments: when the bad one of three instances is asked",
        fault=edit("GET /trading/payments", change=_ask_the_bad_instance),
    ),
    _defect(
        code="D87",
        title="10 % stale read after write",
        how="GET /booking/{id}: what it was before its last change",
        fault=Setup(_read_a_stale_copy),
    ),
    _defect(
        code="D88",
        title="one in five 401 on a valid token",
        how="GET /trading/accounts",
        fault=edit("GET /trading/accounts", change=_forget_the_token),
    ),
    _defect(
        code="D89",
        title="every 7th POST duplicated",
        how="POST /booking: one in seven makes two bookings",
        fault=overriding("bookings", add=_book_twice),
    ),
    _defect(
        code="D90",
        title="first call after idle fails",
        how="GET /users: 500 when nobody has asked for `seconds`",
        fault=Setup(_fall_asleep),
        parameters={"seconds": 60},
    ),
    _defect(
        code="D91",
        title="fails only near the hour",
        how="GET /trading/notifications: 500 from `minutes` before to `minutes` after the hour",
        fault=edit("GET /trading/notifications", change=_fail_near_the_hour),
        parameters={"minutes": 2},
    ),
    _defect(
        code="D93",
        title="one in fifty returns another user's data",
        how="GET /users/me",
        fault=Setup(_take_for_another),
    ),
)
