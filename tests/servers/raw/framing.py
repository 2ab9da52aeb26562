"""Scripts whose message does not say truly, or not clearly, where its body ends."""

from __future__ import annotations

from tests.servers.raw.answers import DOCUMENT, JSON, chunk, exactly, head, message
from tests.servers.raw.steps import Script

HALF = len(DOCUMENT) // 2


def cut_in_headers() -> Script:
    """Closes in the middle of a header."""
    return exactly(b"HTTP/1.1 200 OK\r\nContent-Ty")


def short_body(*, missing_bytes: int = HALF) -> Script:
    """Closes in order before the promised Content-Length is reached."""
    return exactly(message()[:-missing_bytes])


def close_delimited_cut() -> Script:
    """Half a body without a length: only its contents show that it is cut."""
    return exactly(head() + DOCUMENT[:HALF])


def two_content_lengths() -> Script:
    """Two Content-Lengths that contradict each other: the true one, then the half."""
    lengths = [("Content-Length", str(len(DOCUMENT))), ("Content-Length", str(HALF))]
    return exactly(head(headers=[JSON, *lengths]) + DOCUMENT)


def content_length_and_chunked() -> Script:
    """Half the document in whole chunks, under a Content-Length of the whole document."""
    both = [("Content-Length", str(len(DOCUMENT))), ("Transfer-Encoding", "chunked")]
    return exactly(head(headers=[JSON, *both]) + chunk(DOCUMENT[:HALF]) + chunk(b""))


def bytes_after_content_length() -> Script:
    """More body than the Content-Length allows, as when characters were counted, not bytes."""
    return exactly(head(headers=[JSON, ("Content-Length", str(HALF))]) + DOCUMENT)


def bad_chunk() -> Script:
    """A second chunk whose size is not a number."""
    return _in_chunks(chunk(DOCUMENT[:HALF]) + b"zz\r\n" + DOCUMENT[HALF:] + b"\r\n" + chunk(b""))


def short_chunk() -> Script:
    """A chunk that ends with the connection before its size is reached."""
    return _in_chunks(chunk(DOCUMENT)[:-HALF])


def no_last_chunk() -> Script:
    """Every byte of the body, and an orderly end before the chunk that should close it."""
    return _in_chunks(chunk(DOCUMENT))


def _in_chunks(coded: bytes) -> Script:
    return exactly(head(headers=[JSON, ("Transfer-Encoding", "chunked")]) + coded)
