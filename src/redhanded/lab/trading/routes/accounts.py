"""The routes of cash accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from redhanded.lab.answers import BODY, answer, nothing, refusals, with_headers
from redhanded.lab.requests import CheckedRoute
from redhanded.lab.services import Serving
from redhanded.lab.trading.models import (
    Account,
    AccountIdInPath,
    NewAccount,
    Page,
    Position,
    TaggedFilter,
)
from redhanded.lab.trading.routes.scopes import Reader, Trader

router: APIRouter = APIRouter(
    prefix="/trading/accounts", route_class=CheckedRoute, tags=["trading"]
)


@router.get("", response_model=Page[Account], responses=refusals(401, 403, 422))
def list_accounts(
    wanted: Annotated[TaggedFilter, Query()], lab: Serving, _client: Reader
) -> Response:
    """A page of accounts."""
    with lab.store.reading() as tx:
        return answer(lab.accounts.find(tx, wanted))


@router.post(
    "",
    status_code=201,
    response_model=Account,
    responses={201: with_headers("Location"), **refusals(401, 403, *BODY)},
)
def open_account(new: NewAccount, lab: Serving, _client: Trader) -> Response:
    """The new account."""
    with lab.store.writing() as tx:
        account = lab.accounts.open(tx, new)
    return answer(account, status=201, headers={"Location": f"/trading/accounts/{account.id}"})


@router.get("/{account_id}", response_model=Account, responses=refusals(401, 403, 404, 422))
def get_account(account_id: AccountIdInPath, lab: Serving, _client: Reader) -> Response:
    """The account."""
    with lab.store.reading() as tx:
        return answer(lab.accounts.get(tx, account_id))


@router.get(
    "/{account_id}/positions",
    response_model=list[Position],
    responses=refusals(401, 403, 404, 422),
)
def list_positions(account_id: AccountIdInPath, lab: Serving, _client: Reader) -> Response:
    """Everything the account holds, in the order of symbols."""
    with lab.store.reading() as tx:
        return answer(lab.accounts.positions(tx, lab.accounts.get(tx, account_id)))


@router.delete("/{account_id}", status_code=204, responses=refusals(401, 403, 404, 409, 422))
def close_account(account_id: AccountIdInPath, lab: Serving, _client: Trader) -> Response:
    """Nothing; the account is gone, with its positions, orders, payments and notifications."""
    with lab.store.writing() as tx:
        lab.accounts.close(tx, account_id)
    return nothing()
