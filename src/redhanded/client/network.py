"""Connection pools: blocking ones live as long as the session, awaiting ones as their client."""

from __future__ import annotations

import os
import sys
import threading
import weakref
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

import anyio.lowlevel

from redhanded.client.pool import AsyncPool, Pool, PoolOptions
from redhanded.client.proxies import Proxies
from redhanded.client.tls import plain_context, tls_context
from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    import ssl

    import httpx2

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


class _Pools:
    """How the pools of both worlds are opened."""

    def __init__(self, settings: Settings, security: Security | None = None) -> None:
        _require_h2(settings)
        self._settings = settings
        self._security = security or Security(settings)
        self._proxies = Proxies(settings)

    def _kind(self, url: httpx2.URL, *, fresh: bool) -> Kind:
        return Kind(url.scheme in _SECURE, fresh, self._proxies.address(url))

    def _options(self, kind: Kind) -> PoolOptions:
        settings = self._settings
        context = self._security.context
        secure = kind.secure or kind.proxy.startswith("https:")
        return PoolOptions(
            context=context(secure=kind.secure),
            connections=settings.connections,
            idle=0 if kind.fresh else settings.connections,
            keepalive=settings.keepalive,
            http2=settings.http2,
            proxy=self._proxies.server(kind.proxy, context(secure=secure)),
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

    def __init__(self, settings: Settings, security: Security | None = None) -> None:
        super().__init__(settings, security)
        self._lock = threading.Lock()
        self._pools: dict[tuple[bool, bool, str, int], Pool] = {}
        self._inherited: list[object] = []
        if sys.platform != "win32":  # which has no fork
            os.register_at_fork(after_in_child=partial(_begin_anew, weakref.ref(self)))

    def begin_anew(self) -> None:
        """Leave the pools to the parent process, of which this one is a fork."""
        self._inherited.append(self._pools)  # not closed: the parent still uses them
        self._pools, self._lock = {}, threading.Lock()

    def transport(self, url: httpx2.URL, *, fresh: bool) -> httpx2.BaseTransport:
        """The pool for a URL; a fresh one keeps no connection."""
        thread = threading.get_ident() if self._settings.http2 else 0
        key = (url.scheme in _SECURE, fresh, self._proxies.address(url), thread)
        known = self._pools.get(key)
        return known or self._make(key)

    def _make(self, key: tuple[bool, bool, str, int]) -> httpx2.BaseTransport:
        with self._lock:
            if key not in self._pools:
                self._pools[key] = Pool(self._options(Kind(*key[:3])))
            return self._pools[key]

    def lend(self) -> BorrowedNetwork:
        """The same pools for a client that must not close them."""
        return BorrowedNetwork(self)

    def close(self) -> None:
        """Close every pool of this process."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.close()


def _begin_anew(reference: weakref.ref[SharedNetwork]) -> None:
    network = reference()
    if network is not None:
        network.begin_anew()


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

    def __init__(self, settings: Settings, security: Security | None = None) -> None:
        super().__init__(settings, security)
        from asyncio import get_running_loop  # not before an async client is opened

        self._running = get_running_loop
        self._loop: object = None
        self._pools: dict[Kind, AsyncPool] = {}

    def transport(self, url: httpx2.URL, *, fresh: bool) -> httpx2.AsyncBaseTransport:
        """The pool for a URL; a fresh one keeps no connection.

        Raises UsageError in another event loop than the first.
        """
        self._stay_in_loop()
        kind = self._kind(url, fresh=fresh)
        if kind not in self._pools:
            self._pools[kind] = AsyncPool(self._options(kind))
        return self._pools[kind]

    def _stay_in_loop(self) -> None:
        loop = self._current()
        if self._loop is None:
            self._loop = loop
        elif self._loop != loop:
            raise UsageError(
                "this client belongs to the event loop in which it was first used, and that is"
                " another one: open a client in each loop, and close it there"
            )

    def _current(self) -> object:
        try:
            return self._running()
        except RuntimeError:  # trio
            return anyio.lowlevel.current_token()

    async def aclose(self) -> None:
        """Close every pool; another loop may use the network from then on."""
        if self._pools:
            self._stay_in_loop()
        pools, self._pools, self._loop = list(self._pools.values()), {}, None
        for pool in pools:
            await pool.aclose()
