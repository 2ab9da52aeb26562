"""Connection pools: blocking ones live as long as the session, awaiting ones as their client."""

from __future__ import annotations

import os
import threading
import time
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypedDict

import anyio.lowlevel
import httpx2

from redhanded.client.proxies import Proxies
from redhanded.client.tls import plain_context, tls_context
from redhanded.client.wire import with_async_deadlines, with_deadlines
from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from redhanded.core.settings import Settings

_SECURE = frozenset({"https", "wss"})


class Security:
    """The TLS identity of a session: its context is built when the first https call needs it.

    A `context` of the author's own takes the place of the one that the settings describe.
    """

    def __init__(self, settings: Settings, context: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._given = context
        self._lock = threading.Lock()

    def context(self, *, secure: bool) -> ssl.SSLContext:
        """The session's one context, or one that serves http alone."""
        if not secure:
            return plain_context()
        with self._lock:
            return self._context

    @cached_property
    def _context(self) -> ssl.SSLContext:
        if self._given is not None:
            return self._given
        return tls_context(self._settings.tls, trust_env=self._settings.trust_env)


class Kind(NamedTuple):
    """What connections of one pool have in common."""

    secure: bool
    fresh: bool
    proxy: str


class _Options(TypedDict):
    verify: ssl.SSLContext
    trust_env: bool
    http2: bool
    limits: httpx2.Limits
    proxy: httpx2.Proxy | None
    retries: int


class _Pools:
    """How the pools of both worlds are opened."""

    def __init__(
        self,
        settings: Settings,
        security: Security | None = None,
        *,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        _require_h2(settings)
        self._settings = settings
        self._security = security or Security(settings)
        self._proxies = Proxies(settings)
        self._now = now

    def _kind(self, url: httpx2.URL, *, fresh: bool) -> Kind:
        return Kind(url.scheme in _SECURE, fresh, self._proxies.address(url))

    def _options(self, kind: Kind) -> _Options:
        settings = self._settings
        proxy = self._proxies.proxy(kind.proxy)
        if proxy is not None and proxy.url.scheme == "https":
            proxy.ssl_context = self._security.context(secure=True)
        return {
            "verify": self._security.context(secure=kind.secure),
            "trust_env": settings.trust_env,
            "http2": settings.http2,
            "limits": _limits(settings, fresh=kind.fresh),
            "proxy": proxy,
            "retries": 0,  # retries below us would be evidence lost
        }


def _limits(settings: Settings, *, fresh: bool) -> httpx2.Limits:
    return httpx2.Limits(
        max_connections=settings.connections,
        max_keepalive_connections=0 if fresh else settings.connections,
        keepalive_expiry=settings.keepalive,
    )


def _require_h2(settings: Settings) -> None:
    if settings.http2:
        try:
            import h2  # noqa: F401  an optional extra
        except ImportError:
            message = "http2 = true needs an extra: pip install 'redhanded[http2]'"
            raise UsageError(message) from None


class SharedNetwork(_Pools):
    """The blocking pools of a session, used by all its clients and threads.

    A forked child makes its own: two processes on one connection would read each other's answers.
    With HTTP/2 each thread has its own as well, because a blocking HTTP/2 connection is not safe
    to share.
    """

    def __init__(
        self,
        settings: Settings,
        security: Security | None = None,
        *,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(settings, security, now=now)
        self._lock = threading.Lock()
        self._pools: dict[tuple[Kind, int, int], httpx2.HTTPTransport] = {}

    def transport(self, url: httpx2.URL, *, fresh: bool) -> httpx2.BaseTransport:
        """The pool for a URL; a fresh one keeps no connection."""
        thread = threading.get_ident() if self._settings.http2 else 0
        key = (self._kind(url, fresh=fresh), os.getpid(), thread)
        known = self._pools.get(key)
        return known or self._make(key)

    def _make(self, key: tuple[Kind, int, int]) -> httpx2.BaseTransport:
        with self._lock:
            if key not in self._pools:
                transport = httpx2.HTTPTransport(**self._options(key[0]))
                self._pools[key] = with_deadlines(transport, self._now)
            return self._pools[key]

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
        self._shared = shared

    def transport(self, url: httpx2.URL, *, fresh: bool) -> httpx2.BaseTransport:
        """The session's pool for a URL."""
        return self._shared.transport(url, fresh=fresh)

    def close(self) -> None:
        """Nothing: the pools belong to the session."""


class LoopNetwork(_Pools):
    """The awaiting pools of one client, which belong to the loop in which it is first used."""

    def __init__(
        self,
        settings: Settings,
        security: Security | None = None,
        *,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(settings, security, now=now)
        self._loop: object = None
        self._pools: dict[Kind, httpx2.AsyncHTTPTransport] = {}

    def transport(self, url: httpx2.URL, *, fresh: bool) -> httpx2.AsyncBaseTransport:
        """The pool for a URL; a fresh one keeps no connection.

        Raises UsageError in another event loop than the first.
        """
        self._stay_in_loop()
        kind = self._kind(url, fresh=fresh)
        if kind not in self._pools:
            transport = httpx2.AsyncHTTPTransport(**self._options(kind))
            self._pools[kind] = with_async_deadlines(transport, self._now)
        return self._pools[kind]

    def _stay_in_loop(self) -> None:
        loop = anyio.lowlevel.current_token()
        if self._loop is None:
            self._loop = loop
        elif self._loop != loop:
            raise UsageError(
                "this client belongs to the event loop in which it was first used, and that is"
                " another one: open a client in each loop, and close it there"
            )

    async def aclose(self) -> None:
        """Close every pool; after that it belongs to no loop."""
        if self._pools:
            self._stay_in_loop()
        pools, self._pools = list(self._pools.values()), {}
        self._loop = None
        for pool in pools:
            await pool.aclose()
