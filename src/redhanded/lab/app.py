"""The demo API, put together."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from redhanded.lab import health
from redhanded.lab.auth import Clock
from redhanded.lab.bookings import routes as bookings
from redhanded.lab.document import complete, methods_of
from redhanded.lab.edge import Edge
from redhanded.lab.problems import Kind, ProblemError, from_validation
from redhanded.lab.services import Services, assemble
from redhanded.lab.store import Store
from redhanded.lab.trading.routes import ROUTERS as TRADING
from redhanded.lab.users.routes import ROUTERS as USERS

DESCRIPTION = (
    "Bookings, a trading desk and users of a small company: an API to try tests on. "
    "Its data is made up and its demo credentials are published."
)


class _Lab(FastAPI):
    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = complete(super().openapi())
        return self.openapi_schema


def create_app(
    store: Store,
    *,
    build: str = "1",
    clock: Clock = time.time,
    token_seconds: float = 3600,
    access_seconds: float = 300,
    alter: Callable[[Services], Services] = lambda services: services,
) -> FastAPI:
    """The API over the store's data.

    `build` is told in the header X-Build. `token_seconds` is the lifetime of booking, trading and
    refresh tokens, `access_seconds` that of a user's access token. `alter` may exchange services,
    for an API that misbehaves on purpose.

    Raises ValueError for a build that cannot stand in a header.
    """
    if not re.fullmatch(r"[A-Za-z0-9._+-]{1,64}", build):
        raise ValueError(f"build {build!r} must be 1 to 64 letters, digits, dots, pluses or dashes")
    app = _Lab(
        title="Lab",
        version="1.0.0",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    app.state.services = alter(
        assemble(
            store,
            build=build,
            clock=clock,
            token_seconds=token_seconds,
            access_seconds=access_seconds,
        )
    )
    for router in (health.router, bookings.router, *TRADING, *USERS):
        app.include_router(router)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_middleware(Edge, build=build)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


async def _refused(request: Request, error: Exception) -> Response:
    # A coroutine stays on the event loop, where the document is made: no thread sees half of it.
    match error:
        case ProblemError():
            problem = error
        case RequestValidationError():
            problem = from_validation(error.errors())
        case HTTPException(status_code=404):
            problem = ProblemError(Kind.NOT_FOUND, f"Nothing is at {request.url.path}.")
        case HTTPException(status_code=405):
            problem = _method_refused(request)
        case _:
            problem = ProblemError(Kind.MALFORMED, "The request cannot be read.")
    return problem.response()


def _method_refused(request: Request) -> ProblemError:
    # Only the document itself is not in the document.
    methods = methods_of(request.app.openapi(), request.url.path) or ("GET", "HEAD")
    allowed = ", ".join(methods)
    return ProblemError(
        Kind.METHOD_NOT_ALLOWED, f"This resource has {allowed}.", headers={"Allow": allowed}
    )
