"""The routes of orders."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from redhanded.lab.answers import BODY, answer, keyed_refusals, refusals, with_headers
from redhanded.lab.requests import CheckedRoute
from redhanded.lab.services import Serving
from redhanded.lab.trading.idempotency import Answer, OptionalKey, claim
from redhanded.lab.trading.models import IdentityInPath, NewOrder, Order, OrderFilter, Page
from redhanded.lab.trading.routes.scopes import Reader, Trader

router: APIRouter = APIRouter(prefix="/trading/orders", route_class=CheckedRoute, tags=["trading"])


@router.post(
    "",
    status_code=201,
    response_model=Order,
    responses={
        201: with_headers("Location", optional=("Idempotent-Replayed",)),
        **refusals(401, 403, *BODY),
        **keyed_refusals(),
    },
)
def place_order(
    new: NewOrder, lab: Serving, client: Trader, idempotency_key: OptionalKey = None
) -> Response:
    """The new order, filled at once when the market allows it, else open."""

    def place(tx: sqlite3.Connection) -> Answer:
        order = lab.orders.place(tx, new)
        return Answer(
            status=201,
            body=order.model_dump_json(),
            headers={"Location": f"/trading/orders/{order.id}"},
        )

    if idempotency_key is not None:
        return lab.once.run(claim(client, idempotency_key, "/trading/orders", new), place)
    with lab.store.writing() as tx:
        return place(tx).response()


@router.get("", response_model=Page[Order], responses=refusals(401, 403, 422))
def list_orders(wanted: Annotated[OrderFilter, Query()], lab: Serving, _client: Reader) -> Response:
    """A page of orders, the oldest first."""
    with lab.store.reading() as tx:
        return answer(lab.orders.find(tx, wanted))


@router.get("/{order_id}", response_model=Order, responses=refusals(401, 403, 404, 422))
def get_order(order_id: IdentityInPath, lab: Serving, _client: Reader) -> Response:
    """The order."""
    with lab.store.reading() as tx:
        return answer(lab.orders.get(tx, order_id))


@router.post(
    "/{order_id}/cancel", response_model=Order, responses=refusals(401, 403, 404, 409, 422)
)
def cancel_order(order_id: IdentityInPath, lab: Serving, _client: Trader) -> Response:
    """The order after it was cancelled, which only an open order can be."""
    with lab.store.writing() as tx:
        return answer(lab.orders.cancel(tx, order_id))
