"""Cash accounts and what they hold."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from redhanded.lab.auth import Clock
from redhanded.lab.fields import moment
from redhanded.lab.problems import Kind, ProblemError, invalid, not_found
from redhanded.lab.trading.cursors import cut, read_cursor
from redhanded.lab.trading.models import Account, NewAccount, Page, Position, TaggedFilter
from redhanded.lab.trading.money import Currency, to_minor, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An account in minor units, as the other services see it."""

    id: str
    currency: Currency
    balance: int
    reserved: int

    @property
    def available(self) -> int:
        """What can be spent."""
        return self.balance - self.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What an account holds of an instrument: units, units that can be sold, and what all cost."""

    quantity: int = 0
    available: int = 0
    cost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The accounts of a store."""

    clock: Clock
    new_id: Callable[[], uuid.UUID]

    def open(self, tx: sqlite3.Connection, new: NewAccount) -> Account:
        """The new account."""
        balance = minor_units(new.opening_balance, new.currency, "/opening_balance")
        identity = f"acc-{self.new_id().hex[:16]}"
        tx.execute(
            "INSERT INTO accounts (id, owner, currency, balance, tag, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (identity, new.owner, new.currency, balance, new.tag, self.clock()),
        )
        return self.get(tx, identity)

    def find(self, tx: sqlite3.Connection, wanted: TaggedFilter) -> Page[Account]:
        """The page of accounts that was asked for, the oldest first."""
        rows = tx.execute(
            "SELECT * FROM holders WHERE (:tag IS NULL OR tag = :tag) AND seq > :after"
            " ORDER BY seq LIMIT :limit + 1",
            wanted.model_dump() | {"after": read_cursor("accounts", wanted)},
        ).fetchall()
        return cut(rows, wanted, kind="accounts", place=lambda row: row["seq"], read=_account)

    def get(self, tx: sqlite3.Connection, identity: str) -> Account:
        """The account with this id, or a 404 problem."""
        row = tx.execute("SELECT * FROM holders WHERE id = ?", (identity,)).fetchone()
        if row is None:
            raise not_found("account", identity)
        return _account(row)

    def holder(self, tx: sqlite3.Connection, identity: str, pointer: str) -> Holder:
        """The account that a request body names, or a 422 problem that points to the name."""
        row = tx.execute("SELECT * FROM holders WHERE id = ?", (identity,)).fetchone()
        if row is None:
            raise invalid(pointer, "must be the id of an account")
        return Holder(
            id=row["id"],
            currency=row["currency"],
            balance=row["balance"],
            reserved=row["reserved"],
        )

    def close(self, tx: sqlite3.Connection, identity: str) -> None:
        """Forgets the account with all it holds; a 409 problem while it has open orders."""
        self.get(tx, identity)
        if tx.execute(
            "SELECT 1 FROM orders WHERE account_id = ? AND status = 'open'", (identity,)
        ).fetchone():
            raise ProblemError(
                Kind.ILLEGAL_TRANSITION, f"Cancel the open orders of {identity} first."
            )
        tx.execute("DELETE FROM accounts WHERE id = ?", (identity,))

    def credit(self, tx: sqlite3.Connection, identity: str, minor: int) -> None:
        """Adds the amount, which is negative for a debit."""
        tx.execute("UPDATE accounts SET balance = balance + ? WHERE id = ?", (minor, identity))

    def positions(self, tx: sqlite3.Connection, account: Account) -> list[Position]:
        """What the account holds, in the order of symbols."""
        rows = tx.execute(
            "SELECT symbol FROM positions WHERE account_id = ? ORDER BY symbol", (account.id,)
        )
        return [
            _position(row["symbol"], self.holding(tx, account.id, row["symbol"]), account.currency)
            for row in rows.fetchall()
        ]

    def holding(self, tx: sqlite3.Connection, identity: str, symbol: str) -> Holding:
        """What the account holds of the instrument."""
        row = tx.execute(
            "SELECT quantity, cost, quantity - (SELECT coalesce(sum(reserved_quantity), 0)"
            " FROM orders WHERE account_id = :account AND symbol = :symbol AND status = 'open')"
            " AS available FROM positions WHERE account_id = :account AND symbol = :symbol",
            {"account": identity, "symbol": symbol},
        ).fetchone()
        return Holding(**row) if row else Holding()

    def hold(
        self, tx: sqlite3.Connection, identity: str, symbol: str, *, quantity: int, cost: int
    ) -> None:
        """Sets what the account holds of the instrument."""
        if quantity:
            tx.execute(
                "INSERT OR REPLACE INTO positions (account_id, symbol, quantity, cost)"
                " VALUES (?, ?, ?, ?)",
                (identity, symbol, quantity, cost),
            )
        else:
            tx.execute(
                "DELETE FROM positions WHERE account_id = ? AND symbol = ?", (identity, symbol)
            )


def minor_units(amount: str, currency: Currency, pointer: str) -> int:
    """The amount in minor units, or a 422 problem when it has too many decimal places."""
    try:
        return to_minor(amount, currency)
    except ValueError as error:
        raise invalid(pointer, str(error)) from error


def _account(row: sqlite3.Row) -> Account:
    currency: Currency = row["currency"]
    return Account(
        id=row["id"],
        owner=row["owner"],
        currency=currency,
        balance=to_text(row["balance"], currency),
        reserved=to_text(row["reserved"], currency),
        available=to_text(row["balance"] - row["reserved"], currency),
        tag=row["tag"],
        created_at=moment(row["created_at"]),
    )


def _position(symbol: str, holding: Holding, currency: Currency) -> Position:
    average = (2 * holding.cost + holding.quantity) // (2 * holding.quantity)
    return Position(
        symbol=symbol,
        quantity=holding.quantity,
        available=holding.available,
        average_price=to_text(average, currency),
    )
