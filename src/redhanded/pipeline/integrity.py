"""Body integrity: what the client library lets pass is caught here.

A cut gzip, deflate or brotli body with a consistent Content-Length, a close-delimited body cut
short, Content-Length beside Transfer-Encoding, and bytes after the end all arrive as a plain 200.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from redhanded.core.attempt import Phase
from redhanded.pipeline.call import CALL
from redhanded.pipeline.codings import undone
from redhanded.pipeline.errors import BodyCorrupt, ProtocolViolated
from redhanded.pipeline.flow import Fill, Read

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    import httpx2

    from redhanded.pipeline.call import Call
    from redhanded.pipeline.flow import Flow, Proceed

_WEAK = "weak frame: only the end of the connection marks the end of the body"


class Raw(NamedTuple):
    """A whole body as it came over the wire, and what the server sent after its end."""

    content: bytes
    trailing: bytes = b""


@dataclass(frozen=True, slots=True)
class Integrity:
    """Reads the body to its end, unless the call streams, and refuses one that is not whole."""

    limit: int

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response, whose body was read and is whole."""
        response = yield from proceed(request)
        call: Call = request.extensions[CALL]
        call.answer, timeline = response, call.timeline
        timeline.answer()
        if call.streams:
            return response
        headers = timeline.received or response.headers.raw
        names = {name.lower() for name, _ in headers}
        is_coded = b"content-encoding" in names
        raw = yield Read(response, self.limit + self._frame() if is_coded else self.limit)
        timeline.begin(Phase.DONE)
        content = raw.content
        if raw.trailing or b"transfer-encoding" in names:
            _check_frame(names, raw)
        if b"content-digest" in names and content:
            _check_digest(response.headers["content-digest"], content)
        if is_coded:
            content = self._decoded(response, content, call)
            yield Fill(response, content)
        if b"content-length" not in names and content and _is_close_delimited(response, names):
            _check_close_delimited(response.headers.get("content-type", ""), content)
            call.note(_WEAK)
        return response

    def _frame(self) -> int:
        """What a coding may add to a content of that size that it cannot make any smaller."""
        return 1024 + self.limit // 64

    def _decoded(self, response: httpx2.Response, content: bytes, call: Call) -> bytes:
        decoded, unknown = undone(response.headers["content-encoding"], content, self.limit)
        if unknown:
            call.note(f"content coding {unknown!r} is unknown here: the body is as it came")
        return decoded


def _check_frame(names: AbstractSet[bytes], raw: Raw) -> None:
    """ProtocolViolated where two lengths are claimed, or bytes follow the end."""
    if b"transfer-encoding" in names and b"content-length" in names:
        raise ProtocolViolated(
            "the answer carries Content-Length and Transfer-Encoding at once, which lets two "
            "readers see two different bodies (RFC 9112, section 6.3)"
        )
    if raw.trailing:
        raise ProtocolViolated(
            f"the server sent {len(raw.trailing)} bytes after the end of its answer, "
            f"beginning with {raw.trailing[:20]!r}"
        )


def _is_close_delimited(response: httpx2.Response, names: AbstractSet[bytes]) -> bool:
    return b"transfer-encoding" not in names and response.http_version != "HTTP/2"


def _check_close_delimited(content_type: str, content: bytes) -> None:
    """BodyCorrupt where JSON stops short: nothing else shows that such a body was cut."""
    if _is_json(content_type) and _stops_short(content):
        raise BodyCorrupt(
            f"the JSON stops short after {len(content)} bytes, and the answer names no length"
        )


def _is_json(content_type: str) -> bool:
    media = content_type.partition(";")[0].strip().lower()
    return media == "application/json" or media.endswith("+json")


def _stops_short(content: bytes) -> bool:
    """Whether the text ends before its JSON does; JSON that is wrong in itself does not."""
    try:
        json.loads(content)
    except json.JSONDecodeError as error:
        rest = error.doc[error.pos :].rstrip()
        unended = error.msg.startswith("Unterminated")
        return unended or (error.msg != "Extra data" and _may_go_on(rest))
    except UnicodeDecodeError as error:
        return error.end == len(content)
    except RecursionError:
        pass
    return False


_NUMBER_OR_ESCAPE = re.compile(r"[.eE+-][0-9.eE+-]*|\\?u[0-9a-fA-F]{0,4}")
_WORDS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")


def _may_go_on(rest: str) -> bool:
    """Whether more bytes could have made a value of what is left."""
    is_begun = any(word.startswith(rest) for word in _WORDS)
    return is_begun or _NUMBER_OR_ESCAPE.fullmatch(rest) is not None


_DIGESTS = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


def _check_digest(field: str, content: bytes) -> None:
    """BodyCorrupt where a Content-Digest (RFC 9530) contradicts the content."""
    for name, value in re.findall(r"([\w-]+)\s*=\s*:([A-Za-z0-9+/=]*):", field):
        algorithm = _DIGESTS.get(name.lower())
        if algorithm and algorithm(content).digest() != _bytes(value):
            raise BodyCorrupt(f"the content does not match its own Content-Digest ({name})")


def _bytes(value: str) -> bytes:
    try:
        return b64decode(value)
    except NotBase64:
        return b""
