"""Scripts whose Content-Length is true and whose content coding is not sound."""

from __future__ import annotations

import gzip
import zlib

from tests.servers.raw.answers import DOCUMENT, JSON, answer
from tests.servers.raw.steps import Script

HALF = len(DOCUMENT) // 2
PIECE = bytes(1 << 16)


def coded(coding: str, body: bytes) -> Script:
    """A whole answer with this body under this Content-Encoding; the connection is kept."""
    return answer(200, body, headers=[JSON, ("Content-Encoding", coding)])


def truncated_gzip() -> Script:
    """Half of a gzip stream."""
    return _half("gzip", gzip.compress(DOCUMENT, mtime=0))


def truncated_deflate() -> Script:
    """Half of a zlib stream."""
    return _half("deflate", zlib.compress(DOCUMENT))


def truncated_brotli() -> Script:
    """Half of a Brotli stream."""
    return _half("br", brotli(DOCUMENT))


def gzip_without_checksum() -> Script:
    """Every byte of the document, but not the eight bytes that end a gzip stream."""
    return coded("gzip", gzip.compress(DOCUMENT, mtime=0)[:-8])


def gzip_with_wrong_checksum() -> Script:
    """A gzip stream of the right length whose checksum belongs to other data."""
    packed = gzip.compress(DOCUMENT, mtime=0)
    return coded("gzip", packed[:-8] + bytes(4) + packed[-4:])


def gzip_of_two_members() -> Script:
    """A legal gzip stream of two members, the halves of the document."""
    halves = (DOCUMENT[:HALF], DOCUMENT[HALF:])
    return coded("gzip", b"".join(gzip.compress(half, mtime=0) for half in halves))


def gzip_bomb(*, size_bytes: int = 100 << 20) -> Script:
    """A small gzip stream that unpacks to about so many bytes."""
    packer = zlib.compressobj(wbits=31)
    packed = [packer.compress(PIECE) for _ in range(size_bytes // len(PIECE))]
    return coded("gzip", b"".join([*packed, packer.flush()]))


def not_gzip() -> Script:
    """A plain document that says it is gzip."""
    return coded("gzip", DOCUMENT)


def unknown_coding() -> Script:
    """A document under a coding that nobody knows."""
    return coded("x-nobody-knows", DOCUMENT)


def brotli(data: bytes) -> bytes:
    """A Brotli stream that stores up to 64 KiB as they are. Source: RFC 7932, section 9.2."""
    if not 0 < len(data) <= 1 << 16:
        raise ValueError("One stored meta-block takes 1 to 65536 bytes: give it such data.")
    stored = 1 << 20 | len(data) - 1 << 4
    return stored.to_bytes(3, "little") + data + b"\x03"


def _half(coding: str, packed: bytes) -> Script:
    return coded(coding, packed[: len(packed) // 2])
