"""One login for all workers of a run, and one renewal, in real runs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from threading import Lock

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw
from tests.servers.raw.wire import Received
from tests.servers.redis import RedisServer

TOML = """
    [tool.redhanded.auth]
    kind = "login"
    path = "/auth"
    body = { user = "ann" }
"""
TWENTY = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(20))
    def test_it(api, number):
        expect(api.get(f"/x/{number}"), 200)
"""


@dataclass
class Tokens:
    """An API that honours the token it handed out last, and forgets it after so many calls."""

    lasts: int = 1_000
    refuses: bool = False
    forgives: bool = False
    logins: int = 0
    served: int = 0
    lock: Lock = field(default_factory=Lock)

    def __call__(self, request: Received) -> bytes:
        with self.lock:
            status, document = self.answer(request)
        return raw.message(status, json.dumps(document).encode())

    def answer(self, request: Received) -> tuple[int, dict[str, str]]:
        """Status and document."""
        if request.path == "/auth":
            self.logins += 1
            self.served = 0
            return (403, {}) if self.refuses else (200, {"token": f"a-long-token-{self.logins}"})
        if request.path == "/health":
            return 200, {}
        newest = f"Bearer a-long-token-{self.logins}"
        is_known = self.forgives or request.header("authorization") == newest
        self.served += is_known
        return (200, {}) if is_known and self.served <= self.lasts else (401, {})


def test_four_workers_log_in_once(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: one login request reaches the server, and no worker leaves its token anywhere."""
    api = Tokens()
    server = raw_server(raw.reply(api))

    ran = suite(TWENTY, "-n4", "-rA", base_url=server.url, toml=TOML)

    assert ran.ret == 0, ran.text
    assert api.logins == 1
    left = [path for path in ran.folder.rglob("*") if path.is_file()]
    assert len(ran.files("spool", "*.ndjson")) == 5
    assert not [path for path in left if b"a-long-token" in path.read_bytes()]
    assert "a-long-token" not in ran.text


def test_a_token_that_is_refused_in_the_midst_is_renewed_once(
    suite: Suite, raw_server: Serve
) -> None:
    """INVARIANT: four workers meet a 401 and one of them logs in; all tests hold."""
    api = Tokens(lasts=12)

    ran = suite(
        TWENTY,
        "-n4",
        base_url=raw_server(raw.reply(api)).url,
        toml=f"diagnosis = {{ enabled = false }}\n{TOML}",
    )

    assert ran.ret == 0, ran.text
    assert api.logins == 2


def test_a_refused_login_is_tried_once(suite: Suite, raw_server: Serve) -> None:
    """A wrong password does not lock an account because a run has many workers."""
    api = Tokens(refuses=True)
    source = TWENTY.replace("range(20)", "range(8)")

    ran = suite(source, "-n2", base_url=raw_server(raw.reply(api)).url, toml=TOML)

    assert ran.ret == 75, ran.text
    assert api.logins == 1
    assert {code for codes in ran.codes.values() for code in codes} == {"auth.refused"}


def test_a_lone_process_shares_nothing(suite: Suite, raw_server: Serve) -> None:
    """No file, no lock and no thread is made for a run without workers."""
    ran = suite(TWENTY, base_url=raw_server(raw.reply(Tokens())).url, toml=TOML)

    names = {path.name for path in ran.folder.glob(".redhanded/runs/*/*")}
    assert ran.ret == 0, ran.text
    assert names == {"logs", "report.html", "spool"}


@pytest.mark.parametrize("state", ["up", "dead"])
def test_machines_log_in_once_by_redis(
    suite: Suite, raw_server: Serve, own_redis: RedisServer, state: str
) -> None:
    """Workers share through Redis where one is named; without it each logs in by itself."""
    api = Tokens(forgives=state == "dead")
    toml = f'redis_url = "{own_redis.url}"\n{TOML}'
    if state == "dead":
        own_redis.kill()

    ran = suite(TWENTY, "-n2", base_url=raw_server(raw.reply(api)).url, toml=toml)

    assert ran.ret == 0, ran.text
    assert list(ran.verdicts.values()) == ["pass"] * 20
    assert api.logins == (2 if state == "dead" else 1)
    assert ("is away" in ran.text) is (state == "dead")
    if state == "up":
        texts = [key for key in own_redis.do("KEYS", "*") if own_redis.do("TYPE", key) == "string"]
        assert not [key for key in texts if "a-long-token" in str(own_redis.do("GET", key))]
