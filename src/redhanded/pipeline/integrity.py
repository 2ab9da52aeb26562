"""Body integrity: what the client library lets pass is caught here.

A cut gzip, deflate or brotli body with a consistent Content-Length, a close-delimited body cut
short, Content-Length beside Transfer-Encoding, and bytes after the end all arrive as a plain 200.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import httpx2

from redhanded.pipeline.call import call_of
from redhanded.pipeline.errors import BodyCorrupt, BodyTooLarge, ProtocolViolated
from redhanded.pipeline.flow import Read

try:  # an optional codec, under one of two names
    import brotli as _brotli
except ImportError:
    try:
        import brotlicffi as _brotli
    except ImportError:
        _brotli = None

if TYPE_CHECKING:
    from redhanded.pipeline.flow import Flow, Proceed

_GZIP_MAGIC = b"\x1f\x8b"
_ZLIB_METHOD = 8


class Raw(NamedTuple):
    """A whole body as it came over the wire, and what the server sent after its end."""

    content: bytes
    trailing: bytes = b""


@dataclass(frozen=True, slots=True)
class Integrity:
    """Reads the body to its end, unless the call streams, and refuses one that is not whole."""

    limit: int

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        response = yield from proceed(request)
        call = call_of(request)
        call.raw_headers = response.headers.raw
        if call.streams:
            return response
        raw = yield Read(response, self.limit)
        names = {name.lower() for name, _ in call.raw_headers}
        if raw.trailing or b"content-length" not in names or b"transfer-encoding" in names:
            call.notes.extend(_check_frame(request, response, raw))
        if b"content-digest" in names:
            _check_digest(response.headers["content-digest"], raw.content, request)
        if b"content-encoding" in names:
            coding = response.headers["content-encoding"]
            content = _check_coding(coding, raw.content, self.limit, request)
            response.stream = httpx2.ByteStream(content)
            response.read()
        return response


def _check_frame(request: httpx2.Request, response: httpx2.Response, raw: Raw) -> list[str]:
    """Notes on a weak frame; ProtocolViolated where two lengths are claimed or bytes are left."""
    headers = response.headers
    chunked = "transfer-encoding" in headers
    if chunked and "content-length" in headers:
        message = (
            "the answer carries Content-Length and Transfer-Encoding at once, which lets two "
            "readers see two different bodies (RFC 9112, section 6.3)"
        )
        raise ProtocolViolated(message, request=request)
    if raw.trailing:
        message = (
            f"the server sent {len(raw.trailing)} bytes after the end of its answer, "
            f"beginning with {raw.trailing[:20]!r}"
        )
        raise ProtocolViolated(message, request=request)
    if chunked or not raw.content or response.http_version == "HTTP/2":
        return []
    return [_check_close_delimited(request, headers, raw.content)]


def _check_close_delimited(
    request: httpx2.Request, headers: httpx2.Headers, content: bytes
) -> str:
    """A note that only the end of the connection marks the end; BodyCorrupt if JSON stops short."""
    if re.match(r"application/([\w.+-]+\+)?json", headers.get("content-type", "")):
        try:
            json.loads(content)
        except ValueError:
            message = (
                f"the JSON stops short after {len(content)} bytes, and the answer names no length"
            )
            raise BodyCorrupt(message, request=request) from None
    return "weak frame: only the end of the connection marks the end of the body"


def _check_coding(encoding: str, content: bytes, limit: int, request: httpx2.Request) -> bytes:
    """The encoded body, proven whole; a gzip of several members as one, else the rest is lost."""
    coding = encoding.strip().lower()
    if not content:
        return content
    if coding in ("gzip", "x-gzip"):
        return _whole_gzip(content, limit, request)
    if coding == "deflate":
        # RFC 9110 means a zlib stream; many servers send a raw one, and clients accept both.
        wbits = zlib.MAX_WBITS if content[0] & 0x0F == _ZLIB_METHOD else -zlib.MAX_WBITS
        _inflate(wbits, content, limit, request)
        return content
    if coding == "br":
        _check_brotli(content, limit, request)
    _check_size(encoding, content, limit, request)
    return content


def _whole_gzip(content: bytes, limit: int, request: httpx2.Request) -> bytes:
    decoded, rest, members = b"", content, 0
    while rest:
        if members and not rest.startswith(_GZIP_MAGIC):
            message = f"{len(rest)} bytes follow the end of the gzip stream"
            raise BodyCorrupt(message, request=request)
        member, rest = _inflate(zlib.MAX_WBITS | 16, rest, limit - len(decoded), request)
        decoded, members = decoded + member, members + 1
    if members == 1:
        return content
    # RFC 1952 allows several members, the client library decodes only the first.
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(decoded) + packer.flush()


def _inflate(
    wbits: int, content: bytes, room: int, request: httpx2.Request
) -> tuple[bytes, bytes]:
    """The decoded stream and what follows its end."""
    codec = zlib.decompressobj(wbits)
    try:
        decoded = codec.decompress(content, room + 1)
    except zlib.error as error:
        raise _corrupt(f"the compressed body is corrupt: {error}", request) from error
    if len(decoded) > room:
        raise _too_large(request)
    if not codec.eof:
        raise _cut(content, request)
    return decoded, codec.unused_data


def _check_brotli(content: bytes, limit: int, request: httpx2.Request) -> None:
    if _brotli is None:
        return  # then httpx2 neither asks for it nor decodes it
    codec = _brotli.Decompressor()
    try:
        size = len(codec.process(content, output_buffer_limit=limit + 1))
    except _brotli.error as error:
        raise _corrupt(f"the compressed body is corrupt: {error}", request) from error
    if size > limit:
        raise _too_large(request)
    if not codec.is_finished():
        raise _cut(content, request)


def _check_size(encoding: str, content: bytes, limit: int, request: httpx2.Request) -> None:
    """BodyTooLarge before the client library would decode all of it at once."""
    trial = httpx2.Response(
        200, headers={"content-encoding": encoding}, stream=httpx2.ByteStream(content)
    )
    size = 0
    for piece in trial.iter_bytes():
        size += len(piece)
        if size > limit:
            raise _too_large(request)


def _corrupt(message: str, request: httpx2.Request) -> BodyCorrupt:
    return BodyCorrupt(message, request=request)


def _cut(content: bytes, request: httpx2.Request) -> BodyCorrupt:
    message = f"the compressed body stops short: {len(content)} bytes came, the stream has no end"
    return BodyCorrupt(message, request=request)


def _too_large(request: httpx2.Request) -> BodyTooLarge:
    message = "the decoded body is larger than body_limit; raise body_limit if that is meant"
    return BodyTooLarge(message, request=request)


_DIGESTS = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


def _check_digest(field: str, content: bytes, request: httpx2.Request) -> None:
    """BodyCorrupt where a Content-Digest (RFC 9530) contradicts the content."""
    for name, value in re.findall(r"([\w-]+)=:([A-Za-z0-9+/=]*):", field):
        algorithm = _DIGESTS.get(name)
        if algorithm and algorithm(content).digest() != b64decode(value):
            message = f"the content does not match its own Content-Digest ({name})"
            raise BodyCorrupt(message, request=request)
