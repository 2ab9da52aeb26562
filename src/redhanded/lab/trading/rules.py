"""The rules of trading, as plain functions of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from redhanded.lab.trading.market import Price
from redhanded.lab.trading.models import OrderStatus, Side

MOVES: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    "open": frozenset({"filled", "cancelled"}),
    "filled": frozenset(),
    "cancelled": frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms an order is taken, in minor units; `fill_price` is None while it is open."""

    fill_price: int | None
    commission: int
    reserved_cash: int = 0
    reserved_quantity: int = 0


def commission_on(traded: int) -> int:
    """A thousandth of what was traded, rounded half up."""
    return (traded + 500) // 1000


def terms_of(side: Side, quantity: int, limit: int | None, price: Price) -> Terms:
    """The terms of an order: filled at the market's price when the limit allows, else open."""
    offered = price.ask if side == "buy" else price.bid
    if limit is None or (limit >= offered if side == "buy" else limit <= offered):
        return Terms(fill_price=offered, commission=commission_on(quantity * offered))
    if side == "sell":
        return Terms(fill_price=None, commission=0, reserved_quantity=quantity)
    most = quantity * limit
    return Terms(fill_price=None, commission=0, reserved_cash=most + commission_on(most))


def cash_flow(side: Side, quantity: int, terms: Terms) -> int:
    """What a filled order adds to the balance; negative for a purchase."""
    traded = quantity * (terms.fill_price or 0)
    return -traded - terms.commission if side == "buy" else traded - terms.commission


def cost_after_sale(cost: int, held: int, sold: int) -> int:
    """The cost of what is left, which keeps its average."""
    return cost - cost * sold // held
