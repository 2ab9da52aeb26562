"""A request's body, read before the API reads it."""

from __future__ import annotations

import json
from typing import Any

from starlette.types import Message, Receive

from redhanded.lab.defects.wire import Passage


async def whole_body(passage: Passage) -> bytes:
    """The body of the request, which the API can have only through `again`."""
    body, more = b"", True
    while more:
        message = await passage.receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def again(body: bytes, passage: Passage) -> Receive:
    """A way in on which the body comes, and then whatever the caller does."""
    said: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return said.pop() if said else await passage.receive()

    return receive


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object that the body is; an empty one when it is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
