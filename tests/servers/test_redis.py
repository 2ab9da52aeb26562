"""Redis comes, fails and goes as the tests count on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import redis

from tests.servers import redis as server
from tests.servers.processes import Patience, ServerNotInstalled, ServerNotStarted
from tests.servers.redis import RedisServer
from tests.servers.test_postgresql import listens

ABANDON = """
import os
from tests.servers.redis import serving
with serving() as running:
    running.pause()
    print(running.port, flush=True)
    os._exit(3)
"""


def test_a_server_keeps_nothing(redis_server: RedisServer) -> None:
    """What is written is read, and no file is made of it."""
    redis_server.do("SET", "test:kept", "yes", "EX", 60)

    assert redis_server.do("GET", "test:kept") == "yes"
    assert redis_server.do("CONFIG", "GET", "save") == ["save", ""]
    assert redis_server.do("CONFIG", "GET", "appendonly") == ["appendonly", "no"]


def test_the_password_counts_and_is_no_argument() -> None:
    """Who does not know it is not let in, and the list of processes does not show it."""
    with server.serving(password="hush hush") as running:
        stranger = RedisServer(running.port, running.pid)

        assert running.do("PING") is True
        with pytest.raises(redis.AuthenticationError):
            stranger.do("PING")
        if sys.platform == "linux":
            line = Path(f"/proc/{running.pid}/cmdline").read_bytes()
            assert b"hush" not in line


def test_a_stopped_server_keeps_its_callers_waiting(own_redis: RedisServer) -> None:
    """Its connections stay open, and what was sent meanwhile is answered later."""
    with own_redis.client(seconds=0.1) as client:
        client.ping()
        own_redis.pause()
        with pytest.raises(redis.TimeoutError):
            client.set("test:late", "1")
        own_redis.resume()

    assert own_redis.do("GET", "test:late") == "1"


def test_a_killed_server_refuses(own_redis: RedisServer) -> None:
    """Its port is closed from then on."""
    own_redis.kill()

    assert Patience().until(lambda: not listens(own_redis.port))


def test_a_server_can_be_made_read_only(own_redis: RedisServer) -> None:
    """A write says READONLY, a read is answered, and a promotion ends it."""
    own_redis.do("SET", "test:old", "1")
    own_redis.make_readonly()

    with pytest.raises(redis.ReadOnlyError):
        own_redis.do("SET", "test:new", "1")
    assert own_redis.do("GET", "test:old") == "1"

    own_redis.promote()
    assert own_redis.do("SET", "test:new", "1") is True


def test_a_server_can_be_made_full(own_redis: RedisServer) -> None:
    """A write says OOM until there is room."""
    own_redis.make_full()
    with pytest.raises(redis.OutOfMemoryError):
        own_redis.do("SET", "test:new", "1")

    own_redis.make_room()
    assert own_redis.do("SET", "test:new", "1") is True


def test_a_replica_follows_until_it_is_promoted(own_redis: RedisServer) -> None:
    """It has what the primary had, takes no write, and takes them once it is promoted."""
    own_redis.do("SET", "test:shared", "1")

    with server.serving(password="another", replica_of=own_redis) as replica:
        assert Patience().until(lambda: replica.do("GET", "test:shared") == "1")
        with pytest.raises(redis.ReadOnlyError):
            replica.do("SET", "test:shared", "2")
        own_redis.kill()
        replica.promote()
        assert replica.do("SET", "test:shared", "2") is True


def test_a_machine_without_a_server_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The sentence names where it was looked for, and what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with (
        pytest.raises(ServerNotInstalled, match="on the PATH: install one, such as Debian's"),
        server.serving(),
    ):
        pytest.fail("it started")


@pytest.mark.parametrize(
    "needed, outcome",
    [
        pytest.param("", {"skipped": 1}, id="nothing is said"),
        pytest.param("postgresql", {"skipped": 1}, id="something else is needed"),
        pytest.param("postgresql redis", {"errors": 1}, id="it is needed"),
    ],
)
def test_what_is_needed_is_not_skipped(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    needed: str,
    outcome: dict[str, int],
) -> None:
    """INVARIANT: where TESTS_NEED names the server, its absence is an error."""
    monkeypatch.setenv("TESTS_NEED", needed)
    monkeypatch.setattr(server, "PROGRAM", "no-such-server")
    pytester.makepyfile("def test_it(redis_server): pass")

    result = pytester.runpytest_inprocess("-rs", "-p", "no:asyncio", "-p", "tests.servers.fixtures")

    result.assert_outcomes(**outcome)
    result.stdout.fnmatch_lines(["*no Redis server (no-such-server) is on the PATH*"])


@pytest.mark.usefixtures("redis_server")  # skipped where there is none
def test_a_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that the server refuses is in the sentence."""
    monkeypatch.setattr(server, "SETTINGS", ("no-such-setting 1",))

    with (
        pytest.raises(ServerNotStarted, match="Bad directive or wrong number of arguments"),
        server.serving(),
    ):
        pytest.fail("it started")


@pytest.mark.usefixtures("redis_server")
def test_a_server_that_is_late_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replica without its primary is not up, and is waited for so long only."""
    nowhere = RedisServer(1, 0, "secret")

    with (
        pytest.raises(ServerNotStarted, match=r"did not answer within 0\.1 s"),
        server.serving(replica_of=nowhere, patience=Patience(seconds=0.1)),
    ):
        pytest.fail("it started")


@pytest.mark.parametrize(
    "ended_by",
    [
        pytest.param("SIGTERM", id="ended"),
        pytest.param(
            "SIGKILL",
            id="killed",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux can do that"),
        ),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="there are no such signals elsewhere")
def test_a_server_does_not_outlive_the_process_that_runs_it(
    own_redis: RedisServer, ended_by: str
) -> None:
    """INVARIANT: a signal to all processes of a test run leaves no server behind."""
    os.kill(own_redis.host, getattr(signal, ended_by))

    assert Patience().until(lambda: not listens(own_redis.port))


@pytest.mark.usefixtures("redis_server")
def test_even_a_stopped_server_ends_when_its_parent_dies() -> None:
    """INVARIANT: a parent that leaves without a word leaves no server behind."""
    with tempfile.TemporaryDirectory() as folder:
        left = subprocess.run(
            [sys.executable, "-c", ABANDON],
            check=False,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "TMPDIR": folder},
            timeout=50,
        )

        assert left.returncode == 3, left.stderr
        assert Patience().until(lambda: not listens(int(left.stdout)))
