"""Orders, and what filling them does to balances and positions."""

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
from redhanded.lab.trading.market import Market
from redhanded.lab.trading.models import Event, NewOrder, Order, OrderFilter, Page
from redhanded.lab.trading.money import Currency, to_text
from redhanded.lab.trading.notifications import Notifications
from redhanded.lab.trading.rules import MOVES, Terms, cash_flow, cost_after_sale, terms_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The orders of a store."""

    clock: Clock
    new_id: Callable[[], uuid.UUID]
    accounts: Accounts
    market: Market
    notifications: Notifications

    def place(self, tx: sqlite3.Connection, new: NewOrder) -> Order:
        """The order, filled at once when the market allows; a 422 problem if it is not covered."""
        account = self.accounts.holder(tx, new.account_id, "/account_id")
        self._require_listed(new, account.currency)
        limit = _limit(new, account.currency)
        terms = terms_of(new.side, new.quantity, limit, self.market.price(new.symbol))
        self._require_cover(tx, new, account, terms)
        identity = self._insert(tx, new, account.currency, limit, terms)
        if terms.fill_price is not None:
            self._settle(tx, new, terms)
        order = self.get(tx, identity)
        self._tell(tx, order, "order_opened" if order.status == "open" else "order_filled")
        return order

    def cancel(self, tx: sqlite3.Connection, identity: str) -> Order:
        """The order after it was cancelled; a 409 problem unless it was open."""
        order = self.get(tx, identity)
        if "cancelled" not in MOVES[order.status]:
            raise ProblemError(
                Kind.ILLEGAL_TRANSITION,
                f"Only an open order can be cancelled; this one is {order.status}.",
            )
        tx.execute(
            "UPDATE orders SET status = 'cancelled', updated_at = ? WHERE id = ?",
            (self.clock(), identity),
        )
        self._tell(tx, order, "order_cancelled")
        return self.get(tx, identity)

    def get(self, tx: sqlite3.Connection, identity: str) -> Order:
        """The order with this id, or a 404 problem."""
        row = tx.execute("SELECT * FROM orders WHERE id = ?", (identity,)).fetchone()
        if row is None:
            raise not_found("order", identity)
        return _read(row)

    def find(self, tx: sqlite3.Connection, wanted: OrderFilter) -> Page[Order]:
        """The page of orders that was asked for, the oldest first."""
        rows = tx.execute(
            "SELECT * FROM orders WHERE (:tag IS NULL OR tag = :tag)"
            " AND (:account_id IS NULL OR account_id = :account_id)"
            " AND (:symbol IS NULL OR symbol = :symbol)"
            " AND (:status IS NULL OR status = :status)"
            " AND seq > :after ORDER BY seq LIMIT :limit + 1",
            wanted.model_dump() | {"after": read_cursor("orders", wanted)},
        ).fetchall()
        return cut(rows, wanted, kind="orders", place=lambda row: row["seq"], read=_read)

    def _require_listed(self, new: NewOrder, currency: Currency) -> None:
        instrument = self.market.lookup(new.symbol)
        if instrument is None:
            raise invalid("/symbol", "must be the symbol of an instrument")
        if instrument.currency != currency:
            raise ProblemError(
                Kind.CURRENCY_MISMATCH,
                f"{new.symbol} is traded in {instrument.currency}, the account is in {currency}.",
            )

    def _require_cover(
        self, tx: sqlite3.Connection, new: NewOrder, account: Holder, terms: Terms
    ) -> None:
        cost = max(terms.reserved_cash, -cash_flow(new.side, new.quantity, terms))
        if cost > account.available:
            raise ProblemError(
                Kind.INSUFFICIENT_FUNDS,
                f"The order costs {to_text(cost, account.currency)}, "
                f"available are {to_text(account.available, account.currency)}.",
            )
        held = self.accounts.holding(tx, account.id, new.symbol).available
        if new.side == "sell" and new.quantity > held:
            raise ProblemError(
                Kind.INSUFFICIENT_POSITION,
                f"The order sells {new.quantity}, available are {held}.",
            )

    def _insert(
        self,
        tx: sqlite3.Connection,
        new: NewOrder,
        currency: Currency,
        limit: int | None,
        terms: Terms,
    ) -> str:
        identity, now = str(self.new_id()), self.clock()
        tx.execute(
            "INSERT INTO orders (id, account_id, symbol, currency, side, type, quantity,"
            " limit_price, fill_price, commission, reserved_cash, reserved_quantity, status, tag,"
            " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                identity,
                new.account_id,
                new.symbol,
                currency,
                new.side,
                new.type,
                new.quantity,
                limit,
                terms.fill_price,
                terms.commission,
                terms.reserved_cash,
                terms.reserved_quantity,
                "open" if terms.fill_price is None else "filled",
                new.tag,
                now,
                now,
            ),
        )
        return identity

    def _settle(self, tx: sqlite3.Connection, new: NewOrder, terms: Terms) -> None:
        flow = cash_flow(new.side, new.quantity, terms)
        self.accounts.credit(tx, new.account_id, flow)
        held = self.accounts.holding(tx, new.account_id, new.symbol)
        if new.side == "buy":
            quantity, cost = held.quantity + new.quantity, held.cost - flow
        else:
            quantity = held.quantity - new.quantity
            cost = cost_after_sale(held.cost, held.quantity, new.quantity)
        self.accounts.hold(tx, new.account_id, new.symbol, quantity=quantity, cost=cost)

    def _tell(self, tx: sqlite3.Connection, order: Order, event: Event) -> None:
        self.notifications.send(
            tx, event, account_id=order.account_id, subject_id=order.id, tag=order.tag
        )


def _limit(new: NewOrder, currency: Currency) -> int | None:
    if new.limit_price is None:
        return None
    limit = minor_units(new.limit_price, currency, "/limit_price")
    if not limit:
        raise invalid("/limit_price", "must be more than nothing")
    return limit


def _read(row: sqlite3.Row) -> Order:
    currency: Currency = row["currency"]
    columns = {name: row[name] for name in Order.model_fields}
    money = {
        name: None if row[name] is None else to_text(row[name], currency)
        for name in ("limit_price", "fill_price", "commission")
    }
    times = {name: moment(row[name]) for name in ("created_at", "updated_at")}
    return Order.model_validate(columns | money | times)
