"""One client's connection: its requests, one after the other."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from redhanded.lab.weather.line import Gone, Line, tunnel
from redhanded.lab.weather.link import Link
from redhanded.lab.weather.passage import Passage
from redhanded.lab.weather.storm import Storm
from redhanded.lab.weather.wire import NotHTTP, Request

_PREFACE = b"PRI * HTTP/2.0\r\n"  # RFC 9113, section 3.4


@dataclass(slots=True)
class Visit:
    """Serves a client until one side ends the connection."""

    client: Line
    link: Link
    storm: Storm
    served: int = 0
    is_busy: bool = False

    async def go_on(self) -> None:
        """Serves every request; whatever the client or the upstream does ends it quietly."""
        try:
            with suppress(Gone):
                while self.client.is_open and not self.client.is_last:
                    await self._serve_next()
            if self.client.is_open:
                await self.client.close()
        except OSError:
            if self.client.is_open:
                self.client.reset()
        finally:
            self.link.drop()
            if self.client.is_open:
                self.client.drop()

    def retire(self) -> None:
        """Ends the connection after the answer that is awaited."""
        self.client.is_last = True
        if not self.is_busy:
            self.client.drop()

    async def _serve_next(self) -> None:
        raw = b""
        try:
            raw = await self._next_head()
            request = Request.parse(raw)
        except NotHTTP:
            self.client.put_back(raw)
            await self._hand_over()
            return
        self.is_busy = True
        passage = self._passage(request)
        await self.storm.pass_through(passage)
        self.is_busy = False
        self.served += 1

    async def _next_head(self) -> bytes:
        """The next head of the client; meanwhile what the upstream says unasked is passed on."""
        wanted = asyncio.create_task(self.client.head())
        try:
            while self.link.line is not None and not wanted.done():
                await self._listen(wanted, self.link.line)
            return await wanted
        finally:
            await _stop(wanted)

    async def _listen(self, wanted: asyncio.Task[bytes], upstream: Line) -> None:
        heard = asyncio.create_task(upstream.more())
        try:
            await asyncio.wait({wanted, heard}, return_when=asyncio.FIRST_COMPLETED)
            if heard.done() and not heard.result():
                raise Gone("the upstream closed the connection")
        finally:
            await _stop(heard)
        if upstream.held:
            await self.client.send(upstream.take(len(upstream.held)))

    async def _hand_over(self) -> None:
        """Lets both sides talk in whatever language it is."""
        if self.storm.has_http2 and self.client.held.startswith(_PREFACE):
            from redhanded.lab.weather.http2 import Session

            await Session(self.client, self._serve_stream).go_on()
            return
        try:
            upstream = await self.link.open()
        except OSError:
            self.client.reset()
        else:
            await tunnel(self.client, upstream)

    async def _serve_stream(self, line: Line) -> None:
        await Visit(line, Link(self.link.address), self.storm).go_on()

    def _passage(self, request: Request) -> Passage:
        return Passage(
            request=request,
            client=self.client,
            link=self.link,
            log=self.storm.log,
            stamps=self.storm.stamps,
            is_reused=self.served > 0,
        )


async def _stop(task: asyncio.Task[bytes] | asyncio.Task[bool]) -> None:
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # which was seen, or came too late to matter
