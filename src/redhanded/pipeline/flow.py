"""Effects, flows and their composition: the vocabulary in which every policy is written.

A policy is a generator. It yields effects, is sent their answers, and returns a response. It has
no I/O and knows neither sync nor async: `redhanded.pipeline.drivers` performs the effects, once
blocking and once awaiting.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any, Protocol, TypeAlias

from httpx2 import Request, Response


@dataclass(frozen=True, slots=True)
class Send:
    """Put a request on the wire; answered with a response whose body is unread.

    `fresh` asks for a connection that has carried nothing before.
    """

    request: Request
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """Take in the whole body, at most `limit` bytes; answered with its raw, still encoded bytes."""

    response: Response
    limit: int


@dataclass(frozen=True, slots=True)
class Fill:
    """Make this the content of a response whose body was read; answered with None."""

    response: Response
    content: bytes


@dataclass(frozen=True, slots=True)
class Sleep:
    """Let time pass; answered with None."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Close:
    """Let go of a response that nobody will read on; answered with None."""

    response: Response


@dataclass(frozen=True, slots=True)
class Consult:
    """Do something that may wait for a network, though not for the API; answered with its result.

    A flow that is cancelled meanwhile may never hear the result, and the act is done all the same.
    """

    act: Callable[[], object]


Effect: TypeAlias = Send | Read | Fill | Sleep | Close | Consult
Flow: TypeAlias = Generator[Effect, Any, Response]
Proceed: TypeAlias = Callable[[Request], Flow]


class Policy(Protocol):
    """One concern around a call; it goes on by `yield from proceed(request)`."""

    def __call__(self, request: Request, proceed: Proceed) -> Flow:
        """The response that the rest of the pipeline sees for this request."""
        ...


def _around(proceed: Proceed, policy: Policy) -> Proceed:
    return partial(policy.__call__, proceed=proceed)


def compose(*policies: Policy, last: Proceed) -> Proceed:
    """One `proceed` that runs the policies from the first, outermost, to `last`, at the wire."""
    return reduce(_around, reversed(policies), last)
