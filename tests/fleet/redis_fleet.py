"""Members of a fleet that share a database of a real Redis."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

import redis

from redhanded.fleet.redis_address import Address
from redhanded.fleet.redis_limits import LinkLimits
from redhanded.fleet.redis_store import RedisStore
from redhanded.fleet.store import GateLimits, Member
from tests.servers.processes import Patience
from tests.servers.redis import RedisServer

PATIENCE = LinkLimits(answer=30.0, slow=30.0)  # a busy machine is no server that is away


@dataclass
class InRedis:
    """Members with a link of their own each; the database is empty at first."""

    server: RedisServer
    database: int = 9
    port: int = 0
    limits: LinkLimits = PATIENCE
    told: list[str] = field(default_factory=list)
    stores: list[RedisStore] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.server.client()
        self.client.select(self.database)
        self.client.flushdb()

    def join(self, member: Member, limits: GateLimits) -> RedisStore:
        """The store of a member."""
        address = Address(
            host="127.0.0.1",
            port=self.port or self.server.port,
            database=self.database,
            password=self.server.password or "",
        )
        store = RedisStore(
            address, limits=limits, member=member, tell=self.told.append, link_limits=self.limits
        )
        self.stores.append(store)
        return store

    def pass_time(self, seconds: float) -> None:
        """Wait until the server's clock has gone on by so much."""
        until = self.time() + seconds
        assert Patience().until(lambda: self.time() > until)

    def settle(self) -> None:
        """See to it that all that was recorded is counted: a question comes after it."""
        for store in self.stores:
            store.get("settled")

    def keys_by_kind(self) -> dict[str, str]:
        """The names of all keys, by what follows the digest in them."""
        names = (str(name) for name in self.client.scan_iter())
        return {name.rpartition(":")[2]: name for name in names}

    def hash(self) -> dict[str, str]:
        """What stands in the only hash."""
        found = self.client.hgetall(self.keys_by_kind()["gate"])
        return {str(name): str(value) for name, value in found.items()}

    def counted(self, kind: str = "n") -> int:
        """How many results of a kind stand there."""
        return sum(int(n) for name, n in self.hash().items() if name.startswith(f"{kind}:"))

    def time(self) -> float:
        """The server's clock."""
        seconds, microseconds = self.client.time()
        return float(seconds) + float(microseconds) / 1e6

    def close(self) -> None:
        """Close all that was opened."""
        for store in self.stores:
            store.close()
        with suppress(redis.RedisError):
            self.client.close()
