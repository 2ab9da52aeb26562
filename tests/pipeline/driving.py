"""Flows performed by hand: no wire, no waiting, and every effect seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import httpx2

from redhanded.pipeline.call import CALL, Call, Scope
from redhanded.pipeline.correlation import Calls
from redhanded.pipeline.drivers import run
from redhanded.pipeline.flow import Close, Consult, Effect, Fill, Flow, Read, Send, Sleep
from redhanded.pipeline.integrity import Raw
from redhanded.pipeline.origin import Origins

HOST = "http://api.test"


@dataclass(slots=True)
class FakeClock:
    """A clock that is moved by hand; the wall may be set apart from it."""

    elapsed: float = 1_000.0
    epoch: float = 1_700_000_000.0

    def monotonic(self) -> float:
        return self.elapsed

    def wall(self) -> float:
        return self.epoch

    def advance(self, seconds: float) -> None:
        """Let time pass for both."""
        self.elapsed += seconds
        self.epoch += seconds


@dataclass(slots=True)
class Driven:
    """What a flow asked for, in order, and how it ended: by a response or by an error."""

    effects: list[Effect] = field(default_factory=list)
    response: httpx2.Response | None = None
    error: BaseException | None = None

    @property
    def result(self) -> httpx2.Response:
        """The response; the flow's error is raised where it ended by one."""
        if self.error is not None:
            raise self.error
        assert self.response is not None
        return self.response

    @property
    def sends(self) -> list[Send]:
        return [effect for effect in self.effects if isinstance(effect, Send)]

    @property
    def sleeps(self) -> list[float]:
        return [effect.seconds for effect in self.effects if isinstance(effect, Sleep)]

    @property
    def closed(self) -> list[httpx2.Response]:
        return [effect.response for effect in self.effects if isinstance(effect, Close)]


def drive(flow: Flow, answers: Iterable[Any] = (), *, clock: FakeClock | None = None) -> Driven:
    """What comes of a flow whose sends are answered by these, one after the other.

    An exception is raised, a callable is given the effect, and anything else is the answer as it
    stands. A body is read as what `unread` or `response` made it of, unless the next answer is a
    `Raw` or stands in `AtRead`. A sleep moves the clock. No answer may be missing or left over.
    """
    left, driven = list(answers), Driven()

    def perform(effect: Effect) -> object:
        driven.effects.append(effect)
        match effect:
            case Send():
                assert left, f"no answer is left for request {len(driven.sends)}"
                return _answered(left.pop(0), effect)
            case Read() if left and isinstance(left[0], Raw | AtRead):
                return _answered(left.pop(0), effect)
            case Sleep(seconds=seconds) if clock:
                clock.advance(seconds)
        return _performed(effect)

    try:
        driven.response = run(flow, perform)
    except BaseException as error:  # it is the outcome: `result` raises it
        driven.error = error
        if isinstance(error, AssertionError):
            raise
    assert not left, f"{len(left)} answers were never asked for: {driven.error!r}"
    return driven


def _performed(effect: Effect) -> object:
    """What comes of an effect that needs no answer of a test's."""
    match effect:
        case Read(response=response):
            return Raw(b"".join(cast("httpx2.SyncByteStream", response.stream)))
        case Fill(response=response, content=content):
            response._content = content  # noqa: SLF001  as the drivers' own performers do
        case Close(response=response):
            response.close()
        case Consult(act=act):
            return act()
    return None


@dataclass(frozen=True, slots=True)
class AtRead:
    """An answer, or an error, for the next body rather than for the next request."""

    answer: Any


def _answered(answer: Any, effect: Effect) -> object:  # noqa: ANN401  whatever a test says
    if isinstance(answer, AtRead):
        return _answered(answer.answer, effect)
    if isinstance(answer, BaseException):
        raise answer
    return answer(effect) if callable(answer) else answer


def request(method: str = "GET", path: str = "/booking/7", **options: Any) -> httpx2.Request:  # noqa: ANN401
    """A request to the API, or to the whole address where `path` is one."""
    return httpx2.Request(method, path if "://" in path else HOST + path, **options)


def response(status: int = 200, **options: Any) -> httpx2.Response:  # noqa: ANN401
    """An answer whose body is there."""
    return httpx2.Response(status, **options)


def unread(
    status: int = 200,
    content: bytes = b"",
    headers: Sequence[tuple[str, str]] = (),
    **extensions: Any,  # noqa: ANN401
) -> httpx2.Response:
    """An answer whose body is still on the wire; headers are the given ones alone."""
    stream = httpx2.ByteStream(content)
    return httpx2.Response(status, headers=list(headers), stream=stream, extensions=extensions)


def open_call(
    asked: httpx2.Request,
    *,
    clock: FakeClock | None = None,
    scope: Scope | None = None,
    origins: Origins | None = None,
) -> Call:
    """The call that the pipeline opens for a request, and the headers of its first attempt."""
    origins = origins or Origins((clock or FakeClock()).monotonic)
    Calls(scope or Scope("4bf92f3577b34da6a3ce929d0e0e4736"), origins)(asked, at_wire)
    call: Call = asked.extensions[CALL]
    call.headers = asked.headers.raw
    return call


def at_wire(asked: httpx2.Request) -> Flow:
    """The end of every way in these tests: the request goes out."""
    answer: httpx2.Response = yield Send(asked, asked.extensions[CALL].fresh)
    return answer
