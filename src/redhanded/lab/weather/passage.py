"""One request on its way through the proxy, and everything that can be done with it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate

from redhanded.lab.weather.line import Gone, Line, tunnel
from redhanded.lab.weather.link import Link
from redhanded.lab.weather.log import FAULT, UNREACHABLE, UPSTREAM, Log
from redhanded.lab.weather.stamps import Stamps
from redhanded.lab.weather.strike import Strike
from redhanded.lab.weather.wire import (
    AnswerHead,
    Measure,
    NotHTTP,
    Request,
    contents,
    message,
)

_MOST_LOADED = 1 << 26  # bytes of a body that is held as a whole


@dataclass(slots=True)
class Answer:
    """An answer of the upstream: its head, and a body that is still to come or was loaded."""

    head: AnswerHead
    line: Line
    measure: Measure
    raw: bytes = b""

    async def load(self) -> bool:
        """Whether the whole body is here now; a cut or huge one is here in part."""
        async for piece in self.line.pieces(self.measure):
            self.raw += piece
            if len(self.raw) > _MOST_LOADED:
                return False
        return self.measure.is_over or self.head.ends_with_connection

    @property
    def contents(self) -> bytes:
        """The loaded body without its framing."""
        return contents(self.head.head, self.raw)


@dataclass(slots=True)
class Passage:
    """A request, the client that waits for its answer, and the way to the upstream."""

    request: Request
    client: Line
    link: Link
    log: Log
    stamps: Stamps
    is_reused: bool = False  # whether the connection served another request before
    strike: Strike | None = None
    memory: dict[str, int] = field(default_factory=dict)  # of the rule that is asked
    has_struck: bool = False
    give_back: Callable[[], None] | None = None  # the number of a strike that comes to nothing
    _pump: asyncio.Task[None] | None = None
    _digest: hashlib._Hash | None = field(default=None)

    @property
    def struck_by(self) -> Strike:
        """The fault that strikes; only a fault asks."""
        assert self.strike  # noqa: S101 - the proxy sets it before it hands the passage to a fault
        return self.strike

    def note(self, **details: object) -> None:
        """Logs the fault: to be called when it is sure, and before the client can notice."""
        self.has_struck = True
        self.log.write(FAULT, self.request, **self.struck_by.known(), **details)

    @property
    def leads_here(self) -> bool:
        """Whether a client that uses us as its proxy wants to go where we lead."""
        authority = self.request.authority
        return authority is None or self.link.address.is_named_by(authority)

    def spare(self) -> None:
        """Gives the number back where the fault has not struck; it cannot any more."""
        if self.give_back is not None and not self.has_struck:
            self.give_back()
        self.give_back = None

    async def pass_on(self) -> None:
        """Lets the upstream answer, and alters nothing."""
        if not self.leads_here:
            reason = f"This proxy leads to {self.link.address} and nowhere else.\n"
            await self.answer(403, reason.encode(), {"Content-Type": "text/plain"})
        elif self.request.method == "CONNECT":
            line = await self._connected(self.link)
            await self.client.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await tunnel(self.client, line)
        else:
            await self.relay(await self.forward())

    async def forward(self, *, link: Link | None = None) -> Answer:
        """The upstream's answer to the request, whose interim answers the client gets.

        Raises Gone when there is none; the client's connection has then ended as the upstream's
        did.
        """
        line = await self._connected(link or self.link)
        self._digest = None
        self._pump = asyncio.create_task(self._send_request(line, self.request.for_servers()))
        try:
            found = await self._final_head(line)
        except (Gone, OSError, NotHTTP) as error:
            await self._lose(line, error)
            raise Gone("the upstream did not answer") from error
        self._log_arrival(found.status)
        self.stamps.learn(found, self.request)
        return Answer(found, line, found.body(self.request.method))

    async def ask(
        self, method: str, target: str, fields: Mapping[str, str], body: bytes
    ) -> int | None:
        """The status of a request that the proxy sends itself, None where it got no answer."""
        known = {"Host": str(self.link.address), **fields, "Content-Length": str(len(body))}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {known[name]}" for name in known)]
        head = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
        link = Link(self.link.address)
        try:
            line = await link.open()
            await line.send(head + body)
            status = AnswerHead.parse(await line.head()).status
        except (Gone, OSError, NotHTTP):
            status = None
        finally:
            link.drop()
        self.log.write(
            UPSTREAM,
            Request.parse(head),
            n=self.log.counts.get(UPSTREAM, 0) + 1,
            status=status,
            body_sha=hashlib.sha256(body).hexdigest(),
            by=self.struck_by.code,
        )
        return status

    async def relay(self, answer: Answer, *, head: bytes | None = None) -> None:
        """Gives the client the answer as it comes, and ends its connection as the upstream does."""
        self.spare()
        unsent = (self._head_of(answer) if head is None else head) + answer.raw
        try:
            async for piece in answer.line.pieces(answer.measure):
                unsent += piece
                if answer.measure.is_over:  # what the server sends beyond it belongs here, too
                    unsent += answer.line.take(len(answer.line.held))
                await self.client.send(unsent)
                unsent = b""
        except OSError:
            await self.client.send(unsent)
            self.reset()
            raise Gone("the upstream broke off") from None
        if unsent:
            await self.client.send(unsent + answer.line.take(len(answer.line.held)))
        if answer.head.status == 101:
            await tunnel(self.client, answer.line)
        elif not answer.measure.is_over or not await self._has_sent_request():
            await self.close()

    def _head_of(self, answer: Answer) -> bytes:
        # What a server says that is about to stop: else the next request races with the close.
        head = answer.head.head
        return head.rewritten(connection="close") if self.client.is_last else head.raw

    async def swallow(self) -> None:
        """Reads the whole request, which goes nowhere."""
        if self.request.wants_to_continue:
            await self.client.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        async for _ in self.client.pieces(self.request.body()):
            pass

    async def answer(self, status: int, body: bytes, fields: Mapping[str, str]) -> None:
        """Gives the client an answer that the upstream knows nothing of."""
        await self.swallow()
        dated = {"Date": formatdate(self.log.wall(), usegmt=True), **fields}
        whole = message(status, body, fields=dated)
        size = len(whole) - len(body) if self.request.method == "HEAD" else len(whole)
        await self.client.send(whole[:size])

    async def close(self) -> None:
        """Ends the client's connection in order."""
        await self._stop_request()
        await self.client.close()

    def reset(self) -> None:
        """Ends the client's connection with a reset."""
        self.client.reset()

    async def _connected(self, link: Link) -> Line:
        try:
            return await link.open()
        except OSError as error:
            self.log.write(UNREACHABLE, self.request, reason=type(error).__name__)
            self.reset()
            raise Gone("the upstream cannot be reached") from error

    async def _send_request(self, line: Line, head: bytes) -> None:
        await line.send(head)
        async for piece in self.client.pieces(self.request.body()):
            if self._digest is None:
                self._digest = hashlib.sha256()
            self._digest.update(piece)
            await line.send(piece)

    async def _final_head(self, line: Line) -> AnswerHead:
        while True:
            raw = await line.head()
            try:
                head = AnswerHead.parse(raw)
            except NotHTTP:
                line.put_back(raw)
                raise
            if not head.is_interim:
                return head
            await self.client.send(head.head.raw)

    async def _lose(self, line: Line, error: Exception) -> None:
        self._log_arrival(None)
        if isinstance(error, OSError):
            self.reset()
        else:  # what came is passed on, whatever it is
            with suppress(OSError):
                await self.client.send(line.take(len(line.held)))
                while isinstance(error, NotHTTP) and await line.more():
                    await self.client.send(line.take(len(line.held)))
            await self.close()
        await self._stop_request()

    def _log_arrival(self, status: int | None) -> None:
        self.log.write(
            UPSTREAM,
            self.request,
            n=self.log.counts.get(UPSTREAM, 0) + 1,
            status=status,
            body_sha=self._digest.hexdigest() if self._digest else None,
        )

    async def _has_sent_request(self) -> bool:
        """Whether the upstream took the whole request, so that a next one may follow."""
        await asyncio.sleep(0)
        return self._pump is None or (self._pump.done() and not self._pump.exception())

    async def _stop_request(self) -> None:
        if self._pump is not None:
            self._pump.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await self._pump
