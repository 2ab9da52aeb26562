"""Faults of the TLS handshake, which strike a connection before any request."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Literal

from redhanded.lab.weather.faults.fault import Fault
from redhanded.lab.weather.greeting import Greeting
from redhanded.lab.weather.shapes import NAMED, Shape


class HandshakeFault(Fault):
    """A fault that strikes one connection."""

    needs_tls: ClassVar[bool] = True

    @abstractmethod
    async def strike(self, greeting: Greeting) -> None:
        """Does it, and notes it where the client can notice."""


class HandshakeReset(HandshakeFault):
    """Resets the connection at the first bytes of the TLS handshake."""

    code: ClassVar[str] = "E08"
    title: ClassVar[str] = "reset after ClientHello"

    async def strike(self, greeting: Greeting) -> None:
        """Waits for the ClientHello and resets."""
        if await greeting.hears_something():
            greeting.note()
            greeting.reset()


class BadCertificate(HandshakeFault):
    """Shows a certificate that is expired, not valid yet, for another host, or of nobody known."""

    code: ClassVar[str] = "E09"
    title: ClassVar[str] = "expired, mismatched or unknown-CA certificate"
    usual: ClassVar[Shape] = NAMED["always"]

    kind: Literal["expired", "early", "mismatched", "unknown"] = "expired"

    async def strike(self, greeting: Greeting) -> None:
        """Notes it, for whoever begins a handshake can see it."""
        greeting.note(kind=self.kind)
        greeting.certificate = self.kind
