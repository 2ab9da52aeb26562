"""Content codings, undone strictly: each must come to its own end, and nothing may follow it.

The client library takes a stream that was cut for a whole one, and reads only the first member of
a gzip stream of several, which RFC 1952 allows.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias

import httpx2

from redhanded.pipeline.errors import BodyCorrupt, BodyTooLarge

MOST_CODINGS = 5
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WBITS = zlib.MAX_WBITS | 16
_PIECE = 1 << 14  # bytes handed to a codec at once; what it leaves over is copied


class Undone(NamedTuple):
    """A content without its codings, and the coding that stopped the way; "" where none did."""

    content: bytes
    unknown: str = ""


def undone(header: str, content: bytes, limit: int) -> Undone:
    """The content without the codings that its Content-Encoding names, the last one first.

    Raises BodyCorrupt where a coding is cut, altered or followed by more, and BodyTooLarge above
    `limit` bytes.
    """
    names = [name.strip().lower() for name in header.split(",")]
    codings = [name for name in names if name not in ("", "identity")]
    if len(codings) > MOST_CODINGS:
        raise BodyCorrupt(f"the answer names {len(codings)} content codings, one upon the other")
    for coding in reversed(codings):
        undo = _CODECS.get(coding)
        if undo is None:
            return Undone(content, coding)
        content = undo(content, limit) if content else content
    return Undone(content)


def _gzip(content: bytes, limit: int) -> bytes:
    members: list[bytes] = []
    view, at, room = memoryview(content), 0, limit
    while at < len(content):
        if members and not content.startswith(_GZIP_MAGIC, at):
            raise BodyCorrupt(f"{len(content) - at} bytes follow the end of the gzip stream")
        member, at = _inflated(_GZIP_WBITS, view, at, room)
        members.append(member)
        room -= len(member)
    return b"".join(members)


def _deflate(content: bytes, limit: int) -> bytes:
    # RFC 9110 means a zlib stream; many servers send a raw one, and clients accept both.
    wbits = zlib.MAX_WBITS if _has_zlib_header(content) else -zlib.MAX_WBITS
    decoded, end = _inflated(wbits, memoryview(content), 0, limit)
    if end < len(content):
        raise BodyCorrupt(f"{len(content) - end} bytes follow the end of the deflate stream")
    return decoded


def _has_zlib_header(content: bytes) -> bool:
    """Whether the first two bytes are those of RFC 1950: method 8, and a multiple of 31."""
    return content[0] & 0x0F == 8 and int.from_bytes(content[:2], "big") % 31 == 0


def _inflated(wbits: int, view: memoryview, at: int, room: int) -> tuple[bytes, int]:
    """One stream that begins at a position, decoded, and the position after its end."""
    codec, decoded = zlib.decompressobj(wbits), bytearray()
    while not codec.eof:
        if at == len(view):
            raise _cut(len(view))
        piece = view[at : at + _PIECE]
        try:
            decoded += codec.decompress(piece, room - len(decoded) + 1)
        except zlib.error as error:
            raise BodyCorrupt(f"the compressed body is corrupt: {error}") from error
        if len(decoded) > room:
            raise too_large(room)
        at += len(piece) - len(codec.unused_data)
    return bytes(decoded), at


def _brotli(library: Any, content: bytes, limit: int) -> bytes:  # noqa: ANN401  has no types
    codec, decoded, rest = library.Decompressor(), bytearray(), content
    try:
        while piece := codec.process(rest, output_buffer_limit=limit - len(decoded) + 1):
            decoded += piece
            rest = b""
            if len(decoded) > limit:
                raise too_large(limit)
    except library.error as error:
        raise BodyCorrupt(f"the compressed body is corrupt: {error}") from error
    if not codec.is_finished():
        raise _cut(len(content))
    return bytes(decoded)


def _zstd(content: bytes, limit: int) -> bytes:
    """The client library's own decoder, which does refuse a stream that was cut."""
    headers = {"content-encoding": "zstd"}
    trial = httpx2.Response(200, headers=headers, stream=httpx2.ByteStream(content))
    decoded = bytearray()
    for piece in trial.iter_bytes():
        decoded += piece
        if len(decoded) > limit:
            raise too_large(limit)
    return bytes(decoded)


def _cut(size: int) -> BodyCorrupt:
    return BodyCorrupt(f"the compressed body stops short: {size} bytes came and its end did not")


def too_large(limit: int) -> BodyTooLarge:
    """The error of a body that outgrew the cap."""
    return BodyTooLarge(
        f"the body is larger than body_limit ({limit} bytes): raise body_limit if that is meant"
    )


_Codec: TypeAlias = Callable[[bytes, int], bytes]
_CODECS: dict[str, _Codec] = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate}
# Optional codecs: offered to servers by the client library only where they are installed.
for _name in ("brotlicffi", "brotli"):
    with suppress(ImportError):
        _CODECS["br"] = partial(_brotli, import_module(_name))
with suppress(ImportError):
    import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    _CODECS["zstd"] = _zstd
