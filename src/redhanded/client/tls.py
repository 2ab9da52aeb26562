"""TLS contexts: one per identity, built once; verification is always on."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx2

from redhanded.core.errors import InsecureTLS, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from redhanded.core.settings import TLS


def refuse_unverified(verify: object) -> None:
    """Raise InsecureTLS where `verify` would let an unproven server pass."""
    is_unverified = isinstance(verify, ssl.SSLContext) and (
        verify.verify_mode != ssl.CERT_REQUIRED or not verify.check_hostname
    )
    if is_unverified or (not verify and verify is not None):
        raise InsecureTLS(
            "TLS verification cannot be switched off; for a private authority set tls.ca to the "
            "path of its PEM bundle"
        )


def tls_context(tls: TLS, *, trust_env: bool = False) -> ssl.SSLContext:
    """The context of one TLS identity; `trust_env` heeds SSL_CERT_FILE and SSL_CERT_DIR.

    Raises SettingsError where a file is missing or is not what it should be.
    """
    if tls.ca is not None:
        context = _trusting(tls.ca)
    else:
        context = httpx2.create_ssl_context(trust_env=trust_env)
    if tls.cert is not None:
        _load_identity(context, tls)
    return context


def _trusting(bundle: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=bundle)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"tls.ca: {bundle} cannot be read as a PEM bundle of authorities ({_words(error)}):"
            " give the path of one"
        ) from error


def _load_identity(context: ssl.SSLContext, tls: TLS) -> None:
    password = tls.key_password.get_secret_value() if tls.key_password else ""
    try:
        # An empty password instead of None: OpenSSL would ask for one on the terminal.
        context.load_cert_chain(str(tls.cert), str(tls.key) if tls.key else None, password)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"tls.cert: {tls.cert} cannot be used as a client certificate ({_words(error)}): "
            "check tls.cert, tls.key and tls.key_password"
        ) from error


def _words(error: OSError) -> str:
    """What is wrong, without the place in OpenSSL's sources."""
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not PEM").lower().replace("_", " ")
    return error.strerror or type(error).__name__


def plain_context() -> ssl.SSLContext:
    """A context for transports that only speak http: it trusts nobody, and costs nothing."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
