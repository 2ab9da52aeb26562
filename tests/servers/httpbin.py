"""httpbin on loopback: an HTTP server with an answer for most of what a client can ask."""

from __future__ import annotations

from contextlib import AbstractContextManager

from tests.servers.processes import Application, Served, serving

HTTPBIN = Application("httpbin", "httpbin:app", health="/status/200")


def serve() -> AbstractContextManager[Served]:
    """httpbin, until the block is left."""
    return serving(HTTPBIN)
