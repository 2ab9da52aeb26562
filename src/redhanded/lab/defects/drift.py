"""D01 to D20: the API no longer matches its contract."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any, TypeAlias

from redhanded.lab.bookings.ledger import Entry, Page
from redhanded.lab.bookings.models import BookingFilter, NewBooking
from redhanded.lab.defects.answered import SUCCESS, Answered, document_edit, edit
from redhanded.lab.defects.defect import Defect
from redhanded.lab.defects.overriding import overriding
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.problems import MEDIA_TYPE, invalid, not_found

_drift = partial(Defect, verdict="drift")

Object: TypeAlias = dict[str, Any]
Add = Callable[[sqlite3.Connection, NewBooking], Entry]
Find = Callable[[sqlite3.Connection, BookingFilter], Page]


def _rename_price(booking: Object) -> Object:
    booking["total_price"] = booking.pop("totalprice")
    return booking


def _leave_out_deposit(booking: Object) -> Object:
    del booking["depositpaid"]
    return booking


def _add_score(created: Object) -> Object:
    created["booking"]["score"] = 0
    return created


def _write_ids_as_text(refs: list[Object]) -> list[Object]:
    return [{"bookingid": str(ref["bookingid"])} for ref in refs]


def _write_price_as_text(booking: Object) -> Object:
    return booking | {"totalprice": str(booking["totalprice"])}


def _forget_name(user: Object) -> Object:
    return user | {"name": None}


def _leave_out_nulls(order: Object) -> Object:
    return {name: value for name, value in order.items() if value is not None}


def _invent_status(order: Object) -> Object:
    return order | ({"status": "settled"} if order["status"] == "filled" else {})


def _shout_side(order: Object) -> Object:
    return order | {"side": order["side"].upper()}


def _collapse(positions: list[Object]) -> Object | list[Object]:
    return positions[0] if len(positions) == 1 else positions


def _count_days_in_seconds(booking: Object) -> Object:
    days = {name: date.fromisoformat(day) for name, day in booking["bookingdates"].items()}
    seconds = {name: int(datetime.combine(d, time(), UTC).timestamp()) for name, d in days.items()}
    return booking | {"bookingdates": seconds}


def _wrap_anew(page: Object) -> Object:
    return {"data": page["items"], "paging": {"next": page["next"]}}


def _number_otherwise(user: Object) -> Object:
    return user | {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, str(user["id"])))}


def _be_elsewhere(answered: Answered, _trigger: Trigger) -> None:
    if answered.status in SUCCESS:
        gone = not_found("quote at", answered.asked.path)
        answered.status, answered.body = gone.status_code, gone.body().encode()
        answered.headers["content-type"] = MEDIA_TYPE


def _call_it_html(answered: Answered, _trigger: Trigger) -> None:
    if answered.status in SUCCESS:
        answered.headers["content-type"] = "text/html; charset=utf-8"


def _write_latin(answered: Answered, _trigger: Trigger) -> None:
    if answered.status in SUCCESS:
        answered.body = answered.body.decode().encode("latin-1", "replace")


def _say_no_otherwise(problem: Object) -> Object:
    return {"error": {"code": problem["status"], "message": problem["detail"]}}


def _demand_needs(trigger: Trigger, correct: Add, tx: sqlite3.Connection, new: NewBooking) -> Entry:
    if "additionalneeds" not in new.model_fields_set:
        trigger.serve()
        raise invalid("/additionalneeds", "Field required")
    return correct(tx, new)


def _hide_total(answered: Answered, _trigger: Trigger) -> None:
    if "x-total-count" in answered.headers:
        del answered.headers["x-total-count"]


def _ignore_limit(
    trigger: Trigger, correct: Find, tx: sqlite3.Connection, wanted: BookingFilter
) -> Page:
    everything = wanted.model_copy(update={"limit": 100})
    return trigger.instead(correct(tx, wanted), correct(tx, everything))


DEFECTS: tuple[Defect, ...] = (
    _drift(
        code="D01",
        title="field renamed",
        how="GET /booking/{id}: totalprice is total_price",
        fault=document_edit("GET /booking/{id}", change=_rename_price),
    ),
    _drift(
        code="D02",
        title="required field missing",
        how="GET /booking/{id}: no depositpaid",
        fault=document_edit("GET /booking/{id}", change=_leave_out_deposit),
    ),
    _drift(
        code="D03",
        title="undeclared field",
        how="POST /booking: booking.score",
        fault=document_edit("POST /booking", change=_add_score),
    ),
    _drift(
        code="D04",
        title="integer as text",
        how="GET /booking: bookingid",
        fault=document_edit("GET /booking", change=_write_ids_as_text),
    ),
    _drift(
        code="D05",
        title="money, a number, as text",
        how="GET /booking/{id}: totalprice",
        fault=document_edit("GET /booking/{id}", change=_write_price_as_text),
    ),
    _drift(
        code="D06",
        title="null where none may be",
        how="GET /users/{id}: name",
        fault=document_edit("GET /users/{id}", change=_forget_name),
    ),
    _drift(
        code="D07",
        title="null field absent",
        how="GET /trading/orders/{id}: whatever is null, such as limit_price of a market order",
        fault=document_edit("GET /trading/orders/{id}", change=_leave_out_nulls),
    ),
    _drift(
        code="D08",
        title="new value of an enumeration",
        how="GET /trading/orders/{id}: status settled in the place of filled",
        fault=document_edit("GET /trading/orders/{id}", change=_invent_status),
    ),
    _drift(
        code="D09",
        title="value of an enumeration in other case",
        how="POST /trading/orders: side BUY or SELL",
        fault=document_edit("POST /trading/orders", change=_shout_side),
    ),
    _drift(
        code="D10",
        title="array of one collapsed to an object",
        how="GET /trading/accounts/{id}/positions: with one position",
        fault=document_edit("GET /trading/accounts/{id}/positions", change=_collapse),
    ),
    _drift(
        code="D11",
        title="ISO date as seconds since the epoch",
        how="GET /booking/{id}: both bookingdates",
        fault=document_edit("GET /booking/{id}", change=_count_days_in_seconds),
    ),
    _drift(
        code="D12",
        title="envelope changed",
        how="GET /trading/instruments: data and paging.next for items and next",
        fault=document_edit("GET /trading/instruments", change=_wrap_anew),
    ),
    _drift(
        code="D13",
        title="integer id as UUID",
        how="GET /users/{id}: id",
        fault=document_edit("GET /users/{id}", change=_number_otherwise),
    ),
    _drift(
        code="D14",
        title="path moved",
        how="GET /trading/quotes/{symbol}: 404 where a quote was",
        fault=edit("GET /trading/quotes/{symbol}", change=_be_elsewhere),
    ),
    _drift(
        code="D15",
        title="JSON sent as HTML",
        how="GET /booking/{id}: Content-Type text/html",
        fault=edit("GET /booking/{id}", change=_call_it_html),
    ),
    _drift(
        code="D16",
        title="charset broken",
        how="GET /booking/{id}: Latin-1 in the place of UTF-8, where a text is not ASCII",
        fault=edit("GET /booking/{id}", change=_write_latin),
    ),
    _drift(
        code="D17",
        title="refusal no problem document",
        how="GET /booking/{id}: 404 with an error object of another shape",
        fault=document_edit("GET /booking/{id}", change=_say_no_otherwise, statuses=(404,)),
    ),
    _drift(
        code="D18",
        title="field of the request newly required",
        how="POST /booking: 422 without additionalneeds",
        fault=overriding("bookings", add=_demand_needs),
    ),
    _drift(
        code="D19",
        title="documented header gone",
        how="GET /booking: no X-Total-Count",
        fault=edit("GET /booking", change=_hide_total),
    ),
    _drift(
        code="D20",
        title="query parameter ignored",
        how="GET /booking?limit=2: up to 100 come all the same",
        fault=overriding("bookings", find=_ignore_limit),
    ),
)
