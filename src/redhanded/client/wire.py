"""The wire: all that redhanded takes from httpx2's less public parts stands here.

That is the parser's left-over bytes and the content of a response. A contract test holds each
against the release in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2


def trailing_bytes(core: Any) -> bytes:  # noqa: ANN401  httpcore2's stream has no public name
    """What the server had sent after the end of a body, where the parser still holds it.

    Ask after the last byte was read and before the stream is closed.
    """
    try:
        data: bytes = core._stream._connection._h11_state.trailing_data[0]  # noqa: SLF001
    except AttributeError:  # HTTP/2, where every byte belongs to a stream
        return b""
    return data


def consume(response: httpx2.Response, content: bytes) -> None:
    """Make this the content of a response, as it came, and mark it as read.

    `response.read()` would run the same bytes through four generators; that is 4 % of a call.
    """
    response.is_stream_consumed = response.is_closed = True
    response._num_bytes_downloaded = len(content)  # noqa: SLF001  no public way in 2.16
    response._content = content  # noqa: SLF001


def fill(response: httpx2.Response, content: bytes) -> None:
    """Make this the content of a response that was read before."""
    response._content = content  # noqa: SLF001  no public way in 2.16


def peer(response: httpx2.Response) -> str:
    """The address that answered, such as `127.0.0.1:8000`; empty where there is no socket."""
    peer: str = getattr(response.extensions.get("network_stream"), "peer", "")
    return peer
