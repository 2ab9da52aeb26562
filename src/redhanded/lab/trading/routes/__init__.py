"""The routes of the trading desk."""

from __future__ import annotations

from redhanded.lab.trading.routes import accounts, market, notifications, oauth, orders, payments

ROUTERS = (
    oauth.router,
    accounts.router,
    market.router,
    orders.router,
    payments.router,
    notifications.router,
)
