"""Scripts that keep to the protocol, and the bytes that the others spoil."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime

from tests.servers.raw.steps import Close, Read, Reply, Script, Send
from tests.servers.raw.wire import Received

Headers = Iterable[tuple[str, str]]

JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html; charset=utf-8")
DOCUMENT = json.dumps([{"id": number, "name": f"item {number}"} for number in range(200)]).encode()


def head(status: int = 200, *, headers: Headers = (JSON,)) -> bytes:
    """A status line and these headers, with the empty line after them."""
    lines = [f"HTTP/1.1 {status} Scripted", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def message(status: int = 200, body: bytes = DOCUMENT, *, headers: Headers = (JSON,)) -> bytes:
    """A whole message whose Content-Length tells the truth."""
    return head(status, headers=[*headers, ("Content-Length", str(len(body)))]) + body


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body; of no data, the last one."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def answer(status: int = 200, body: bytes = DOCUMENT, *, headers: Headers = (JSON,)) -> Script:
    """Reads a request, answers it whole (HEAD without the body), keeps the connection."""
    whole = message(status, body, headers=headers)
    bare = whole[: len(whole) - len(body)]
    return reply(lambda request: bare if request.method == "HEAD" else whole)


def answer_json(value: object, status: int = 200, *, headers: Headers = (JSON,)) -> Script:
    """`answer` with the value as JSON."""
    return answer(status, json.dumps(value).encode(), headers=headers)


def reply(make: Callable[[Received], bytes]) -> Script:
    """Reads a request, sends what the function makes of it, keeps the connection."""
    return (Reply(make),)


def exactly(data: bytes) -> Script:
    """Reads a request, sends these bytes and closes."""
    return (Read(), Send(data), Close())


def chunked(*chunks: bytes, headers: Headers = (JSON,)) -> Script:
    """A whole chunked body."""
    coded = head(headers=[*headers, ("Transfer-Encoding", "chunked")])
    return (Read(), Send(coded + b"".join(chunk(data) for data in (*chunks, b""))))


def close_delimited(body: bytes = DOCUMENT, *, headers: Headers = (JSON,)) -> Script:
    """A whole body that ends where the connection does."""
    return exactly(head(headers=headers) + body)


def redirect(location: str, status: int = 302) -> Script:
    """Sends the client elsewhere."""
    return answer(status, b"", headers=[("Location", location)])


def redirect_loop() -> Script:
    """Sends the client to where it already is."""
    return reply(lambda request: message(302, b"", headers=[("Location", request.target)]))


def dated(moment: datetime, status: int = 200, body: bytes = DOCUMENT) -> Script:
    """A whole answer whose Date is this moment, which must know its zone, in whole seconds."""
    return answer(status, body, headers=[JSON, ("Date", format_datetime(moment, usegmt=True))])
