"""Connections that break: before an answer, within it, or between two."""

from __future__ import annotations

from typing import ClassVar, Literal

from redhanded.lab.weather.faults.fault import AnswerFault, RequestFault
from redhanded.lab.weather.passage import Answer, Passage
from redhanded.lab.weather.shapes import Every, Shape


class StaleKeepAlive(RequestFault):
    """Ends a kept-alive connection, unread, when the next request comes on it."""

    code: ClassVar[str] = "E11"
    title: ClassVar[str] = "stale keep-alive, ended on reuse"

    kind: Literal["reset", "close"] = "reset"

    def concerns(self, passage: Passage) -> bool:
        """Whether the connection has served a request before."""
        return passage.is_reused

    async def strike(self, passage: Passage) -> None:
        """Ends the connection; the upstream never sees the request."""
        passage.note(forwarded=False)
        if self.kind == "reset":
            passage.reset()
        else:
            await passage.close()


class LostAnswer(RequestFault):
    """Reads the request whole and resets before the status line, after or without forwarding."""

    code: ClassVar[str] = "E12"
    title: ClassVar[str] = "reset after the request was sent"

    forwarded: bool = True

    async def strike(self, passage: Passage) -> None:
        """Resets; where it forwards, the upstream has done its work by then."""
        await _consume(passage, forwarded=self.forwarded)
        passage.note(forwarded=self.forwarded)
        passage.reset()


class EmptyAnswer(RequestFault):
    """Reads the request whole and closes in order without a byte."""

    code: ClassVar[str] = "E13"
    title: ClassVar[str] = "empty response"

    forwarded: bool = False

    async def strike(self, passage: Passage) -> None:
        """Closes; where it forwards, the upstream has done its work by then."""
        await _consume(passage, forwarded=self.forwarded)
        passage.note(forwarded=self.forwarded)
        await passage.close()


class CutHead(AnswerFault):
    """Closes in the middle of the answer's headers."""

    code: ClassVar[str] = "E14"
    title: ClassVar[str] = "cut inside the headers"

    def can_spoil(self, answer: Answer) -> bool:  # noqa: ARG002  the protocol's
        """Any answer has a head."""
        return True

    async def spoil(self, passage: Passage, answer: Answer) -> None:
        """Sends the status line and a part of the first header."""
        raw = answer.head.head.raw
        passage.note(forwarded=True)
        await passage.client.send(raw[: raw.index(b"\n") + 5])
        await passage.close()


class ShortBody(AnswerFault):
    """Closes when half of what Content-Length promised was sent."""

    code: ClassVar[str] = "E15"
    title: ClassVar[str] = "body shorter than Content-Length"

    async def spoil(self, passage: Passage, answer: Answer) -> None:
        """Promises the whole body and sends its half."""
        body = answer.contents
        head = answer.head.head.rewritten(content_length=str(len(body)), transfer_encoding=None)
        passage.note(forwarded=True)
        await passage.client.send(head + body[: len(body) // 2])
        await passage.close()


class BadChunk(AnswerFault):
    """Sends a chunked body whose second chunk has no size, or that has no last chunk."""

    code: ClassVar[str] = "E16"
    title: ClassVar[str] = "bad chunk, or no last chunk"

    kind: Literal["bad", "unfinished"] = "unfinished"

    async def spoil(self, passage: Passage, answer: Answer) -> None:
        """Sends the body in chunks: half and nonsense, or all but the end."""
        body = answer.contents
        head = answer.head.head.rewritten(content_length=None, transfer_encoding="chunked")
        if self.kind == "bad":
            chunks = _chunk(body[: len(body) // 2]) + b"no size at all\r\n"
        else:
            chunks = _chunk(body)
        passage.note(forwarded=True)
        await passage.client.send(head + chunks)
        await passage.close()


class CutWithoutLength(AnswerFault):
    """Sends half of a body that only the end of the connection ends."""

    code: ClassVar[str] = "E17"
    title: ClassVar[str] = "close-delimited body cut"

    async def spoil(self, passage: Passage, answer: Answer) -> None:
        """Takes the length away, and the second half."""
        body = answer.contents
        head = answer.head.head.rewritten(
            content_length=None, transfer_encoding=None, connection="close"
        )
        passage.note(forwarded=True)
        await passage.client.send(head + body[: len(body) // 2])
        await passage.close()


class DeadBackend(RequestFault):
    """Resets when a request comes that the balancer gives to the dead one of three backends."""

    code: ClassVar[str] = "E40"
    title: ClassVar[str] = "one of three backends dead"
    usual: ClassVar[Shape] = Every(3)

    async def strike(self, passage: Passage) -> None:
        """Resets; no backend has seen the request."""
        await passage.swallow()
        passage.note(forwarded=False)
        passage.reset()


async def _consume(passage: Passage, *, forwarded: bool) -> None:
    if forwarded:
        answer = await passage.forward()
        await answer.load()
    else:
        await passage.swallow()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
