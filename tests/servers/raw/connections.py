"""Scripts that mistreat the connection itself."""

from __future__ import annotations

import threading

from tests.servers.raw.answers import DOCUMENT, answer, exactly, message
from tests.servers.raw.steps import AwaitBytes, Close, Read, Reset, Script, Send, Stall

HALF = len(DOCUMENT) // 2


def close_on_accept() -> Script:
    """Closes before it reads anything."""
    return (Close(),)


def reset_on_accept() -> Script:
    """Resets before it reads anything."""
    return (Reset(),)


def reset_in_request() -> Script:
    """Resets at the first bytes of a request; on a plain server asked by https, of a handshake."""
    return (AwaitBytes(), Reset())


def reset_after_request() -> Script:
    """Reads the request, so that it may have been obeyed, and resets."""
    return (Read(), Reset())


def reset_in_body(until: threading.Event | None = None) -> Script:
    """Sends half of the promised body and resets, once the event is set where there is one.

    Without the event, some systems drop what the client has not read by then.
    """
    half: Script = (Read(), Send(message()[:-HALF]))
    return (*half, Reset()) if until is None else (*half, Stall(until), Reset())


def no_answer() -> Script:
    """Reads the request and closes in order without a byte."""
    return (Read(), Close())


def silent() -> Script:
    """Reads a request and never answers."""
    return (Read(), Stall())


def black_hole() -> Script:
    """Accepts, reads nothing, says nothing: over https, a handshake that never ends."""
    return (Stall(),)


def garbage(data: bytes = b"SSH-2.0-OpenSSH_9.9\r\n") -> Script:
    """Answers a request in a language that is not HTTP."""
    return exactly(data)


def answer_then_close(status: int = 200, body: bytes = DOCUMENT) -> Script:
    """A whole answer that says nothing about the connection, which closes right after."""
    return (*answer(status, body), Close())


def keep_alive_race() -> Script:
    """Answers a request, reads the next one of the connection, closes in order without a byte."""
    return (*answer(), Read(), Close())


def keep_alive_reset() -> Script:
    """Answers a request and resets at the first bytes of the next one, unread."""
    return (*answer(), AwaitBytes(), Reset())


def late_answer(until: threading.Event | None = None, *, seconds: float = 30.0) -> Script:
    """A whole answer, once the event is set or the seconds are over."""
    return (Read(), Stall(until, seconds), Send(message()))
