"""Answers that take their time."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field

from redhanded.lab.weather.faults.fault import AnswerFault, RequestFault, Seconds
from redhanded.lab.weather.passage import Answer, Passage
from redhanded.lab.weather.shapes import NAMED, Chance, Shape, luck

_SEGMENT = 1400  # bytes: about what one packet carries
_TICKS = 10  # a second


class SlowHead(AnswerFault):
    """Sends the answer's headers a byte at a time, each before a read would time out."""

    code: ClassVar[str] = "E18"
    title: ClassVar[str] = "slow-loris headers"

    every: Seconds = 0.5

    def can_spoil(self, answer: Answer) -> bool:  # noqa: ARG002  the protocol's
        """Any answer has a head."""
        return True

    async def spoil(self, passage: Passage, answer: Answer) -> None:
        """Drips the head, then sends the rest."""
        passage.note(forwarded=True)
        for byte in answer.head.head.raw[:-1]:
            await passage.client.send(bytes([byte]))
            await passage.client.pause(self.every)
        await passage.relay(answer, head=answer.head.head.raw[-1:])


class Stall(AnswerFault):
    """Falls silent in the middle of the body; the rest comes after so many seconds."""

    code: ClassVar[str] = "E19"
    title: ClassVar[str] = "stall in mid-body"

    seconds: Seconds = 60.0

    async def spoil(self, passage: Passage, answer: Answer) -> None:
        """Sends half, waits, sends the rest."""
        half = len(answer.raw) // 2
        passage.note(forwarded=True, lasts=self.seconds)
        await passage.client.send(answer.head.head.raw + answer.raw[:half])
        await passage.client.pause(self.seconds)
        answer.raw = answer.raw[half:]
        await passage.relay(answer, head=b"")


class Trickle(AnswerFault):
    """Sends the body at 1 kB a second."""

    code: ClassVar[str] = "E20"
    title: ClassVar[str] = "1 kB/s"

    bytes_per_second: Annotated[int, Field(ge=1, le=10**9)] = 1000

    async def spoil(self, passage: Passage, answer: Answer) -> None:
        """Sends a tenth of a second's bytes, ten times a second."""
        passage.note(forwarded=True)
        await passage.client.send(answer.head.head.raw)
        size = max(1, self.bytes_per_second // _TICKS)
        raw, answer.raw = answer.raw, b""
        for start in range(0, len(raw), size):
            piece = raw[start : start + size]
            await passage.client.pause(len(piece) / self.bytes_per_second)
            await passage.client.send(piece)
        await passage.relay(answer, head=b"")


class Delay(RequestFault):
    """Holds the request back for three seconds."""

    code: ClassVar[str] = "E21"
    title: ClassVar[str] = "+3 s on every path"
    usual: ClassVar[Shape] = NAMED["10s"]

    seconds: Seconds = 3.0

    async def strike(self, passage: Passage) -> None:
        """Waits, then lets the request pass; a client that leaves before was never forwarded."""
        passage.note(lasts=self.seconds)
        await passage.client.pause(self.seconds)
        await passage.pass_on()


class Loss(AnswerFault):
    """Imitates 20 % packet loss: lost segments of the answer come when they are sent again."""

    code: ClassVar[str] = "E22"
    title: ClassVar[str] = "20 % packet loss"
    usual: ClassVar[Shape] = Chance(0.2)

    rate: Annotated[float, Field(gt=0, lt=1)] = 0.2
    seconds: Seconds = 0.2  # the first wait of TCP, doubled with each further loss

    def can_spoil(self, answer: Answer) -> bool:  # noqa: ARG002  the protocol's
        """Any answer has a segment that can be lost."""
        return True

    async def spoil(self, passage: Passage, answer: Answer) -> None:
        """Sends segment by segment, each after as many waits as it was lost."""
        whole = answer.head.head.raw + answer.raw
        pieces = [whole[at : at + _SEGMENT] for at in range(0, len(whole), _SEGMENT)]
        waits = [self._wait(passage, number) for number in range(len(pieces))]
        if not any(waits):  # a struck answer loses something
            waits[-1] = self.seconds
        passage.note(forwarded=True, lasts=sum(waits))
        for piece, wait in zip(pieces[:-1], waits[:-1], strict=True):
            await self._send(passage, piece, wait)
        if waits[-1]:
            await passage.client.pause(waits[-1])
        answer.raw = b""
        await passage.relay(answer, head=pieces[-1])

    async def _send(self, passage: Passage, piece: bytes, wait: float) -> None:
        if wait:
            await passage.client.pause(wait)
        await passage.client.send(piece)

    def _wait(self, passage: Passage, number: int) -> float:
        strike = passage.struck_by
        chance = luck(strike.seed, strike.rule, strike.number, salt=f"segment {number}")
        losses = int(math.log(max(chance, 1e-6), self.rate))
        return self.seconds * float(2**losses - 1)
