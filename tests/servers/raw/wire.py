"""A request as it came over the wire."""

from __future__ import annotations

from dataclasses import dataclass

HEAD_LIMIT_BYTES = 1 << 20


class NotHTTP(ValueError):
    """The bytes received cannot become an HTTP/1.1 request."""


@dataclass(frozen=True, slots=True)
class Received:
    """One request; connections count from 1, header names and order are the sender's."""

    connection: int
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the first question mark, undecoded."""
        return self.target.partition("?")[2]

    def every(self, name: str) -> list[str]:
        """All values of the header, in order, whatever the case of its name."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        """The first value of the header, None where it was not sent."""
        return next(iter(self.every(name)), None)


def parse(data: bytes, *, connection: int) -> tuple[Received, int] | None:
    """The first request in the data and its length in bytes; None while it is incomplete.

    Raises NotHTTP as soon as the data cannot become a request.
    """
    head, gap, rest = bytes(data).partition(b"\r\n\r\n")
    if not gap:
        _check_beginning(head)
        return None
    request = _parse_head(head, connection)
    coded = (request.header("Transfer-Encoding") or "").lower().endswith("chunked")
    found = _chunked(rest) if coded else _counted(rest, request.header("Content-Length"))
    if found is None:
        return None
    body, used = found
    whole = Received(connection, request.method, request.target, request.headers, body)
    return whole, len(head) + len(gap) + used


def _check_beginning(head: bytes) -> None:
    if len(head) > HEAD_LIMIT_BYTES:
        raise NotHTTP(f"no end of the headers within {HEAD_LIMIT_BYTES} bytes")
    if head and not head[:1].isalpha():
        raise NotHTTP(f"a request cannot begin with {head[:1]!r}")


def _parse_head(head: bytes, connection: int) -> Received:
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/"):
        raise NotHTTP(f"not a request line: {first!r}")
    pairs = (line.partition(":") for line in lines)
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    return Received(connection, words[0], words[1], headers, b"")


def _counted(rest: bytes, length: str | None) -> tuple[bytes, int] | None:
    if not (length or "0").isdecimal():
        raise NotHTTP(f"not a length: {length!r}")
    size = int(length or 0)
    return (rest[:size], size) if len(rest) >= size else None


def _chunked(rest: bytes) -> tuple[bytes, int] | None:
    body, at = b"", 0
    while (end := rest.find(b"\r\n", at)) >= 0:
        size = _chunk_size(rest[at:end])
        start, at = end + 2, end + 2 + size + 2
        if len(rest) < at:
            return None
        if not size:
            return body, at
        body += rest[start : start + size]
    return None


def _chunk_size(line: bytes) -> int:
    try:
        return int(line.partition(b";")[0], 16)
    except ValueError:
        raise NotHTTP(f"not a chunk size: {line!r}") from None
