"""A process of a fleet: `python redis_worker.py PORT DATABASE NAME MODE`.

count   lets 250 requests go and says how many were allowed
fork    does the same in two processes, of which one is a fork of the other
hold    takes a probe, says under which lease, and keeps it until somebody ends the process

Each says "ready" first and waits for a line.
"""

from __future__ import annotations

import os
import sys

from redhanded.fleet.redis_address import Address
from redhanded.fleet.redis_gate import RedisGate
from redhanded.fleet.redis_limits import LinkLimits
from redhanded.fleet.redis_store import RedisStore
from redhanded.fleet.store import GateLimits, Member
from redhanded.pipeline.breaker import BreakerLimits
from redhanded.pipeline.shared_gate import Asked, Turn

ORIGIN = "https://api.example.com"
LIMITS = GateLimits(BreakerLimits(window=3600.0, open=0.1, longest=0.1), quorum=1)
PATIENCE = LinkLimits(answer=30.0, slow=30.0)
REQUESTS = 250
LEASE = 0.5


def main(port: str, database: str, name: str, mode: str) -> None:
    """Plays its part and tells what came of it."""
    address = Address(host="127.0.0.1", port=int(port), database=int(database))
    store = RedisStore(
        address, limits=LIMITS, member=Member("h1", name), tell=say, link_limits=PATIENCE
    )
    gate = store.gate(ORIGIN)
    say("ready")
    sys.stdin.readline()
    if mode == "hold":
        probe = gate.acquire(Asked(may_probe=True, lease=LEASE, within=0.0))
        say(probe.lease if isinstance(probe, Turn) else repr(probe))
        sys.stdin.readline()
    elif mode == "fork":
        count(gate)
        child = os.fork()
        allowed = count(gate)
        store.close()
        if child == 0:
            os._exit(allowed != REQUESTS)
        say(str(allowed + REQUESTS * (os.waitpid(child, 0)[1] == 0)))
    else:
        allowed = count(gate)
        store.close()
        say(str(allowed))


def count(gate: RedisGate) -> int:
    """How many of the requests were allowed."""
    allowed = 0
    for _ in range(REQUESTS):
        turn = gate.acquire(Asked(may_probe=True, lease=30.0, within=0.0))
        if isinstance(turn, Turn):
            gate.record(turn, "success")
            allowed += 1
    return allowed


def say(line: str) -> None:
    """Writes one line to the process that waits for it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
