"""Payments between accounts."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from redhanded.lab.auth import Clock
from redhanded.lab.fields import moment
from redhanded.lab.problems import Kind, ProblemError, invalid, not_found
from redhanded.lab.trading.accounts import Accounts, Holder, minor_units
from redhanded.lab.trading.cursors import cut, read_cursor
from redhanded.lab.trading.models import AccountFilter, NewPayment, Page, Payment
from redhanded.lab.trading.money import to_text
from redhanded.lab.trading.notifications import Notifications


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """The payments of a store."""

    clock: Clock
    new_id: Callable[[], uuid.UUID]
    accounts: Accounts
    notifications: Notifications

    def make(self, tx: sqlite3.Connection, new: NewPayment) -> Payment:
        """The payment; a 422 problem when the money is not there."""
        payer = self.accounts.holder(tx, new.from_account, "/from_account")
        payee = self.accounts.holder(tx, new.to_account, "/to_account")
        amount = _amount(new, payer, payee)
        self.accounts.credit(tx, payer.id, -amount)
        self.accounts.credit(tx, payee.id, amount)
        identity = self._insert(tx, new, payer, amount)
        self.notifications.send(
            tx, "payment_completed", account_id=payer.id, subject_id=identity, tag=new.tag
        )
        return self.get(tx, identity)

    def get(self, tx: sqlite3.Connection, identity: str) -> Payment:
        """The payment with this id, or a 404 problem."""
        row = tx.execute("SELECT * FROM payments WHERE id = ?", (identity,)).fetchone()
        if row is None:
            raise not_found("payment", identity)
        return _read(row)

    def find(self, tx: sqlite3.Connection, wanted: AccountFilter) -> Page[Payment]:
        """The page of payments that was asked for, the oldest first."""
        rows = tx.execute(
            "SELECT * FROM payments WHERE (:tag IS NULL OR tag = :tag)"
            " AND (:account_id IS NULL OR :account_id IN (from_account, to_account))"
            " AND seq > :after ORDER BY seq LIMIT :limit + 1",
            wanted.model_dump() | {"after": read_cursor("payments", wanted)},
        ).fetchall()
        return cut(rows, wanted, kind="payments", place=lambda row: row["seq"], read=_read)

    def _insert(self, tx: sqlite3.Connection, new: NewPayment, payer: Holder, amount: int) -> str:
        identity = str(self.new_id())
        tx.execute(
            "INSERT INTO payments (id, from_account, to_account, amount, currency, reference, tag,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                identity,
                payer.id,
                new.to_account,
                amount,
                payer.currency,
                new.reference,
                new.tag,
                self.clock(),
            ),
        )
        return identity


def _amount(new: NewPayment, payer: Holder, payee: Holder) -> int:
    amount = minor_units(new.amount, payer.currency, "/amount")
    if not amount:
        raise invalid("/amount", "must be more than nothing")
    if payer.id == payee.id:
        raise invalid("/to_account", "must be another account than from_account")
    if payer.currency != payee.currency:
        raise ProblemError(
            Kind.CURRENCY_MISMATCH,
            f"{payer.id} is in {payer.currency}, {payee.id} in {payee.currency}.",
        )
    if amount > payer.available:
        raise ProblemError(
            Kind.INSUFFICIENT_FUNDS,
            f"{to_text(payer.available, payer.currency)} {payer.currency} are available.",
        )
    return amount


def _read(row: sqlite3.Row) -> Payment:
    return Payment(
        id=row["id"],
        from_account=row["from_account"],
        to_account=row["to_account"],
        amount=to_text(row["amount"], row["currency"]),
        currency=row["currency"],
        reference=row["reference"],
        status="completed",
        tag=row["tag"],
        created_at=moment(row["created_at"]),
    )
