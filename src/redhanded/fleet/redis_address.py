"""Where a Redis is, read from the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from redhanded.core.errors import SettingsError

if TYPE_CHECKING:
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
    """The address in the settings, which have one; raises SettingsError where it is none."""
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
    return Address(
        host=parts.hostname or "",
        port=port,
        database=int(parts.path.strip("/") or 0),
        user=unquote(parts.username or ""),
        password=password.get_secret_value() if password else "",
        secure=parts.scheme == "rediss",
        ca=str(settings.tls.ca) if settings.tls.ca else None,
    )
