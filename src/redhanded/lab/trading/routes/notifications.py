"""The routes of notifications."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from redhanded.lab.answers import answer, refusals
from redhanded.lab.requests import CheckedRoute
from redhanded.lab.services import Serving
from redhanded.lab.trading.models import AccountFilter, Notification, Page
from redhanded.lab.trading.notifications import WINDOW_SECONDS
from redhanded.lab.trading.routes.scopes import Reader

router: APIRouter = APIRouter(
    prefix="/trading/notifications", route_class=CheckedRoute, tags=["trading"]
)


@router.get(
    "",
    response_model=Page[Notification],
    responses=refusals(401, 403, 422),
    openapi_extra={"x-consistency-window-seconds": WINDOW_SECONDS},
)
def list_notifications(
    wanted: Annotated[AccountFilter, Query()], lab: Serving, _client: Reader
) -> Response:
    """A page of notifications, the oldest first; each arrives within half a second of its event."""
    with lab.store.reading() as tx:
        return answer(lab.notifications.find(tx, wanted))
