"""Kinto on loopback: a JSON store with accounts, ETags, batches, paging and history."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2

from tests.servers.processes import Application, serving

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account's name and password."""

    name: str
    password: str

    @property
    def basic(self) -> tuple[str, str]:
        """The pair that an HTTP client takes as `auth`."""
        return self.name, self.password


@dataclass(frozen=True, slots=True)
class Kinto:
    """A running Kinto: its base URL ends in /v1, its admin may write every account."""

    base_url: str
    admin: Credentials

    def new_account(self, name: str | None = None) -> Credentials:
        """A fresh account; without a name it gets one that nobody else has."""
        return _create(self.base_url, name or f"user-{secrets.token_hex(6)}")


def application() -> Application:
    """Kinto in memory: anyone may open an account, any account may create a bucket."""
    return Application(
        "Kinto",
        "kinto:main",
        health="/v1/__heartbeat__",
        settings={
            "includes": "kinto.plugins.accounts kinto.plugins.history",
            "storage_backend": "kinto.core.storage.memory",
            "cache_backend": "kinto.core.cache.memory",
            "permission_backend": "kinto.core.permission.memory",
            "userid_hmac_secret": secrets.token_hex(16),
            "multiauth.policies": "account",
            "multiauth.policy.account.use": "kinto.plugins.accounts.AccountsPolicy",
            "account_create_principals": "system.Everyone",
            "account_write_principals": f"account:{ADMIN}",
            "bucket_create_principals": "system.Authenticated",
            # A password check costs a quarter of a second; once an hour is enough for a test run.
            "account_cache_ttl_seconds": "3600",
            "experimental_collection_schema_validation": "true",
        },
    )


@contextmanager
def serve() -> Iterator[Kinto]:
    """Kinto with its admin account made, until the block is left."""
    with serving(application()) as served:
        base_url = f"{served.origin}/v1"
        yield Kinto(base_url, _create(base_url, ADMIN))


def _create(base_url: str, name: str) -> Credentials:
    credentials = Credentials(name, secrets.token_hex(12))
    account = {"data": {"password": credentials.password}}
    with httpx2.Client(trust_env=False, timeout=10) as client:
        client.put(f"{base_url}/accounts/{name}", json=account).raise_for_status()
    return credentials
