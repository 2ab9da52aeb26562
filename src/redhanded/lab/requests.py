"""Reading a request body: size, media type and syntax, before its content is looked at."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from email.message import Message
from typing import Any, NoReturn

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from redhanded.lab.problems import Kind, ProblemError

LARGEST_BODY = 1024 * 1024
# A caller that is refused in the middle of sending gets a reset instead of the answer, so a little
# more than the largest body is read and thrown away.
_LARGEST_READ = 16 * LARGEST_BODY


class CheckedRequest(Request):
    """A request whose body is small enough, of the right media type and strictly JSON."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The parts of the body, or a 413 problem once it has been read."""
        size = 0
        async for part in super().stream():
            size += len(part)
            if size > _LARGEST_READ:
                break
            if size <= LARGEST_BODY:
                yield part
        if size > LARGEST_BODY:
            raise ProblemError(Kind.TOO_LARGE, f"Send at most {LARGEST_BODY} bytes.")

    async def raw(self) -> bytes:
        """The whole body, whatever its media type."""
        return await super().body()

    async def body(self) -> bytes:
        """The whole body, or a 415 problem when there is one and it is not JSON."""
        body = await self.raw()
        if body and not _is_json(self.headers.get("content-type", "")):
            raise ProblemError(
                Kind.UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json in UTF-8."
            )
        return body

    async def json(self) -> Any:  # noqa: ANN401 - the framework's own signature
        """The parsed body, or a 400 problem."""
        return parse(await self.body())


class CheckedRoute(APIRoute):
    """A route that reads its body through a `CheckedRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler behind the checks."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            return await handle(CheckedRequest(request.scope, request.receive))

        return checked


def parse(body: bytes) -> object:
    """The JSON value of a body; NaN, repeated names, bad UTF-8 and bottomless nesting are a 400."""
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ProblemError(Kind.MALFORMED, f"The body is not JSON: {reason}.") from error


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same name twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _is_json(content_type: str) -> bool:
    header = Message()
    header["content-type"] = content_type
    charset = str(header.get_param("charset", "utf-8")).lower()
    return header.get_content_type() == "application/json" and charset in {"utf-8", "utf8"}
