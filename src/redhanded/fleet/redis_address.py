"""Where a Redis is, read from the settings."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from redhanded.core.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from redhanded.core.settings import Settings

_PORT = 6379


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a Redis is and how it is spoken to; `ca` is a bundle of further authorities."""

    host: str
    port: int = _PORT
    database: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    secure: bool = False
    ca: str | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"redis{'s' if self.secure else ''}://{host}:{self.port}/{self.database}"


def redis_address(settings: Settings) -> Address:
    """The address in the settings, which have one.

    Raises SettingsError where it is none, or the authority's bundle cannot be read.
    """
    url = settings.redis_url or ""
    try:
        parts = urlsplit(url)
        port = _PORT if parts.port is None else parts.port
    except ValueError as error:
        raise SettingsError(
            f"redis_url: {url!r} is no address of a Redis ({error}): write such as"
            ' "redis://127.0.0.1:6379/0"'
        ) from error
    password = settings.redis_password
    secure = parts.scheme == "rediss"
    return Address(
        host=parts.hostname or "",
        port=port,
        database=int(parts.path.strip("/") or 0),
        user=unquote(parts.username or ""),
        password=password.get_secret_value() if password else "",
        secure=secure,
        ca=_bundle(settings.tls.ca) if secure and settings.tls.ca else None,
    )


def _bundle(path: Path) -> str:
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        raise SettingsError(
            f"tls.ca: {path} cannot be read as a PEM bundle of authorities: give the path of one"
        ) from error
    return str(path)
