"""D70 to D77: what HTTP itself promises around a body."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from redhanded.lab.defects.answered import Answered, Edit, edit
from redhanded.lab.defects.defect import Defect, Setup
from redhanded.lab.defects.refusing import refuse_service
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.defects.wire import Passage, Wire, wire
from redhanded.lab.services import Services

_defect = partial(Defect, verdict="defect")
_LARGE = 1024  # bytes

Started = tuple[Services, Sequence[Edit | Wire]]


def _forget_where(answered: Answered, _trigger: Trigger) -> None:
    if answered.status == 201:
        del answered.headers["location"]
        del answered.headers["etag"]


def _make_public(answered: Answered, _trigger: Trigger) -> None:
    answered.headers["cache-control"] = "public, max-age=3600"


def _take_any_version(answered: Answered, _trigger: Trigger) -> None:
    held = answered.asked.headers.get("if-none-match", "")
    bookingid = answered.asked.path.rpartition("/")[2]
    if answered.status == 200 and f'"{bookingid}-' in held:
        answered.status, answered.body = 304, b""
        del answered.headers["content-length"]
        del answered.headers["content-type"]


def _pack(answered: Answered, _trigger: Trigger) -> None:
    if answered.status == 200 and _takes_gzip(answered):
        answered.body = gzip.compress(answered.body)
        answered.headers["content-encoding"] = "gzip"


def _spoil_what_is_large(answered: Answered, trigger: Trigger) -> None:
    if len(answered.body) > _LARGE and _takes_gzip(answered):
        _pack(answered, trigger)
        answered.headers["vary"] = "Accept-Encoding"
        half = len(answered.body) // 2
        spoilt = bytes(byte ^ 0xFF for byte in answered.body[half : half + 8])
        answered.body = answered.body[:half] + spoilt + answered.body[half + 8 :]


def _takes_gzip(answered: Answered) -> bool:
    return "gzip" in answered.asked.headers.get("accept-encoding", "")


def _limiter(route: str, *, promised: int | None, tells_when: bool) -> Setup:
    """A limiter that lets each caller make `calls` calls, and promises so many or others."""

    def start(services: Services, trigger: Trigger) -> Started:
        calls: Counter[str | None] = Counter()
        allowed = int(trigger.parameters["calls"])
        quota = allowed if promised is None else promised

        def change(answered: Answered, trigger: Trigger) -> None:
            if calls[trigger.asked.episode] > allowed:
                refuse_service(answered, HTTPStatus.TOO_MANY_REQUESTS, "Wait, and ask again.")
                if tells_when:
                    answered.headers["retry-after"] = "1"

        async def carry(passage: Passage, trigger: Trigger) -> None:
            calls[trigger.asked.episode] += 1
            left = max(quota - calls[trigger.asked.episode], 0)
            told = {
                "RateLimit-Policy": f'"caller";q={quota};w=60',
                "RateLimit": f'"caller";r={left}',
            }
            await passage.proceed(send=_with_headers(passage, told))

        return services, [edit(route, change=change), wire(route, carry=carry)]

    return Setup(start)


def _with_headers(passage: Passage, told: Mapping[str, str]) -> Send:
    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(told)
        await passage.send(message)

    return send


async def _promise_more(passage: Passage, trigger: Trigger) -> None:
    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["content-length"] = str(int(headers["content-length"]) + 10)
        else:
            message = {**message, "more_body": True}
        await passage.send(message)

    trigger.serve()
    await passage.proceed(send=send)
    await passage.drop()


DEFECTS: tuple[Defect, ...] = (
    _defect(
        code="D70",
        title="Location and ETag missing on create",
        how="POST /booking",
        fault=edit("POST /booking", change=_forget_where),
    ),
    _defect(
        code="D71",
        title="private data publicly cacheable",
        how="GET /users/me: Cache-Control is public",
        fault=edit("GET /users/me", change=_make_public),
    ),
    _defect(
        code="D72",
        title="304 after a change",
        how="GET /booking/{id}: If-None-Match with any version of the booking",
        fault=edit("GET /booking/{id}", change=_take_any_version),
    ),
    _defect(
        code="D73",
        title="Vary missing",
        how="GET /trading/instruments: packed with gzip when asked for, without saying so in Vary",
        fault=edit("GET /trading/instruments", change=_pack),
    ),
    _defect(
        code="D74",
        title="429 without the promised Retry-After",
        how="GET /trading/instruments: once a caller has used up its quota of `calls` a minute",
        fault=_limiter("GET /trading/instruments", promised=None, tells_when=False),
        parameters={"calls": 5},
    ),
    _defect(
        code="D75",
        title="limiter fires below quota",
        how="GET /trading/quotes: after `calls` calls of a caller, who may make 100 a minute",
        fault=_limiter("GET /trading/quotes", promised=100, tells_when=True),
        parameters={"calls": 5},
    ),
    _defect(
        code="D76",
        title="gzip corrupt on large bodies only",
        how="GET /trading/quotes: packed with gzip when asked for and above a kilobyte",
        fault=edit("GET /trading/quotes", change=_spoil_what_is_large),
    ),
    _defect(
        code="D77",
        title="Content-Length always wrong on one route",
        how="GET /trading/instruments/{symbol}: ten bytes more than there are",
        fault=wire("GET /trading/instruments/{symbol}", carry=_promise_more),
    ),
)
