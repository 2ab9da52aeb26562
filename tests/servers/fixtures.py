"""The servers as pytest fixtures; a server that cannot start fails the test in one sentence."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import pytest
import trustme

from tests.servers import certificates, httpbin, raw
from tests.servers import kinto as kinto_server
from tests.servers.processes import ServerNotInstalled, ServerNotStarted

if TYPE_CHECKING:
    from tests.servers.postgresql import Cluster
    from tests.servers.redis import RedisServer

T = TypeVar("T")
NEEDED = "TESTS_NEED"  # a name that begins with REDHANDED_ would be a setting


class StartRaw(Protocol):
    """Starts a raw server that ends with the test."""

    def __call__(self, *scripts: raw.Script, tls: ssl.SSLContext | None = None) -> raw.RawServer:
        """The server, listening."""
        ...


@contextmanager
def or_fail(serve: Callable[[], AbstractContextManager[T]]) -> Iterator[T]:
    """What the server gives; a failed test, without a traceback, where it does not start."""
    with ExitStack() as stack:
        try:
            served = stack.enter_context(serve())
        except ServerNotStarted as error:
            pytest.fail(str(error), pytrace=False)
        yield served


def or_skip(name: str, find: Callable[[], object]) -> None:
    """Skips the test where the server is not installed, or fails it where TESTS_NEED names it."""
    try:
        find()
    except ServerNotInstalled as error:
        if name in os.environ.get(NEEDED, "").split():
            pytest.fail(f"{error}.", pytrace=False)
        pytest.skip(f"{error}.")


@pytest.fixture(scope="session")
def httpbin_url() -> Iterator[str]:
    """The origin of a running httpbin."""
    with or_fail(httpbin.serve) as served:
        yield served.origin


@pytest.fixture(scope="session")
def kinto() -> Iterator[kinto_server.Kinto]:
    """A running Kinto; take a new account and buckets of your own, for others use it too."""
    with or_fail(kinto_server.serve) as served:
        yield served


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A running PostgreSQL; take a new database of your own.

    Without a server on this machine the test is skipped, or fails where TESTS_NEED names it.
    """
    from tests.servers import postgresql as server

    or_skip("postgresql", server.programs)
    with or_fail(server.serving) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A running Redis that other tests use too: take keys of your own, and leave it as it is.

    Without a server on this machine the test is skipped, or fails where TESTS_NEED names it.
    """
    yield from _redis()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A running Redis for this test alone, to be emptied, stopped or killed."""
    yield from _redis()


def _redis() -> Iterator[RedisServer]:
    from tests.servers import redis as server

    or_skip("redis", server.program)
    with or_fail(server.serving) as running:
        yield running


@pytest.fixture
def raw_server() -> Iterator[StartRaw]:
    """Starts raw servers that end, threads and all, with the test."""
    with ExitStack() as stack:

        def start(*scripts: raw.Script, tls: ssl.SSLContext | None = None) -> raw.RawServer:
            return stack.enter_context(raw.serve(*scripts, tls=tls))

        yield start


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A loopback port that refuses connections while the test runs."""
    with raw.closed_port() as port:
        yield port


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A throw-away certificate authority that no client trusts by itself."""
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the authority's certificate."""
    return certificates.write_bundle(authority, tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def client_identity(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a client's key and certificate, signed by the authority."""
    return certificates.write_identity(authority, tmp_path_factory.mktemp("identity"))


@pytest.fixture(scope="session")
def tls_context(authority: trustme.CA) -> ssl.SSLContext:
    """The server side of TLS for loopback, signed by the authority."""
    return certificates.server_context(authority)
