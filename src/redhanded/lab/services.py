"""The services behind the routes, each of which can be exchanged for another of its kind."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from redhanded.lab.auth import Clock, Tokens
from redhanded.lab.bookings.ledger import Bookings
from redhanded.lab.store import Store
from redhanded.lab.trading.accounts import Accounts
from redhanded.lab.trading.idempotency import Once
from redhanded.lab.trading.market import Market
from redhanded.lab.trading.notifications import Notifications
from redhanded.lab.trading.orders import Orders
from redhanded.lab.trading.payments import Payments
from redhanded.lab.users.directory import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a route may ask for."""

    store: Store
    clock: Clock
    build: str
    token_seconds: float
    access_seconds: float
    tokens: Tokens
    bookings: Bookings
    accounts: Accounts
    market: Market
    notifications: Notifications
    orders: Orders
    payments: Payments
    once: Once
    directory: Directory


def assemble(
    store: Store,
    *,
    build: str,
    clock: Clock,
    token_seconds: float,
    access_seconds: float,
    new_id: Callable[[], uuid.UUID] = uuid.uuid4,
) -> Services:
    """The services of a correct API."""
    accounts = Accounts(clock=clock, new_id=new_id)
    market = Market(clock=clock)
    notifications = Notifications(clock=clock)
    return Services(
        store=store,
        clock=clock,
        build=build,
        token_seconds=token_seconds,
        access_seconds=access_seconds,
        tokens=Tokens(clock=clock),
        bookings=Bookings(),
        accounts=accounts,
        market=market,
        notifications=notifications,
        orders=Orders(
            clock=clock,
            new_id=new_id,
            accounts=accounts,
            market=market,
            notifications=notifications,
        ),
        payments=Payments(
            clock=clock, new_id=new_id, accounts=accounts, notifications=notifications
        ),
        once=Once(store=store, clock=clock, new_id=new_id),
        directory=Directory(clock=clock),
    )


def _serving(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Serving = Annotated[Services, Depends(_serving)]
