"""The layer around the API in which answers are edited and carried otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from redhanded.lab.defects.answered import Answered, Edit
from redhanded.lab.defects.asked import ASKED, Asked, of_scope
from redhanded.lab.defects.route import Route
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.defects.wire import Passage, Wire

_BODILESS = frozenset({204, 304})


class Faulty:
    """The API with defects around it."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        edits: Sequence[tuple[Edit, Trigger]] = (),
        wires: Sequence[tuple[Wire, Trigger]] = (),
    ) -> None:
        self._edits = edits
        self._app: ASGIApp = self._edited(app)
        for wire, trigger in wires:
            self._app = _carried(self._app, wire, trigger)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] == "http":
            ASKED.set(of_scope(scope))
        await self._app(scope, receive, send)

    def _edited(self, app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            edits = [pair for pair in self._edits if _is_meant(pair[0].routes, scope)]
            if not edits:
                await app(scope, receive, send)
                return
            draft = _Draft(receive)
            await app(scope, draft.receive, draft.send)
            answered = draft.answered(ASKED.get())
            for edit, trigger in edits:
                edit.apply(answered, trigger)
            await _send(answered, send)

        return serve


def _carried(app: ASGIApp, wire: Wire, trigger: Trigger) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if _is_meant(wire.routes, scope):
            passage = Passage(app=app, scope=scope, receive=receive, send=send)
            await wire.carry(passage, trigger)
        else:
            await app(scope, receive, send)

    return serve


def _is_meant(routes: Sequence[Route], scope: Scope) -> bool:
    return scope["type"] == "http" and any(
        route.matches(scope["method"], scope["path"]) for route in routes
    )


@dataclass(slots=True)
class _Draft:
    """An answer that is held back until it is whole, and the request's body beside it."""

    inner: Receive
    sent: bytearray = field(default_factory=bytearray)
    start: Message = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    async def receive(self) -> Message:
        message = await self.inner()
        self.sent += message.get("body", b"")
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")

    def answered(self, asked: Asked) -> Answered:
        return Answered(
            asked=asked,
            sent=bytes(self.sent),
            status=self.start["status"],
            headers=MutableHeaders(raw=list(self.start["headers"])),
            body=bytes(self.body),
        )


async def _send(answered: Answered, send: Send) -> None:
    if answered.asked.method != "HEAD" and answered.status not in _BODILESS:
        answered.headers["content-length"] = str(len(answered.body))
    headers = answered.headers.raw
    await send({"type": "http.response.start", "status": answered.status, "headers": headers})
    await send({"type": "http.response.body", "body": answered.body})
