"""Answers of whoever stands before the API: throttling, outages, portals, firewalls."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, ClassVar, Literal, assert_never

from pydantic import Field

from redhanded.lab.weather.faults.fault import RequestFault
from redhanded.lab.weather.passage import Passage
from redhanded.lab.weather.shapes import NAMED, Shape

_PROBLEM = "application/problem+json"
_PAGE = "text/html; charset=utf-8"
_GATEWAY = {"Content-Type": _PAGE, "Server": "gateway"}
_PAUSE = Annotated[int, Field(ge=0, le=86400)]
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class Throttled(RequestFault):
    """Answers 429 with Retry-After in seconds."""

    code: ClassVar[str] = "E25"
    title: ClassVar[str] = "429 with seconds"

    seconds: _PAUSE = 1

    async def strike(self, passage: Passage) -> None:
        """Answers in the place of the upstream."""
        await _throttle(passage, {"Retry-After": str(self.seconds)})


class ThrottledUntil(RequestFault):
    """Answers 429 with Retry-After as a date, in any of the three forms, or a wrong one."""

    code: ClassVar[str] = "E26"
    title: ClassVar[str] = "429 with an HTTP date"

    kind: Literal["imf", "rfc850", "asctime", "past", "skewed", "hour", "garbage"] = "imf"
    seconds: _PAUSE = 2

    async def strike(self, passage: Passage) -> None:
        """Answers in the place of the upstream."""
        now = datetime.fromtimestamp(passage.log.wall(), UTC).replace(microsecond=0)
        if self.kind == "skewed":  # the server's clock is an hour late, in both headers alike
            now -= timedelta(hours=1)
        fields = {"Date": format_datetime(now, usegmt=True), "Retry-After": self._date(now)}
        await _throttle(passage, fields, kind=self.kind)

    def _date(self, now: datetime) -> str:
        then = now + timedelta(seconds=self.seconds)
        match self.kind:
            case "imf" | "skewed":
                return format_datetime(then, usegmt=True)
            case "rfc850":
                day, month = _DAYS[then.weekday()], _MONTHS[then.month - 1]
                return f"{day}, {then:%d}-{month}-{then:%y %H:%M:%S} GMT"
            case "asctime":
                day, month = _DAYS[then.weekday()][:3], _MONTHS[then.month - 1]
                return f"{day} {month} {then.day:2} {then:%H:%M:%S %Y}"
            case "past":
                return format_datetime(now - timedelta(hours=1), usegmt=True)
            case "hour":
                return format_datetime(now + timedelta(hours=1), usegmt=True)
            case "garbage":
                return "in a while"
            case _:
                assert_never(self.kind)


class ThrottledBare(RequestFault):
    """Answers 429 without Retry-After: bare, with RateLimit, or with its older headers."""

    code: ClassVar[str] = "E27"
    title: ClassVar[str] = "429 bare, or RateLimit-* only"

    kind: Literal["bare", "ratelimit", "legacy"] = "bare"
    seconds: _PAUSE = 1

    async def strike(self, passage: Passage) -> None:
        """Answers in the place of the upstream."""
        kinds = {
            "bare": {},
            "ratelimit": {
                "RateLimit-Policy": '"default";q=100;w=60',
                "RateLimit": f'"default";r=0;t={self.seconds}',
            },
            "legacy": {
                "RateLimit-Limit": "100",
                "RateLimit-Remaining": "0",
                "RateLimit-Reset": str(self.seconds),
            },
        }
        await _throttle(passage, kinds[self.kind], kind=self.kind)


class Unavailable(RequestFault):
    """Answers 503 with Retry-After in seconds."""

    code: ClassVar[str] = "E28"
    title: ClassVar[str] = "503 three times with Retry-After"
    usual: ClassVar[Shape] = NAMED["burst"]

    seconds: _PAUSE = 1

    async def strike(self, passage: Passage) -> None:
        """Answers in the place of the upstream."""
        passage.note(forwarded=False, status=503)
        body = _problem(503, "Service Unavailable", "The service is being restarted.")
        fields = {"Content-Type": _PROBLEM, "Retry-After": str(self.seconds)}
        await passage.answer(503, body, fields)


class BadGateway(RequestFault):
    """Answers 502 or 504 with a gateway's page, as in a rolling deploy."""

    code: ClassVar[str] = "E29"
    title: ClassVar[str] = "502/504 HTML in a rolling deploy"

    status: Literal[502, 504] | None = None  # either, drawn from the seed

    async def strike(self, passage: Passage) -> None:
        """Answers in the place of the upstream."""
        status = self.status or (502 if passage.struck_by.luck("status") < 0.5 else 504)
        title = f"{status} {'Bad Gateway' if status == 502 else 'Gateway Timeout'}"
        passage.note(forwarded=False, status=status)
        await passage.answer(status, _page(title, "gateway"), _GATEWAY)


class Portal(RequestFault):
    """Answers 200 with the page of a captive portal."""

    code: ClassVar[str] = "E30"
    title: ClassVar[str] = "captive portal, 200 text/html"
    usual: ClassVar[Shape] = NAMED["always"]

    async def strike(self, passage: Passage) -> None:
        """Answers in the place of the upstream."""
        passage.note(forwarded=False, status=200)
        page = _page("Sign in to the network", "Accept the terms to go on.")
        await passage.answer(200, page, {"Content-Type": _PAGE, "Server": "portal"})


class Firewall(RequestFault):
    """Answers 403 with the challenge page of a firewall."""

    code: ClassVar[str] = "E31"
    title: ClassVar[str] = "firewall challenge, 403 HTML"
    usual: ClassVar[Shape] = NAMED["always"]

    async def strike(self, passage: Passage) -> None:
        """Answers in the place of the upstream."""
        passage.note(forwarded=False, status=403)
        page = _page("Checking your browser", "Request blocked. Reference 7f3a.")
        await passage.answer(403, page, {"Content-Type": _PAGE, "Server": "firewall"})


class DatabaseDown(RequestFault):
    """Answers 503 in the API's own way, on its health path as on all others."""

    code: ClassVar[str] = "E35"
    title: ClassVar[str] = '503 "db down", and the health endpoint agrees'
    usual: ClassVar[Shape] = NAMED["always"]

    health: str = "/health"

    async def strike(self, passage: Passage) -> None:
        """Answers as the API would, with the stamps that it was seen to use."""
        passage.note(forwarded=False, status=503)
        stamps = passage.stamps.of(passage.request)
        if passage.request.path == self.health:
            body = json.dumps({"status": "down", "reason": "db down"}).encode()
            fields = {**stamps, "Content-Type": "application/json"}
        else:
            body = _problem(503, "Service Unavailable", "db down")
            fields = {**stamps, "Content-Type": _PROBLEM}
        await passage.answer(503, body, fields)


async def _throttle(passage: Passage, fields: dict[str, str], **details: object) -> None:
    passage.note(forwarded=False, status=429, **details)
    body = _problem(429, "Too Many Requests", "Slow down.")
    await passage.answer(429, body, {"Content-Type": _PROBLEM, **fields})


def _problem(status: int, title: str, detail: str) -> bytes:
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return json.dumps(problem).encode()


def _page(title: str, text: str) -> bytes:
    return (
        f"<!doctype html>\n<html><head><title>{title}</title></head>"
        f"<body><h1>{title}</h1><p>{text}</p></body></html>\n"
    ).encode()
