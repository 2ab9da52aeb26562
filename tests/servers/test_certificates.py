"""What a client makes of each throw-away certificate."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx2
import pytest
import trustme

from tests.servers import certificates, raw
from tests.servers.fixtures import StartRaw


@pytest.fixture
def trust(ca_bundle: Path) -> ssl.SSLContext:
    """A client's context that trusts the authority."""
    return ssl.create_default_context(cafile=str(ca_bundle))


def get(url: str, trust: ssl.SSLContext) -> httpx2.Response:
    """The answer, over a pool of its own."""
    with httpx2.Client(verify=trust) as client:
        return client.get(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_trusted_by_either_name(
    raw_server: StartRaw, tls_context: ssl.SSLContext, trust: ssl.SSLContext, host: str
) -> None:
    """The certificate is valid for the address and for the name."""
    server = raw_server(raw.answer(), tls=tls_context)

    assert get(f"https://{host}:{server.port}", trust).status_code == 200


def test_an_expired_certificate_is_refused(
    raw_server: StartRaw, authority: trustme.CA, trust: ssl.SSLContext
) -> None:
    """It ended yesterday, whoever signed it."""
    server = raw_server(raw.answer(), tls=certificates.expired_context(authority))

    with pytest.raises(httpx2.ConnectError, match="expired"):
        get(server.url, trust)


def test_another_hosts_certificate_is_refused(
    raw_server: StartRaw, authority: trustme.CA, trust: ssl.SSLContext
) -> None:
    """The authority is trusted, the name is not this server's."""
    other = certificates.server_context(authority, hosts=("api.example.org",))
    server = raw_server(raw.answer(), tls=other)

    with pytest.raises(httpx2.ConnectError, match="IP address mismatch"):
        get(server.url, trust)


def test_an_unknown_authority_is_refused(raw_server: StartRaw, trust: ssl.SSLContext) -> None:
    """Another authority signed it."""
    server = raw_server(raw.answer(), tls=certificates.server_context(trustme.CA()))

    with pytest.raises(httpx2.ConnectError, match="unable to get local issuer certificate"):
        get(server.url, trust)


def test_a_client_certificate_is_asked_for(
    raw_server: StartRaw, authority: trustme.CA, trust: ssl.SSLContext, client_identity: Path
) -> None:
    """With its identity the client is served, without it is not."""
    mutual = certificates.server_context(authority, clients=authority)
    server = raw_server(raw.answer(), tls=mutual)

    with pytest.raises(httpx2.TransportError):
        get(server.url, trust)
    trust.load_cert_chain(client_identity)

    assert get(server.url, trust).status_code == 200
    assert len(server.requests) == 1
