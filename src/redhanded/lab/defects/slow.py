"""D78 to D83: the right answer, too late or never."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from functools import partial
from urllib.parse import parse_qsl

from starlette.types import Message

from redhanded.lab.defects.answered import Edit
from redhanded.lab.defects.defect import Defect, Setup
from redhanded.lab.defects.rereading import json_object
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.defects.wire import Passage, Wire, wire
from redhanded.lab.services import Services

_slow = partial(Defect, verdict="slow")
_TAIL = 10  # one in so many calls makes what a 95th percentile shows

Started = tuple[Services, Sequence[Edit | Wire]]


async def _late(passage: Passage, trigger: Trigger) -> None:
    trigger.serve()
    await asyncio.sleep(trigger.parameters["seconds"])
    await passage.proceed()


async def _late_by_rows(passage: Passage, trigger: Trigger) -> None:
    held: list[Message] = []

    async def send(message: Message) -> None:
        held.append(message)
        if message["type"] == "http.response.body":
            rows = len(json_object(message["body"]).get("items", ()))
            if rows > 1:
                trigger.serve()
            await asyncio.sleep(rows * trigger.parameters["seconds"])
            while held:
                await passage.send(held.pop(0))

    await passage.proceed(send=send)


async def _late_at_times(passage: Passage, trigger: Trigger, *, one_in: int) -> None:
    if trigger.one_in(one_in):
        await _late(passage, trigger)
    else:
        await passage.proceed()


def _late_in_the_long_run(services: Services, _trigger: Trigger) -> Started:
    numbers = itertools.count(1)

    async def carry(passage: Passage, trigger: Trigger) -> None:
        if next(numbers) > trigger.parameters["calls"]:
            await _late(passage, trigger)
        else:
            await passage.proceed()

    return services, [wire("GET /trading/instruments/{symbol}", carry=carry)]


async def _choke_on_much(passage: Passage, trigger: Trigger) -> None:
    values = [value for _, value in parse_qsl(trigger.asked.query)]
    if any(len(value) >= trigger.parameters["length"] for value in values):
        trigger.serve()
        await passage.hang()
    else:
        await passage.proceed()


DEFECTS: tuple[Defect, ...] = (
    _slow(
        code="D78",
        title="200 after 5 s",
        how="GET /trading/quotes/{symbol}: after `seconds`",
        fault=wire("GET /trading/quotes/{symbol}", carry=_late),
        parameters={"seconds": 5},
    ),
    _slow(
        code="D79",
        title="time grows with page size",
        how="GET /trading/quotes: `seconds` a quote",
        fault=wire("GET /trading/quotes", carry=_late_by_rows),
        parameters={"seconds": 0.03},
    ),
    _slow(
        code="D80",
        title="95th percentile far above the baseline",
        how="GET /trading/accounts: one in ten takes `seconds`",
        fault=wire("GET /trading/accounts", carry=partial(_late_at_times, one_in=_TAIL)),
        intermittent=True,
        parameters={"seconds": 0.75},
    ),
    _slow(
        code="D81",
        title="one in five takes 5 s",
        how="GET /trading/payments: one in five takes `seconds`",
        fault=wire("GET /trading/payments", carry=partial(_late_at_times, one_in=5)),
        intermittent=True,
        parameters={"seconds": 5},
    ),
    _slow(
        code="D82",
        title="slower after 100 calls",
        how="GET /trading/instruments/{symbol}: takes `seconds` after `calls` calls",
        fault=Setup(_late_in_the_long_run),
        parameters={"calls": 100, "seconds": 5},
    ),
    # No ceiling is broken by an answer that never comes: what never ends is no slowness.
    Defect(
        code="D83",
        title="large input never answered",
        how="GET /booking: with a value of `length` characters or more",
        verdict="defect",
        fault=wire("GET /booking", carry=_choke_on_much),
        parameters={"length": 60},
    ),
)
