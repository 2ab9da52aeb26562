"""HTTP/1.1 as it stands on the wire: heads are read, and every byte is kept as it came.

A parser that corrects or refuses would hide what a broken server does, so this one only finds out
where a message ends. What it cannot make sense of goes on to the end of the connection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

LONGEST_HEAD = 1 << 20  # bytes
_BODILESS = frozenset({204, 304})
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/1\.[01]")
_ABSOLUTE = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})(?: .*)?")


class NotHTTP(Exception):
    """Bytes that are no head of a message."""


class Measure(Protocol):
    """Knows where a body ends."""

    @property
    def is_over(self) -> bool:
        """Whether all of the body has been seen."""
        ...

    def take(self, data: bytearray) -> int:
        """How many of these next bytes belong to the body."""
        ...


@dataclass(slots=True)
class Counted:
    """A body of so many bytes."""

    left: int

    @property
    def is_over(self) -> bool:
        """Whether all of the body has been seen."""
        return self.left == 0

    def take(self, data: bytearray) -> int:
        """How many of these next bytes belong to the body."""
        taken = min(self.left, len(data))
        self.left -= taken
        return taken


@dataclass(slots=True)
class UntilTheEnd:
    """A body that ends where the connection does."""

    is_over: bool = False

    def take(self, data: bytearray) -> int:
        """How many of these next bytes belong to the body."""
        return len(data)


@dataclass(slots=True)
class Chunked:
    """A chunked body; one that is not well formed lasts to the end of the connection."""

    is_over: bool = False
    _left: int = 0  # bytes of the chunk and its line end that are still to come
    _line: bytes = b""  # what has come of a line
    _is_last: bool = False
    _is_broken: bool = False

    def take(self, data: bytearray) -> int:
        """How many of these next bytes belong to the body."""
        at = 0
        while at < len(data) and not self.is_over:
            if self._is_broken:
                return len(data)
            at += self._skip(data, at) if self._left else self._read_line(data, at)
        return at

    def _skip(self, data: bytearray, at: int) -> int:
        skipped = min(self._left, len(data) - at)
        self._left -= skipped
        return skipped

    def _read_line(self, data: bytearray, at: int) -> int:
        end = data.find(b"\n", at)
        stop = len(data) if end < 0 else end + 1
        self._line += data[at:stop]
        if end >= 0:
            self._heed(self._line.strip(b"\r\n"))
            self._line = b""
        return stop - at

    def _heed(self, line: bytes) -> None:
        if self._is_last:  # trailers, and then an empty line
            self.is_over = not line
            return
        try:
            size = int(line.partition(b";")[0].strip(), 16)
        except ValueError:
            self._is_broken = True
            return
        self._is_last = size == 0
        self._left = size + 2 if size else 0


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a message: its bytes, and its fields by names in lower case."""

    raw: bytes
    start: bytes
    fields: tuple[tuple[bytes, bytes], ...]

    def get(self, name: str) -> str | None:
        """The first value of this field."""
        wanted = name.lower().encode("latin-1")
        for found, value in self.fields:
            if found == wanted:
                return value.decode("latin-1")
        return None

    def lists(self, name: str, token: str) -> bool:
        """Whether one of the field's values lists the token."""
        wanted = name.lower().encode("latin-1")
        tokens = (value.lower().split(b",") for found, value in self.fields if found == wanted)
        return token.lower().encode("latin-1") in {each.strip() for row in tokens for each in row}

    def rewritten(self, **fields: str | None) -> bytes:
        """The head's bytes with other values: None takes a field away, underscores are dashes."""
        new = {name.replace("_", "-").lower(): value for name, value in fields.items()}
        lines = self.raw.rstrip(b"\r\n").split(b"\r\n")
        kept = [line for line in lines[1:] if _name_of(line) not in new]
        made = [
            f"{name.title()}: {value}".encode("latin-1") for name, value in new.items() if value
        ]
        return b"\r\n".join([lines[0], *kept, *made, b"", b""])

    def _length(self) -> int | None:
        value = self.get("content-length")
        return int(value) if value and value.isascii() and value.isdigit() else None


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request."""

    head: Head
    method: str
    target: str

    @classmethod
    def parse(cls, raw: bytes) -> Request:
        """The request that these bytes are.

        Raises NotHTTP when they are none.
        """
        head = _parse(raw)
        match = _REQUEST_LINE.fullmatch(head.start)
        if not match:
            raise NotHTTP(head.start[:80])
        return cls(head, match[1].decode(), match[2].decode("latin-1"))

    @property
    def path(self) -> str:
        """The path without the query, also of a target in absolute form."""
        return _ABSOLUTE.sub("", self.target).partition("?")[0] or "/"

    @property
    def episode(self) -> str | None:
        """What the caller calls the episode that the request is part of."""
        return self.head.get("x-episode")

    @property
    def trace_id(self) -> str | None:
        """The trace that the request is part of. Source: W3C Trace Context, section 3.2."""
        found = re.fullmatch(r"[0-9a-f]{2}-([0-9a-f]{32})-.+", self.head.get("traceparent") or "")
        return found[1] if found else None

    @property
    def wants_to_continue(self) -> bool:
        """Whether the client waits for leave before it sends the body."""
        return self.head.lists("expect", "100-continue")

    @property
    def authority(self) -> str | None:
        """Where a client that speaks to a proxy wants to go. Source: RFC 9112, section 3.2."""
        if self.method == "CONNECT":
            return self.target
        found = _ABSOLUTE.match(self.target)
        return found[1] if found else None

    def for_servers(self) -> bytes:
        """The head's bytes; those of a request to a proxy as the proxy sends it on."""
        if self.authority is None:
            return self.head.raw
        target = _ABSOLUTE.sub("", self.target) or "/"
        origin = target if target.startswith("/") else f"/{target}"
        line, _, rest = self.head.rewritten(
            proxy_authorization=None, proxy_connection=None
        ).partition(b"\r\n")
        version = line.rpartition(b" ")[2]
        return b" ".join([self.method.encode(), origin.encode("latin-1"), version]) + b"\r\n" + rest

    def body(self) -> Measure:
        """Where the body ends. Source: RFC 9112, section 6.3."""
        if self.head.lists("transfer-encoding", "chunked"):
            return Chunked()
        return Counted(self.head._length() or 0)  # noqa: SLF001  the same module


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """The head of an answer."""

    head: Head
    status: int

    @classmethod
    def parse(cls, raw: bytes) -> AnswerHead:
        """The head of an answer that these bytes are.

        Raises NotHTTP when they are none.
        """
        head = _parse(raw)
        match = _STATUS_LINE.fullmatch(head.start)
        if not match:
            raise NotHTTP(head.start[:80])
        return cls(head, int(match[1]))

    @property
    def is_interim(self) -> bool:
        """Whether another head follows: 101 ends HTTP on this connection and is no interim one."""
        return 100 <= self.status < 200 and self.status != 101

    @property
    def ends_with_connection(self) -> bool:
        """Whether nothing but the end of the connection ends a body."""
        is_chunked = self.head.lists("transfer-encoding", "chunked")
        return self.head.get("content-length") is None and not is_chunked

    def body(self, method: str) -> Measure:
        """Where the body of the answer to this method ends. Source: RFC 9112, section 6.3."""
        if method == "HEAD" or self.status in _BODILESS or self.status < 200:
            return Counted(0)
        if self.head.lists("transfer-encoding", "chunked"):
            return Chunked()
        length = self.head._length()  # noqa: SLF001  the same module
        return UntilTheEnd() if length is None else Counted(length)


def contents(head: Head, raw: bytes) -> bytes:
    """The body's bytes without the framing of chunks."""
    if not head.lists("transfer-encoding", "chunked"):
        return raw
    made = bytearray()
    while raw:
        line, _, raw = raw.partition(b"\n")
        try:
            size = int(line.partition(b";")[0].strip(), 16)
        except ValueError:
            break
        if not size:
            break
        made += raw[:size]
        raw = raw[size + 2 :]
    return bytes(made)


def message(status: int, body: bytes = b"", *, fields: dict[str, str]) -> bytes:
    """A whole answer whose length is true."""
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Weather')}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


_REASONS = {
    200: "OK",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    407: "Proxy Authentication Required",
    429: "Too Many Requests",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def _parse(raw: bytes) -> Head:
    lines = raw.strip(b"\r\n").splitlines()
    if not lines:
        raise NotHTTP("an empty head")
    pairs = (line.partition(b":") for line in lines[1:])
    return Head(
        raw, lines[0], tuple((name.strip().lower(), text.strip()) for name, _, text in pairs)
    )


def _name_of(line: bytes) -> str:
    return line.partition(b":")[0].strip().lower().decode("latin-1")
