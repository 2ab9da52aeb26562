"""What holds for every answer, whatever route made it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from redhanded.lab.problems import Kind, ProblemError

_LONGEST_ADDRESS = 4000
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-.+")
_log = logging.getLogger("redhanded.lab")


class Edge:
    """The outermost layer: common headers, HEAD as a GET without body, an answer to any failure."""

    def __init__(self, app: ASGIApp, *, build: str) -> None:
        self._app = app
        self._build = build

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, self._common(scope), bodiless=scope["method"] == "HEAD")
        if answer.bodiless:
            scope = {**scope, "method": "GET"}
        try:
            await self._route(scope, receive, answer)
        except Exception as error:
            if answer.started:
                raise
            _log.exception("%s %s failed", scope["method"], scope["path"], exc_info=error)
            problem = ProblemError(Kind.INTERNAL, "The service failed; its log says why.")
            await problem.response()(scope, receive, answer)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        if len(scope["path"]) + len(scope["query_string"]) > _LONGEST_ADDRESS:
            problem = ProblemError(
                Kind.ADDRESS_TOO_LONG, f"Use at most {_LONGEST_ADDRESS} characters."
            )
            await problem.response()(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _common(self, scope: Scope) -> Iterable[tuple[str, str]]:
        yield "Server", "redhanded-lab"
        yield "X-Build", self._build
        yield "Cache-Control", "no-store"
        trace = _TRACEPARENT.fullmatch(Headers(scope=scope).get("traceparent", ""))
        if trace:
            yield "X-Trace-Id", trace[1]


class _Answer:
    """The way back to the caller, which adds the common headers the route did not set."""

    def __init__(self, send: Send, headers: Iterable[tuple[str, str]], *, bodiless: bool) -> None:
        self._send = send
        self._headers = headers
        self.bodiless = bodiless
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers:
                headers.setdefault(name, value)
        elif self.bodiless:
            message = {**message, "body": b""}
        await self._send(message)
