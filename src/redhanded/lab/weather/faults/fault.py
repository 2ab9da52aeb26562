"""What a fault is: a code of the catalogue, its parameters, and what it does."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from redhanded.lab.weather.passage import Answer, Passage
from redhanded.lab.weather.shapes import NAMED, Shape

Seconds: TypeAlias = Annotated[float, Field(gt=0, le=86400)]


class Fault(BaseModel, ABC):
    """A weather; its fields are its parameters."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True
    )

    code: ClassVar[str]
    title: ClassVar[str]
    usual: ClassVar[Shape] = NAMED["once"]  # where a rule names no shape
    needs_tls: ClassVar[bool] = False
    needs_http2: ClassVar[bool] = False

    @classmethod
    def lacks(cls) -> str | None:
        """What this machine would need for it, where it has not."""
        return None

    @classmethod
    def how(cls) -> str:
        """What it does, in a sentence."""
        return inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0].replace("\n", " ")


class RequestFault(Fault):
    """A fault that strikes one request."""

    def concerns(self, passage: Passage) -> bool:
        """Whether it could strike this request; others are not counted."""
        return passage.request.method != "CONNECT"  # which the upstream never sees

    def held_by(self, passage: Passage) -> int | None:  # noqa: ARG002  for those that last
        """The number of an earlier strike under which this request still stands."""
        return None

    @abstractmethod
    async def strike(self, passage: Passage) -> None:
        """Does it, and notes it where the client can notice."""


class AnswerFault(RequestFault):
    """A fault that spoils the upstream's answer; one that cannot be spoiled passes as it is."""

    async def strike(self, passage: Passage) -> None:
        """Forwards the request and spoils what comes back."""
        answer = await passage.forward()
        if await answer.load() and self.can_spoil(answer):
            await self.spoil(passage, answer)
        else:
            await passage.relay(answer)

    def can_spoil(self, answer: Answer) -> bool:
        """Whether a client could tell this answer from a whole one."""
        return len(answer.contents) > 1

    @abstractmethod
    async def spoil(self, passage: Passage, answer: Answer) -> None:
        """Notes the fault and gives the client what is left of the answer."""
