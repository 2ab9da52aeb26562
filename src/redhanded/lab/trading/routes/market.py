"""The routes of market data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from redhanded.lab.answers import answer, refusals
from redhanded.lab.requests import CheckedRoute
from redhanded.lab.services import Serving
from redhanded.lab.trading.models import Instrument, InstrumentFilter, Page, Quote, SymbolInPath
from redhanded.lab.trading.routes.scopes import Reader

router: APIRouter = APIRouter(prefix="/trading", route_class=CheckedRoute, tags=["trading"])


@router.get("/instruments", response_model=Page[Instrument], responses=refusals(401, 403, 422))
def list_instruments(
    wanted: Annotated[InstrumentFilter, Query()], lab: Serving, _client: Reader
) -> Response:
    """A page of instruments, in the order of symbols."""
    return answer(lab.market.find(wanted))


@router.get(
    "/instruments/{symbol}", response_model=Instrument, responses=refusals(401, 403, 404, 422)
)
def get_instrument(symbol: SymbolInPath, lab: Serving, _client: Reader) -> Response:
    """The instrument."""
    return answer(lab.market.get(symbol))


@router.get("/quotes", response_model=Page[Quote], responses=refusals(401, 403, 422))
def list_quotes(
    wanted: Annotated[InstrumentFilter, Query()], lab: Serving, _client: Reader
) -> Response:
    """A page of quotes, in the order of symbols."""
    return answer(lab.market.quotes(wanted))


@router.get("/quotes/{symbol}", response_model=Quote, responses=refusals(401, 403, 404, 422))
def get_quote(symbol: SymbolInPath, lab: Serving, _client: Reader) -> Response:
    """The quote of the instrument."""
    return answer(lab.market.quote(lab.market.get(symbol)))
