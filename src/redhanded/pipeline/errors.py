"""The call errors: also httpx2 errors, so that a test may catch either."""

from __future__ import annotations

import httpx2

from redhanded.core.errors import CallError


class CircuitOpen(CallError, httpx2.TransportError):
    """The origin is known to be down and did not come back within the call's budget."""


class DeadlineExceeded(CallError, httpx2.TimeoutException):
    """The call's own deadline passed before the answer was whole."""


class BodyTooLarge(CallError, httpx2.DecodingError):
    """The answer outgrew the cap `body_limit`."""


class BodyCorrupt(CallError, httpx2.RemoteProtocolError):
    """The answer came with a good frame, and its content is cut or altered."""


class ProtocolViolated(CallError, httpx2.RemoteProtocolError):
    """The answer breaks HTTP itself, in a way that the client library lets pass."""


class WriteDuplicated(CallError, httpx2.RemoteProtocolError):
    """A write was sent once, its answer was lost, and it is there more than once."""
