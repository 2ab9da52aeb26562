"""The routes of payments."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from redhanded.lab.answers import BODY, answer, keyed_refusals, refusals, with_headers
from redhanded.lab.requests import CheckedRoute
from redhanded.lab.services import Serving
from redhanded.lab.trading.idempotency import Answer, Key, claim
from redhanded.lab.trading.models import AccountFilter, IdentityInPath, NewPayment, Page, Payment
from redhanded.lab.trading.routes.scopes import Reader, Trader

router: APIRouter = APIRouter(
    prefix="/trading/payments", route_class=CheckedRoute, tags=["trading"]
)


@router.post(
    "",
    status_code=201,
    response_model=Payment,
    responses={
        201: with_headers("Location", optional=("Idempotent-Replayed",)),
        **refusals(401, 403, *BODY),
        **keyed_refusals(),
    },
)
def make_payment(new: NewPayment, lab: Serving, client: Trader, idempotency_key: Key) -> Response:
    """The payment."""

    def make(tx: sqlite3.Connection) -> Answer:
        payment = lab.payments.make(tx, new)
        return Answer(
            status=201,
            body=payment.model_dump_json(),
            headers={"Location": f"/trading/payments/{payment.id}"},
        )

    return lab.once.run(claim(client, idempotency_key, "/trading/payments", new), make)


@router.get("", response_model=Page[Payment], responses=refusals(401, 403, 422))
def list_payments(
    wanted: Annotated[AccountFilter, Query()], lab: Serving, _client: Reader
) -> Response:
    """A page of payments, the oldest first."""
    with lab.store.reading() as tx:
        return answer(lab.payments.find(tx, wanted))


@router.get("/{payment_id}", response_model=Payment, responses=refusals(401, 403, 404, 422))
def get_payment(payment_id: IdentityInPath, lab: Serving, _client: Reader) -> Response:
    """The payment."""
    with lab.store.reading() as tx:
        return answer(lab.payments.get(tx, payment_id))
