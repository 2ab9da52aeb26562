"""Whom we trust over TLS, who we are, and that nobody can switch verification off."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
import trustme

from redhanded.client.client import (
    AsyncClient,
    Client,
    Clients,
    open_async_client,
    open_client,
)
from redhanded.client.network import Security
from redhanded.client.tls import plain_context, refuse_unverified, tls_context
from redhanded.core.attempt import Phase
from redhanded.core.errors import InsecureTLS, SettingsError
from redhanded.core.settings import TLS, Settings
from redhanded.pipeline.table import ROWS
from tests.client.worlds import TWO_WORLDS, WORLDS, Caller, call
from tests.servers import certificates, raw
from tests.servers.fixtures import StartRaw


@pytest.fixture
def encrypted_identity(authority: trustme.CA, tmp_path: Path) -> dict[str, Path | str]:
    """A client certificate whose key stands in a file of its own, behind a password."""
    from cryptography.hazmat.primitives import serialization

    issued = authority.issue_cert("client@example.org")
    key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"open sesame"),
    )
    (tmp_path / "key.pem").write_bytes(locked)
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    return {"cert": tmp_path / "cert.pem", "key": tmp_path / "key.pem"}


@pytest.mark.parametrize("world", WORLDS)
def test_a_private_authority_is_trusted_where_it_is_named(
    world: str, raw_server: StartRaw, tls_context: ssl.SSLContext, ca_bundle: Path
) -> None:
    """tls.ca is all that a private authority needs."""
    server = raw_server(raw.answer(), tls=tls_context)
    ended = Caller(world)(server.url, call("GET", "/"), tls={"ca": ca_bundle})
    assert (ended.response.status_code, len(server.requests)) == (200, 1)


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_verifying_context_of_the_authors_own_is_used(
    world: str, raw_server: StartRaw, tls_context: ssl.SSLContext, authority: trustme.CA
) -> None:
    """A context that verifies takes the place of what the settings describe."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    server = raw_server(raw.answer(), tls=tls_context)
    ended = Caller(world, context)(server.url, call("GET", "/"))
    assert ended.response.status_code == 200


def unknown(_: trustme.CA) -> ssl.SSLContext:
    """A server whose certificate nobody here has signed."""
    return certificates.server_context(trustme.CA())


def elsewhere(authority: trustme.CA) -> ssl.SSLContext:
    """A server whose certificate is another host's."""
    return certificates.server_context(authority, hosts=("elsewhere.test",))


@pytest.fixture(
    params=[
        pytest.param(unknown, id="unknown-authority"),
        pytest.param(certificates.expired_context, id="expired"),
        pytest.param(elsewhere, id="other-host"),
    ]
)
def unproven(
    request: pytest.FixtureRequest, raw_server: StartRaw, authority: trustme.CA
) -> raw.RawServer:
    """A server that cannot prove who it is."""
    return raw_server(raw.answer(), tls=request.param(authority))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("world", WORLDS)
def test_a_server_that_cannot_prove_itself_is_never_spoken_to(
    world: str, method: str, unproven: raw.RawServer, ca_bundle: Path
) -> None:
    """INVARIANT: an unproven server gets no byte of a request, and is asked once."""
    server = unproven
    ended = Caller(world)(server.url, call(method, "/"), tls={"ca": ca_bundle})
    assert isinstance(ended.error, httpx2.ConnectError)
    (attempt,) = ended.attempts
    assert (attempt.row, attempt.failure is not None) == ("certificate", True)
    assert attempt.failure is not None
    assert attempt.failure.phase is Phase.TLS
    assert (server.requests, server.connections, ended.pauses) == ((), 1, [])


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_the_public_authorities_do_not_know_a_private_one(
    world: str, raw_server: StartRaw, tls_context: ssl.SSLContext
) -> None:
    """INVARIANT: without tls.ca, a certificate of a private authority is refused."""
    server = raw_server(raw.answer(), tls=tls_context)
    ended = Caller(world)(server.url, call("GET", "/"))
    assert (ended.rows, server.requests) == (["certificate"], ())


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_client_certificate_is_shown(
    world: str,
    raw_server: StartRaw,
    authority: trustme.CA,
    ca_bundle: Path,
    client_identity: Path,
) -> None:
    """tls.cert is who we are: a server that asks for a certificate takes it."""
    asking = certificates.server_context(authority, clients=authority)
    server = raw_server(raw.answer(), tls=asking)
    tls = {"ca": ca_bundle, "cert": client_identity}
    assert Caller(world)(server.url, call("GET", "/"), tls=tls).response.status_code == 200


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_client_without_the_certificate_is_sent_away(
    world: str, raw_server: StartRaw, authority: trustme.CA, ca_bundle: Path
) -> None:
    """INVARIANT: a request that the server never read blames nobody.

    TLS 1.3 tells us only after the request is out, and a reset may overtake what it tells.
    """
    asking = certificates.server_context(authority, clients=authority)
    asking.minimum_version = ssl.TLSVersion.TLSv1_3
    server = raw_server(raw.answer(), tls=asking)
    ended = Caller(world)(server.url, call("GET", "/"), tls={"ca": ca_bundle})
    assert (isinstance(ended.error, httpx2.TransportError), server.requests) == (True, ())
    assert {ROWS[row].verdict for row in ended.rows} == {"inconclusive"}


def test_a_key_behind_a_password_is_opened_with_it(
    encrypted_identity: dict[str, Path | str],
) -> None:
    """key_password opens the key, and its file may be another than the certificate's."""
    tls = TLS.model_validate({**encrypted_identity, "key_password": "open sesame"})
    assert tls_context(tls).verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("password", [{}, {"key_password": "wrong"}], ids=["none", "wrong"])
def test_a_locked_key_asks_nobody_on_the_terminal(
    encrypted_identity: dict[str, Path | str], password: dict[str, str]
) -> None:
    """OpenSSL would prompt for the password, and a run in CI would stand still."""
    tls = TLS.model_validate({**encrypted_identity, **password})
    with pytest.raises(SettingsError, match=r"check tls\.cert, tls\.key and tls\.key_password"):
        tls_context(tls)


@pytest.mark.parametrize(
    "name, content, words",
    [
        pytest.param("ca", None, "No such file", id="ca-missing"),
        pytest.param("ca", b"not a certificate", "cannot be read as a PEM bundle", id="ca-text"),
        pytest.param("ca", b"", "cannot be read as a PEM bundle", id="ca-empty"),
        pytest.param("cert", None, "No such file", id="cert-missing"),
        pytest.param("cert", b"not a certificate", "cannot be used as a client", id="cert-text"),
        pytest.param("cert", b"", "cannot be used as a client", id="cert-empty"),
    ],
)
@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_bad_file_is_one_sentence(
    world: str, name: str, content: bytes | None, words: str, tmp_path: Path
) -> None:
    """The sentence names the setting, the file and what is wrong with it."""
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=words) as raised:
        Caller(world)("https://127.0.0.1:9", call("GET", "/"), tls={name: file})
    told = str(raised.value)
    assert told.startswith(f"tls.{name}: {file} ")
    assert ("\n" in told, "_ssl.c" in told) == (False, False)


def test_a_folder_is_no_bundle(tmp_path: Path) -> None:
    """A path that is there and cannot be read as a file is a bad one as well."""
    with pytest.raises(SettingsError, match="give the path of one"):
        tls_context(TLS(ca=tmp_path))


def unverified(mode: ssl.VerifyMode) -> ssl.SSLContext:
    """A context that does not hold the host's name against the certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = mode
    return context


REFUSED = [
    pytest.param(False, id="false"),
    pytest.param(0, id="zero"),
    pytest.param("", id="empty"),
    pytest.param(unverified(ssl.CERT_NONE), id="no-certificate"),
    pytest.param(unverified(ssl.CERT_OPTIONAL), id="optional-certificate"),
    pytest.param(unverified(ssl.CERT_REQUIRED), id="any-host"),
    pytest.param(httpx2.create_ssl_context(verify=False), id="of-httpx2"),
    pytest.param(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), id="of-a-server"),
]
SETTINGS = Settings(base_url="https://127.0.0.1:9")
WAYS: list[Callable[..., object]] = [
    Client,
    AsyncClient,
    lambda verify: Clients(SETTINGS, verify=verify),
    lambda verify: open_client(SETTINGS, verify=verify),
    lambda verify: open_async_client(SETTINGS, verify=verify),
]


@pytest.mark.parametrize("verify", REFUSED)
@pytest.mark.parametrize(
    "way", WAYS, ids=["Client", "AsyncClient", "Clients", "open_client", "open_async_client"]
)
def test_verification_cannot_be_switched_off(way: Callable[..., object], verify: object) -> None:
    """INVARIANT: whoever tries to let an unproven server pass is told what to write instead."""
    with pytest.raises(InsecureTLS, match=r"set tls\.ca to the path of its PEM bundle"):
        way(verify=verify)


@pytest.mark.parametrize(
    "verify", [True, None, ssl.create_default_context()], ids=["true", "none", "context"]
)
def test_what_verifies_is_let_through(verify: object) -> None:
    """True, nothing, and a context that verifies are no attempt to switch anything off."""
    refuse_unverified(verify)


def test_every_context_of_ours_verifies(ca_bundle: Path) -> None:
    """INVARIANT: whatever the settings say, the certificate and the host's name are checked."""
    contexts = [tls_context(TLS()), tls_context(TLS(ca=ca_bundle)), plain_context()]
    for context in contexts:
        refuse_unverified(context)


@pytest.mark.parametrize("heeded", [True, False], ids=["trust_env", "not"])
def test_the_environment_names_authorities_only_where_it_is_heeded(
    heeded: bool, ca_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSL_CERT_FILE is read under trust_env alone."""
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_bundle))
    context = tls_context(TLS(), trust_env=heeded)
    assert (len(context.get_ca_certs()) == 1) is heeded


def test_a_context_is_built_once_and_only_for_https(ca_bundle: Path) -> None:
    """Building one takes tens of milliseconds, and http needs none."""
    security = Security(Settings.model_validate({"tls": {"ca": ca_bundle}}))
    first, second = security.context(secure=True), security.context(secure=True)
    assert (first is second, security.context(secure=False).get_ca_certs()) == (True, [])


def test_http_does_not_touch_the_files(tmp_path: Path) -> None:
    """A bundle that is missing does not disturb who never calls https."""
    settings = Settings.model_validate({"tls": {"ca": tmp_path / "missing.pem"}})
    assert Security(settings).context(secure=False).verify_mode is ssl.CERT_REQUIRED
