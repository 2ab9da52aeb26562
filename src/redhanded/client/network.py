"""Connection pools: blocking ones live as long as the session, awaiting ones as their client."""

from __future__ import annotations

import os
import threading
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import httpx2

from redhanded.client.tls import plain_context, tls_context
from redhanded.client.wire import with_async_deadlines, with_deadlines
from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    import ssl

    from redhanded.core.settings import Settings

Kind: TypeAlias = tuple[bool, bool]  # secure, fresh


class Security:
    """The TLS identity of a session: its context is built when the first https call needs it."""

    def __init__(self, settings: Settings) -> None:
        self._tls = settings.tls
        self._lock = threading.Lock()

    def context(self, *, secure: bool) -> ssl.SSLContext:
        """The session's one context, or one that serves http alone."""
        if not secure:
            return plain_context()
        with self._lock:
            return self._context

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return tls_context(self._tls)


def _limits(settings: Settings, *, fresh: bool) -> httpx2.Limits:
    return httpx2.Limits(
        max_connections=settings.connections,
        max_keepalive_connections=0 if fresh else settings.connections,
        keepalive_expiry=settings.keepalive,
    )


def _proxy(settings: Settings) -> httpx2.Proxy | None:
    if settings.proxy is None:
        return None
    if settings.proxy_auth is None:
        return httpx2.Proxy(settings.proxy)
    user, _, password = settings.proxy_auth.get_secret_value().partition(":")
    return httpx2.Proxy(settings.proxy, auth=(user, password))


def _require_h2(settings: Settings) -> None:
    if settings.http2:
        try:
            import h2  # noqa: F401, PLC0415  an optional extra
        except ImportError:
            message = "http2 = true needs an extra: pip install 'redhanded[http2]'"
            raise UsageError(message) from None


class SharedNetwork:
    """The blocking pools of a session, used by all its clients and threads.

    A forked child makes its own: two processes on one connection would read each other's answers.
    With HTTP/2 each thread has its own as well, because a blocking HTTP/2 connection is not safe
    to share.
    """

    def __init__(self, settings: Settings, security: Security | None = None) -> None:
        _require_h2(settings)
        self._settings = settings
        self._security = security or Security(settings)
        self._lock = threading.Lock()
        self._pools: dict[tuple[Kind, int, int], httpx2.HTTPTransport] = {}

    def transport(self, url: httpx2.URL, *, fresh: bool) -> httpx2.BaseTransport:
        """The pool for a URL; a fresh one keeps no connection."""
        thread = threading.get_ident() if self._settings.http2 else 0
        key = ((url.scheme == "https", fresh), os.getpid(), thread)
        known = self._pools.get(key)
        return known or self._make(key)

    def _make(self, key: tuple[Kind, int, int]) -> httpx2.BaseTransport:
        with self._lock:
            if key not in self._pools:
                self._pools[key] = with_deadlines(self._open(*key[0]))
            return self._pools[key]

    def _open(self, secure: bool, fresh: bool) -> httpx2.HTTPTransport:  # noqa: FBT001  a key
        settings = self._settings
        return httpx2.HTTPTransport(
            verify=self._security.context(secure=secure),
            trust_env=settings.trust_env,
            http2=settings.http2,
            limits=_limits(settings, fresh=fresh),
            proxy=_proxy(settings),
            retries=0,  # retries below us would be evidence lost
        )

    def lend(self) -> BorrowedNetwork:
        """The same pools for a client that must not close them."""
        return BorrowedNetwork(self)

    def close(self) -> None:
        """Close every pool of this process."""
        with self._lock:
            mine = [key for key in self._pools if key[1] == os.getpid()]
            pools = [self._pools.pop(key) for key in mine]
        for pool in pools:
            pool.close()


class BorrowedNetwork:
    """A session's pools in the hands of one test's client."""

    def __init__(self, shared: SharedNetwork) -> None:
        self.transport = shared.transport

    def close(self) -> None:
        """Nothing: the pools belong to the session."""


class LoopNetwork:
    """The awaiting pools of one client, which belong to the loop in which it is used."""

    def __init__(self, settings: Settings, security: Security | None = None) -> None:
        _require_h2(settings)
        self._settings = settings
        self._security = security or Security(settings)
        self._pools: dict[Kind, httpx2.AsyncHTTPTransport] = {}

    def transport(self, url: httpx2.URL, *, fresh: bool) -> httpx2.AsyncBaseTransport:
        """The pool for a URL; a fresh one keeps no connection."""
        kind = (url.scheme == "https", fresh)
        if kind not in self._pools:
            self._pools[kind] = with_async_deadlines(self._open(*kind))
        return self._pools[kind]

    def _open(self, secure: bool, fresh: bool) -> httpx2.AsyncHTTPTransport:  # noqa: FBT001  a key
        settings = self._settings
        return httpx2.AsyncHTTPTransport(
            verify=self._security.context(secure=secure),
            trust_env=settings.trust_env,
            http2=settings.http2,
            limits=_limits(settings, fresh=fresh),
            proxy=_proxy(settings),
            retries=0,  # retries below us would be evidence lost
        )

    async def aclose(self) -> None:
        """Close every pool."""
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            await pool.aclose()
