"""Pools: what shares a connection, who closes it, and which proxy it goes through."""

from __future__ import annotations

import gc
import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing

import anyio
import httpx2
import pytest
import trio

from redhanded.client.network import LoopNetwork, SharedNetwork
from redhanded.client.pool import ProxyServer
from redhanded.client.proxies import DIRECT, Proxies
from redhanded.client.tls import plain_context
from redhanded.core.errors import SettingsError, UsageError
from redhanded.core.settings import Settings
from tests.client.worlds import TWO_WORLDS, Caller, call
from tests.servers import raw
from tests.servers.fixtures import StartRaw

HTTP = httpx2.URL("http://api.test/")
HTTPS = httpx2.URL("https://api.test/")
CONTEXT = plain_context()


def set_to(**settings: object) -> Settings:
    """The settings with these."""
    return Settings.model_validate(settings)


@pytest.fixture
def network() -> Iterator[SharedNetwork]:
    """The blocking pools of a session."""
    with closing(SharedNetwork(Settings())) as made:
        yield made


def test_a_pool_serves_one_scheme_and_one_freshness(network: SharedNetwork) -> None:
    """Plain http needs no TLS context, and a fresh connection must not come from the kept ones."""
    pools = [
        network.transport(url, fresh=fresh) for url in (HTTP, HTTPS) for fresh in (True, False)
    ]
    assert len({id(pool) for pool in pools}) == 4


def test_hosts_share_a_pool(network: SharedNetwork) -> None:
    """A pool tells its connections apart by origin itself."""
    other = httpx2.URL("http://other.test:8080/")
    assert network.transport(HTTP, fresh=False) is network.transport(other, fresh=False)


def test_websockets_go_by_the_security_of_their_scheme(network: SharedNetwork) -> None:
    """A wss URL has the pool of https, and a ws URL that of http."""
    secure, plain = httpx2.URL("wss://api.test/"), httpx2.URL("ws://api.test/")
    assert network.transport(secure, fresh=False) is network.transport(HTTPS, fresh=False)
    assert network.transport(plain, fresh=False) is network.transport(HTTP, fresh=False)


def test_a_borrower_uses_the_pools_and_closes_none(network: SharedNetwork) -> None:
    """INVARIANT: a client that ends does not take the connections of the session with it."""
    pool = network.transport(HTTP, fresh=False)
    with closing(network.lend()) as lent:
        assert lent.transport(HTTP, fresh=False) is pool
    assert network.transport(HTTP, fresh=False) is pool


def test_a_closed_network_begins_anew(network: SharedNetwork) -> None:
    """Whoever asks after the end gets pools of a new beginning."""
    pool = network.transport(HTTP, fresh=False)
    network.close()
    assert network.transport(HTTP, fresh=False) is not pool


def pools_of_threads(network: SharedNetwork, threads: int) -> set[int]:
    """The pools that so many threads get, all of them alive at once."""
    pools: list[httpx2.BaseTransport] = []
    together = threading.Barrier(threads)

    def ask() -> None:
        together.wait(10)
        pools.append(network.transport(HTTP, fresh=False))
        together.wait(10)

    asking = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(10)
    assert len(pools) == threads
    return {id(pool) for pool in pools}


@pytest.mark.parametrize("http2, pools", [(False, 1), (True, 8)], ids=["http1", "http2"])
def test_threads_share_a_pool_except_over_http2(http2: bool, pools: int) -> None:
    """INVARIANT: a blocking HTTP/2 connection is not safe to share, so each thread has its own."""
    with closing(SharedNetwork(set_to(http2=http2))) as network:
        assert len(pools_of_threads(network, 8)) == pools


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_makes_its_own_pools(network: SharedNetwork) -> None:
    """INVARIANT: two processes never read from one connection."""
    if sys.platform == "win32":
        return
    pool = network.transport(HTTP, fresh=False)
    child = os.fork()
    if child == 0:
        os._exit(0 if network.transport(HTTP, fresh=False) is not pool else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert network.transport(HTTP, fresh=False) is pool


def test_a_child_forked_while_a_pool_was_made_is_not_stuck(network: SharedNetwork) -> None:
    """The thread that held the lock is not in the child, and would never let go of it."""
    with network._lock:  # noqa: SLF001  as a thread of the parent may hold it
        network.begin_anew()
    before = network._lock  # noqa: SLF001
    with before:
        network.begin_anew()
        assert network.transport(HTTP, fresh=False) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_network_that_is_gone_is_not_kept_for_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to happen after a fork does not keep the pools of an ended session alive."""
    registered: list[Callable[[], None]] = []

    def register(*, after_in_child: Callable[[], None]) -> None:
        registered.append(after_in_child)

    monkeypatch.setattr(os, "register_at_fork", register)
    gone = weakref.ref(SharedNetwork(Settings()))
    gc.collect()
    assert gone() is None
    registered[0]()


@pytest.mark.parametrize("made", [SharedNetwork, LoopNetwork])
def test_http2_without_its_extra_says_what_to_install(
    made: type[SharedNetwork | LoopNetwork], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing extra is one sentence, when the network is opened and not at the first call."""
    monkeypatch.setitem(sys.modules, "h2", None)
    with pytest.raises(UsageError, match=r"pip install 'redhanded\[http2\]'"):
        made(set_to(http2=True))


def test_two_loops_never_share_the_pools_of_a_client() -> None:
    """INVARIANT: a connection belongs to the loop in which it was opened."""
    network = LoopNetwork(Settings())

    async def ask() -> None:
        network.transport(HTTP, fresh=False)

    anyio.run(ask)
    with pytest.raises(UsageError, match="open a client in each loop, and close it there"):
        anyio.run(ask)
    with pytest.raises(UsageError, match="belongs to the event loop in which it was first used"):
        anyio.run(ask, backend="trio")
    with pytest.raises(UsageError):
        anyio.run(network.aclose)


@pytest.mark.parametrize("first", ["asyncio", "trio"])
def test_a_network_that_was_closed_may_be_used_in_another_loop(first: str) -> None:
    """Nothing ties a network without pools to the loop that it had them in."""
    network, seen = LoopNetwork(Settings()), []

    async def ask() -> None:
        seen.append(network.transport(HTTP, fresh=False))
        assert network.transport(HTTP, fresh=False) is seen[-1]
        assert network.transport(HTTP, fresh=True) is not seen[-1]
        await network.aclose()

    anyio.run(ask, backend=first)
    trio.run(ask)
    assert seen[0] is not seen[1]


def test_a_network_without_pools_is_closed_anywhere() -> None:
    """A client that was never used may end in a loop that it has never seen."""
    network = LoopNetwork(Settings())
    anyio.run(network.aclose)
    trio.run(network.aclose)


FOUND = {
    "http": "http://plain.test:1",
    "https": "secure.test:2",
    "no": "spared.test,part.test:8080,::1",
}


def spared(url: str) -> object:
    """A URL that goes past the proxies of the environment."""
    return pytest.param({"trust_env": True}, FOUND, httpx2.URL(url), DIRECT, id=f"spared-{url}")


@pytest.mark.parametrize(
    "settings, found, url, address",
    [
        pytest.param({}, FOUND, HTTP, DIRECT, id="not-heeded"),
        pytest.param({"trust_env": True}, FOUND, HTTP, "http://plain.test:1", id="http"),
        pytest.param({"trust_env": True}, FOUND, HTTPS, "http://secure.test:2", id="no-scheme"),
        spared("http://spared.test/"),
        spared("http://spared.test:81/"),
        spared("http://below.spared.test/"),
        spared("http://part.test:8080/"),
        spared("http://[::1]:8080/"),
        pytest.param({"trust_env": True}, {"all": "http://a:1"}, HTTPS, "http://a:1", id="all"),
        pytest.param({"trust_env": True}, {}, HTTP, DIRECT, id="none-there"),
        pytest.param({"trust_env": True}, {"ftp": "http://f:1"}, HTTP, DIRECT, id="other-scheme"),
        pytest.param({"proxy": "http://p:1"}, FOUND, HTTP, "http://p:1", id="configured"),
        pytest.param(
            {"proxy": "http://p:1", "trust_env": True}, FOUND, HTTP, "http://p:1", id="both"
        ),
    ],
)
def test_the_proxy_of_a_url_is_the_configured_one_else_the_environments(
    settings: dict[str, object], found: dict[str, str], url: httpx2.URL, address: str
) -> None:
    """The environment has a say under trust_env alone, and never over the settings."""
    assert Proxies(set_to(**settings), lambda: found).address(url) == address


@pytest.mark.parametrize(
    "settings, address, server",
    [
        pytest.param({}, DIRECT, None, id="direct"),
        pytest.param({}, "http://p:1", ProxyServer(url="http://p:1"), id="http"),
        pytest.param(
            {}, "https://p:1", ProxyServer(url="https://p:1", context=CONTEXT), id="https"
        ),
        pytest.param(
            {"proxy": "http://p:1", "proxy_auth": "ann:a:b"},
            "http://p:1",
            ProxyServer(url="http://p:1", auth=("ann", "a:b")),
            id="credential",
        ),
        pytest.param(
            {},
            "http://ann:a%3Ab@p:1",
            ProxyServer(url="http://p:1", auth=("ann", "a:b")),
            id="credential-in-the-environment",
        ),
        pytest.param(
            {},
            "http://ann@p:1",
            ProxyServer(url="http://p:1", auth=("ann", "")),
            id="user-in-the-environment",
        ),
    ],
)
def test_a_proxy_server_has_its_credential_and_a_context_where_it_is_secure(
    settings: dict[str, object], address: str, server: ProxyServer | None
) -> None:
    """A password may hold colons; only a connection to the proxy by https needs a context."""
    assert Proxies(set_to(**settings), dict).server(address, CONTEXT) == server


def test_a_proxy_of_another_kind_is_refused() -> None:
    """INVARIANT: a proxy that we do not speak to is said so, not left out."""
    with pytest.raises(SettingsError, match="names a socks5 proxy, which is not supported"):
        Proxies(set_to(trust_env=True), dict).server("socks5://p:1", CONTEXT)


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_call_goes_through_its_proxy(world: str, raw_server: StartRaw) -> None:
    """The proxy is asked for the whole URL, with its credential, and the API is never called."""
    proxy = raw_server(raw.answer())
    ended = Caller(world)(
        "http://api.test", call("GET", "/x"), proxy=proxy.url, proxy_auth="ann:hush"
    )
    (request,) = proxy.requests
    assert (ended.response.status_code, request.target) == (200, "http://api.test/x")
    assert request.header("proxy-authorization") == "Basic YW5uOmh1c2g="


@pytest.mark.parametrize("world", TWO_WORLDS)
def test_a_proxy_that_refuses_the_tunnel_has_sent_nothing(world: str, raw_server: StartRaw) -> None:
    """A tunnel that was refused may be tried again for any method: the API has seen nothing."""
    proxy = raw_server(raw.answer(502, b""))
    ended = Caller(world)("https://api.test", call("POST", "/x"), proxy=proxy.url)
    assert (ended.rows, isinstance(ended.error, httpx2.ProxyError)) == (["refused"] * 3, True)
    assert {request.method for request in proxy.requests} == {"CONNECT"}


def test_the_environments_proxy_is_heeded_over_the_wire(
    raw_server: StartRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under trust_env a call goes through the proxy that the environment names."""
    proxy = raw_server(raw.answer())
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    ended = Caller("sync")("http://api.test", call("GET", "/"), trust_env=True)
    assert (ended.response.status_code, len(proxy.requests)) == (200, 1)
