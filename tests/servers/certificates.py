"""Throw-away certificates: an authority of the test's own, and what it signs."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def server_context(
    authority: trustme.CA,
    *,
    hosts: tuple[str, ...] = LOOPBACK,
    not_after: datetime | None = None,
    clients: trustme.CA | None = None,
) -> ssl.SSLContext:
    """The server side of TLS; with `clients`, it asks for a certificate of that authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert(*hosts, not_after=not_after).configure_cert(context)
    if clients is not None:
        clients.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def expired_context(authority: trustme.CA) -> ssl.SSLContext:
    """The server side of TLS with a certificate that ended yesterday."""
    return server_context(authority, not_after=datetime.now(UTC) - timedelta(days=1))


def write_bundle(authority: trustme.CA, folder: Path) -> Path:
    """A file with the authority's certificate, as a client takes it for its trust."""
    bundle = folder / "authority.pem"
    authority.cert_pem.write_to_path(bundle)
    return bundle


def write_identity(authority: trustme.CA, folder: Path) -> Path:
    """A file with a client's key and certificate."""
    identity = folder / "client.pem"
    authority.issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(
        identity
    )
    return identity
