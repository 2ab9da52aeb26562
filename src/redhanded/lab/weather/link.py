"""The way to the upstream."""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from redhanded.lab.weather.line import Line


class AddressError(ValueError):
    """An upstream that cannot be one; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """A host of this machine, and a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, url: str) -> Address:
        """The address of an http URL.

        Raises AddressError when it is none, or not one of this machine's own.
        """
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            host, port = parts.hostname or "", parts.port or 80
        except ValueError:
            raise AddressError(f"{url!r} is no URL: write http://127.0.0.1:8000") from None
        if parts.scheme != "http":
            raise AddressError(f"{url!r} must begin with http://: the proxy adds TLS on its side")
        if parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise AddressError(f"{url!r} must be an origin without a path: http://127.0.0.1:8000")
        if not _is_loopback(host):
            raise AddressError(
                f"{url!r} is not on this machine: weather is only made for 127.0.0.1, [::1] and"
                " localhost"
            )
        return cls(host, port)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def is_named_by(self, authority: str) -> bool:
        """Whether this `host:port` means the same address."""
        parts = urlsplit(f"//{authority}")
        try:
            return _is_loopback(parts.hostname or "") and (parts.port or 80) == self.port
        except ValueError:
            return False


@dataclass(slots=True)
class Link:
    """A connection to the upstream, made when it is first needed."""

    address: Address
    line: Line | None = None

    async def open(self) -> Line:
        """The connection.

        Raises OSError where the upstream does not listen.
        """
        if self.line is None or not self.line.is_open:
            self.line = Line(*await asyncio.open_connection(self.address.host, self.address.port))
        return self.line

    def drop(self) -> None:
        """Closes the connection where there is one."""
        if self.line is not None and self.line.is_open:
            self.line.drop()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
