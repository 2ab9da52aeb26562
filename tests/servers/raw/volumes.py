"""Scripts that send too much, or too slowly."""

from __future__ import annotations

import threading

from tests.servers.raw.answers import DOCUMENT, JSON, Headers, answer, chunk, head, message
from tests.servers.raw.steps import Close, Drip, Flood, Read, Script, Send, Stall

PIECE = b"x" * (1 << 16)
ENDLESS = 1 << 14  # pieces, a gigabyte: more than a client may take, and still an end
HALF = len(DOCUMENT) // 2


def huge_body(*, size_bytes: int = 100_000_000) -> Script:
    """A body of so many bytes, promised and delivered."""
    times, rest = divmod(size_bytes, len(PIECE))
    sized = head(headers=[JSON, ("Content-Length", str(size_bytes))])
    return (Read(), Send(sized), Flood(PIECE, times), Send(PIECE[:rest]))


def endless_body() -> Script:
    """A body without a length that goes on until the client hangs up."""
    return (Read(), Send(head()), Flood(PIECE, ENDLESS), Close())


def endless_chunks() -> Script:
    """A chunked body that goes on until the client hangs up."""
    start = head(headers=[JSON, ("Transfer-Encoding", "chunked")])
    return (Read(), Send(start), Flood(chunk(PIECE), ENDLESS), Close())


def endless_headers() -> Script:
    """Headers that go on until the client hangs up."""
    lines = b"".join(b"X-More-%d: %s\r\n" % (number, PIECE[:90]) for number in range(600))
    return (Read(), Send(b"HTTP/1.1 200 OK\r\n"), Flood(lines, ENDLESS), Close())


def header_bomb(*, count: int = 10_000, size_bytes: int = 100) -> Script:
    """A whole answer with so many headers of so many bytes each."""
    bomb: Headers = ((f"X-Bomb-{number}", "x" * size_bytes) for number in range(count))
    return answer(headers=[JSON, *bomb])


def slow_headers(*, every: float = 0.02) -> Script:
    """A whole answer whose headers come a byte at a time, so many seconds apart."""
    whole = message()
    start = len(whole) - len(DOCUMENT)
    return (Read(), Drip(whole[:start], every=every), Send(DOCUMENT))


def slow_body(*, size: int = 1, every: float = 0.02) -> Script:
    """A whole answer whose body comes a few bytes at a time, so many seconds apart.

    By default it takes two minutes, which is longer than its connection may live.
    """
    whole = message()
    start = len(whole) - len(DOCUMENT)
    return (Read(), Send(whole[:start]), Drip(DOCUMENT, size, every))


def stall_in_body(until: threading.Event | None = None) -> Script:
    """Half of the body, then nothing until the event is set, then the other half."""
    whole = message()
    return (Read(), Send(whole[:-HALF]), Stall(until), Send(whole[-HALF:]))
