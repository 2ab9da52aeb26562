"""D49 to D53, D55 and D57 to D59: what the API remembers, and how it may change."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from weakref import WeakSet

from fastapi.responses import Response

from redhanded.lab.bookings.ledger import Entry
from redhanded.lab.bookings.models import Booking, NewBooking
from redhanded.lab.defects.answered import Answered, edit
from redhanded.lab.defects.asked import Asked
from redhanded.lab.defects.defect import Defect
from redhanded.lab.defects.overriding import overriding
from redhanded.lab.defects.refusing import failure, refuse
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.problems import Kind, ProblemError
from redhanded.lab.services import Services
from redhanded.lab.trading.idempotency import Claim, Work
from redhanded.lab.trading.models import (
    Account,
    AccountFilter,
    Notification,
    Order,
    OrderFilter,
    Page,
    TaggedFilter,
)
from redhanded.lab.trading.notifications import WINDOW_SECONDS

_defect = partial(Defect, verdict="defect")

Get = Callable[[sqlite3.Connection, int], Entry]
Replace = Callable[[sqlite3.Connection, Entry, NewBooking], Entry]
Run = Callable[[Claim, Work], Response]
Cancel = Callable[[sqlite3.Connection, str], Order]
Notes = Callable[[sqlite3.Connection, AccountFilter], Page[Notification]]
Close = Callable[[sqlite3.Connection, str], None]
Walk = Callable[[sqlite3.Connection, TaggedFilter], Page[Account]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mistaken(Entry):
    """A booking that passes for another version."""

    meant: str

    @property
    def etag(self) -> str:
        """The version that the caller means."""
        return self.meant


def _take_for_the_version_meant(services: Services, trigger: Trigger) -> Services:
    checked: WeakSet[Asked] = WeakSet()  # the answer that follows tells the true version

    def get(trigger: Trigger, correct: Get, tx: sqlite3.Connection, bookingid: int) -> Entry:
        entry, asked = correct(tx, bookingid), trigger.asked
        meant = [name.strip() for name in asked.headers.get("if-match", "*").split(",")]
        is_late = asked.method == "PUT" and not {"*", entry.etag} & set(meant)
        is_first = asked not in checked
        checked.add(asked)
        if not (is_first and is_late):
            return entry
        trigger.serve()
        return _Mistaken(
            bookingid=bookingid, version=entry.version, booking=entry.booking, meant=meant[0]
        )

    return overriding("bookings", get=get)(services, trigger)


def _turn_over_when_repeated(
    trigger: Trigger, correct: Replace, tx: sqlite3.Connection, entry: Entry, new: NewBooking
) -> Entry:
    is_repeated = Booking.model_validate(new.model_dump(mode="json")) == entry.booking
    if trigger.asked.method != "PUT" or not is_repeated:
        return correct(tx, entry, new)
    trigger.serve()
    return correct(tx, entry, new.model_copy(update={"depositpaid": not new.depositpaid}))


def _fail_on_what_is_gone(answered: Answered, _trigger: Trigger) -> None:
    if answered.status == 404:
        refuse(answered, failure())


def _place_again(trigger: Trigger, correct: Run, wanted: Claim, work: Work) -> Response:
    answer = correct(wanted, work)
    is_replayed = answer.status_code == 201 and "idempotent-replayed" in answer.headers
    if not is_replayed or trigger.asked.path != "/trading/orders":
        return answer
    trigger.serve()
    return correct(_under_another_key(wanted), work)


def _accept_another_body(trigger: Trigger, correct: Run, wanted: Claim, work: Work) -> Response:
    try:
        return correct(wanted, work)
    except ProblemError as refusal:
        if refusal.problem.type is not Kind.KEY_REUSED:
            raise
        trigger.serve()
        return correct(_under_another_key(wanted), work)


def _under_another_key(wanted: Claim) -> Claim:
    return replace(wanted, key=f"{wanted.key} {uuid.uuid4().hex}")


def _arrive_late(
    trigger: Trigger, correct: Notes, tx: sqlite3.Connection, wanted: AccountFilter
) -> Page[Notification]:
    page = correct(tx, wanted)
    now = trigger.log.clock()
    ages = {note.id: now - note.created_at.timestamp() for note in page.items}
    held_back = {note for note, age in ages.items() if age < trigger.parameters["seconds"]}
    if any(ages[note] > WINDOW_SECONDS for note in held_back):
        trigger.serve()
    kept = [note for note in page.items if note.id not in held_back]
    return page.model_copy(update={"items": kept})


def _cancel_what_is_filled(
    trigger: Trigger, correct: Cancel, tx: sqlite3.Connection, identity: str
) -> Order:
    reopened = tx.execute(
        "UPDATE orders SET status = 'open' WHERE id = ? AND status = 'filled'", (identity,)
    )
    if reopened.rowcount:
        trigger.serve()
    return correct(tx, identity)


def _leave_orders_behind(services: Services, trigger: Trigger) -> Services:
    left: dict[str, Order] = {}
    orders = services.orders

    def close(_trigger: Trigger, correct: Close, tx: sqlite3.Connection, identity: str) -> None:
        wanted = OrderFilter(account_id=identity, limit=100)
        found = orders.find(tx, wanted).items
        correct(tx, identity)
        left.update({order.id: order for order in found})

    def get(trigger: Trigger, correct: Cancel, tx: sqlite3.Connection, identity: str) -> Order:
        try:
            return correct(tx, identity)
        except ProblemError:
            if identity not in left:
                raise
        trigger.serve()
        return left[identity]

    services = overriding("accounts", close=close)(services, trigger)
    return overriding("orders", get=get)(services, trigger)


def _count_from_the_end(services: Services, trigger: Trigger) -> Services:
    """A cursor skips as many accounts as were opened since it was handed out."""
    counts: dict[tuple[str | None, str | None], int] = {}

    def count(tx: sqlite3.Connection, tag: str | None) -> int:
        row = tx.execute("SELECT count(*) FROM accounts WHERE ?1 IS NULL OR tag = ?1", (tag,))
        return int(row.fetchone()[0])

    def find(
        trigger: Trigger, correct: Walk, tx: sqlite3.Connection, wanted: TaggedFilter
    ) -> Page[Account]:
        now = count(tx, wanted.tag)
        skipped = now - counts.get((wanted.tag, wanted.cursor), now) if wanted.cursor else 0
        page = correct(tx, wanted)
        if skipped > 0 and page.items:
            trigger.serve()
            beyond = correct(tx, wanted.model_copy(update={"limit": skipped})).next
            after = wanted.model_copy(update={"cursor": beyond})
            page = correct(tx, after) if beyond else page.model_copy(update={"items": []})
        counts[wanted.tag, page.next] = now
        return page

    return overriding("accounts", find=find)(services, trigger)


DEFECTS: tuple[Defect, ...] = (
    _defect(
        code="D49",
        title="lost update",
        how="PUT /booking/{id}: If-Match is ignored",
        fault=_take_for_the_version_meant,
    ),
    _defect(
        code="D50",
        title="PUT not idempotent",
        how="PUT /booking/{id}: put a second time, a paid deposit is unpaid",
        fault=overriding("bookings", replace=_turn_over_when_repeated),
    ),
    _defect(
        code="D51",
        title="second DELETE gives 500",
        how="DELETE /booking/{id}: a booking that is gone is a failure",
        fault=edit("DELETE /booking/{id}", change=_fail_on_what_is_gone),
    ),
    _defect(
        code="D52",
        title="duplicate create with one Idempotency-Key",
        how="POST /trading/orders: the same key and body place the order once more",
        fault=overriding("once", run=_place_again),
    ),
    _defect(
        code="D53",
        title="same key, other body accepted",
        how="POST /trading/orders and /trading/payments: the key of another body is taken",
        fault=overriding("once", run=_accept_another_body),
    ),
    _defect(
        code="D55",
        title="stale read beyond the declared window",
        how="GET /trading/notifications: they arrive after `seconds`, not within half a second",
        fault=overriding("notifications", find=_arrive_late),
        parameters={"seconds": 30},
    ),
    _defect(
        code="D57",
        title="illegal transition accepted",
        how="POST /trading/orders/{id}/cancel: a filled order can be cancelled",
        fault=overriding("orders", cancel=_cancel_what_is_filled),
    ),
    _defect(
        code="D58",
        title="cascade leaves orphans",
        how="DELETE /trading/accounts/{id}: its orders can still be read",
        fault=_leave_orders_behind,
    ),
    _defect(
        code="D59",
        title="cursor skips rows under inserts",
        how="GET /trading/accounts: skips as many as were opened since the page before",
        fault=_count_from_the_end,
    ),
)
