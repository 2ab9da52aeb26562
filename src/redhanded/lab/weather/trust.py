"""An authority of the proxy's own, and the certificates that it shows."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trustme

_HERE = ("127.0.0.1", "localhost", "::1")
_ELSEWHERE = ("elsewhere.example",)
_DAY = timedelta(days=1)


class TLSMissing(Exception):
    """What is needed for TLS is not installed; the sentence says what to install."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The server's side of TLS, with good certificates and bad ones."""

    authority: trustme.CA
    stranger: trustme.CA
    _contexts: dict[tuple[str, bool], ssl.SSLContext] = field(default_factory=dict)

    @classmethod
    def make(cls) -> Trust:
        """A new authority, and another that nobody is told of.

        Raises TLSMissing where trustme is not installed.
        """
        try:
            import trustme
        except ModuleNotFoundError as missing:
            raise TLSMissing(
                f"{missing.name} is not installed: pip install 'redhanded[lab]'"
            ) from None
        return cls(trustme.CA(), trustme.CA())

    def write(self, folder: Path) -> Path:
        """A file with the authority's certificate, for the client's trust."""
        path = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(path)
        return path

    def context(self, kind: str, *, http2: bool = False) -> ssl.SSLContext:
        """The server's side of TLS with such a certificate, which may offer HTTP/2."""
        if (kind, http2) not in self._contexts:
            made = self._made(self._certificates()[kind]())
            made.set_alpn_protocols(["h2", "http/1.1"] if http2 else ["http/1.1"])
            self._contexts[kind, http2] = made
        return self._contexts[kind, http2]

    def _certificates(self) -> Mapping[str, Callable[[], trustme.LeafCert]]:
        now = datetime.now(UTC)
        issue = self.authority.issue_cert
        return {
            "good": lambda: issue(*_HERE),
            "expired": lambda: issue(*_HERE, not_after=now - _DAY),
            "early": lambda: issue(*_HERE, not_before=now + _DAY, not_after=now + 2 * _DAY),
            "mismatched": lambda: issue(*_ELSEWHERE),
            "unknown": lambda: self.stranger.issue_cert(*_HERE),
        }

    def _made(self, certificate: trustme.LeafCert) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        certificate.configure_cert(context)
        return context
