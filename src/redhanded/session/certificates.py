"""Certificates looked at before the first call: that they are there, and that they are usable.

An unusable certificate would otherwise show as a connection that fails, and look like weather.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from redhanded.core.settings import TLS


def complaints(tls: TLS) -> Iterator[tuple[str, str]]:
    """What is wrong, as the field under `tls` and the end of a sentence that begins with it."""
    missing = {name: _unreadable(getattr(tls, name)) for name in ("ca", "cert", "key")}
    yield from ((name, said) for name, said in missing.items() if said)
    if tls.ca is not None and not missing["ca"]:
        yield from _bundle(tls.ca)
    if tls.cert is not None and not missing["cert"] and not missing["key"]:
        yield from _identity(tls, tls.cert)


def _unreadable(path: Path | None) -> str:
    try:
        if path is not None:
            path.open("rb").close()
    except FileNotFoundError:
        return f'("{path}") does not exist: write the path of a PEM file'
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", error)
        return f'("{path}") cannot be read ({reason}): write the path of a PEM file'
    return ""


def _bundle(ca: Path) -> Iterator[tuple[str, str]]:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=ca)
    except ssl.SSLError:
        yield "ca", f'("{ca}") holds no certificate: write the path of a PEM bundle'


def _identity(tls: TLS, cert: Path) -> Iterator[tuple[str, str]]:
    asked: list[bool] = []
    given = tls.key_password.get_secret_value() if tls.key_password is not None else ""

    def password() -> str:
        # Without a callback OpenSSL asks on the terminal, and a run in CI waits for ever.
        asked.append(True)
        return given

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(cert, tls.key, password)
    except (ssl.SSLError, ValueError) as error:
        yield _blame(tls, error, is_encrypted=bool(asked))


def _blame(tls: TLS, error: Exception, *, is_encrypted: bool) -> tuple[str, str]:
    if is_encrypted and tls.key_password is None:
        return "key", 'is encrypted: set tls.key_password, as "env:NAME"'
    if is_encrypted:
        return "key_password", "does not open the private key: write the right one"
    if getattr(error, "reason", None) == "KEY_VALUES_MISMATCH":
        return "key", "does not belong to tls.cert: write the path of the certificate's own key"
    return "cert", (
        f'("{tls.cert}") and its key cannot be used: write the paths of a PEM certificate and,'
        " where the same file does not hold it, of its PEM private key as tls.key"
    )
