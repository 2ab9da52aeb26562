"""D94 to D100: the API's own fault, looking like the network's or the gateway's."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus

from fastapi.responses import HTMLResponse
from starlette.types import Message

from redhanded.lab.defects.answered import Answered, Edit, edit
from redhanded.lab.defects.defect import Defect, Setup
from redhanded.lab.defects.refusing import failure, refuse_service
from redhanded.lab.defects.rereading import again, json_object, whole_body
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.defects.wire import Passage, Wire, wire
from redhanded.lab.edge import Edge
from redhanded.lab.services import Services

_defect = partial(Defect, verdict="defect")

_GATEWAY_PAGE = (
    "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    "<body><h1>502 Bad Gateway</h1><p>The upstream closed the connection.</p></body></html>"
)
_EVERYTHING_BUT_HEALTH = (
    "* /booking",
    "* /booking/{id}",
    "* /users",
    "* /users/{id}",
    "* /users/{id}/{part}",
    "* /trading/{list}",
    "* /trading/{list}/{id}",
    "* /trading/{list}/{id}/{part}",
)

Started = tuple[Services, Sequence[Edit | Wire]]


async def _kill_the_worker(passage: Passage, trigger: Trigger) -> None:
    if passage.scope["method"] == "GET":
        body, is_deadly = b"", True
    else:
        body = await whole_body(passage)
        is_deadly = json_object(body).get("lastname") == "Null"
    if not is_deadly:
        await passage.proceed(receive=again(body, passage))
        return
    trigger.serve()
    page = HTMLResponse(_GATEWAY_PAGE, 502, {"Server": "gateway"})
    await page(passage.scope, passage.receive, passage.send)


async def _break_off(passage: Passage, trigger: Trigger) -> None:
    is_cut = "currency=KWD" in trigger.asked.query

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body" and is_cut:
            message = {**message, "body": message["body"][:100], "more_body": True}
        await passage.send(message)

    await passage.proceed(send=send)
    if is_cut:
        trigger.serve()
        await passage.drop()


async def _reset(passage: Passage, trigger: Trigger) -> None:
    trigger.serve()
    await passage.drop(reset=True)


def _leak_connections(services: Services, _trigger: Trigger) -> Started:
    taken = itertools.count(1)

    def change(answered: Answered, trigger: Trigger) -> None:
        if answered.status == 200 and next(taken) > trigger.parameters["calls"]:
            detail = "No connection to the database is free."
            refuse_service(answered, HTTPStatus.SERVICE_UNAVAILABLE, detail)

    return services, [edit("GET /trading/orders", change=change)]


async def _hang(passage: Passage, trigger: Trigger) -> None:
    trigger.serve()
    await passage.hang()


def _pretend_emptiness(answered: Answered, _trigger: Trigger) -> None:
    if answered.status == 200:
        answered.write([])


def _fail_behind_a_healthy_face(services: Services, _trigger: Trigger) -> Started:
    async def carry(passage: Passage, trigger: Trigger) -> None:
        trigger.serve()
        failed = Edge(failure().response(), build=services.build)
        await failed(passage.scope, passage.receive, passage.send)

    return services, [wire(*_EVERYTHING_BUT_HEALTH, carry=carry)]


DEFECTS: tuple[Defect, ...] = (
    _defect(
        code="D94",
        title="one input kills the worker",
        how="GET /trading/instruments/TEAL, and POST /booking for a Null: a gateway's 502",
        fault=wire("GET /trading/instruments/TEAL", "POST /booking", carry=_kill_the_worker),
    ),
    _defect(
        code="D95",
        title="exception in mid-stream",
        how="GET /trading/quotes?currency=KWD: cut after 100 bytes of the body",
        fault=wire("GET /trading/quotes", carry=_break_off),
    ),
    _defect(
        code="D96",
        title="reset on one input",
        how="GET /trading/quotes/SAFF: a reset in the place of an answer",
        fault=wire("GET /trading/quotes/SAFF", carry=_reset),
    ),
    _defect(
        code="D97",
        title="503 from a leaked pool",
        how="GET /trading/orders: 503 after `calls` calls, while the health is good",
        fault=Setup(_leak_connections),
        parameters={"calls": 20},
    ),
    _defect(
        code="D98",
        title="one input hangs",
        how="GET /trading/instruments/UMBE: never answered",
        fault=wire("GET /trading/instruments/UMBE", carry=_hang),
    ),
    _defect(
        code="D99",
        title="dependency down, yet 200",
        how="GET /trading/accounts/{id}/positions: 200 with an empty list",
        fault=edit("GET /trading/accounts/{id}/positions", change=_pretend_emptiness),
    ),
    _defect(
        code="D100",
        title="health endpoint lies",
        how="everything but /health, /auth and /oauth/token: 500",
        fault=Setup(_fail_behind_a_healthy_face),
    ),
)
