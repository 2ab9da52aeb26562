"""Whether the service is well."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response

from redhanded.lab.answers import answer
from redhanded.lab.fields import Wire, moment
from redhanded.lab.services import Serving

router: APIRouter = APIRouter(tags=["health"])


class Health(Wire):
    """The state of the service, which includes that its data can be read."""

    status: Literal["ok"]
    build: str
    time: datetime


@router.get("/health", response_model=Health)
def get_health(lab: Serving) -> Response:
    """The state of the service."""
    with lab.store.reading() as tx:
        tx.execute("SELECT 1 FROM users LIMIT 1").fetchone()
    return answer(Health(status="ok", build=lab.build, time=moment(lab.clock())))
