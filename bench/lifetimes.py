"""What it costs to make a client for each request instead of keeping a pool."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx2

from redhanded.client.client import Clients
from redhanded.core.settings import Settings
from redhanded.pipeline.call import Scope


def pooled_ratios(url: str, *, rounds: int, calls: int) -> dict[str, list[float]]:
    """Wall of a call made in other ways, over a call of a client that a test keeps."""
    clients = Clients(Settings(base_url=url))
    kept = clients.open(Scope())
    ways = {
        "a redhanded client a call, pool kept": lambda: _once(clients),
        "httpx2.get(), which builds all anew": lambda: httpx2.get(f"{url}/item"),
    }
    kept.get("/item")
    base = [_wall(lambda: kept.get("/item"), calls) for _ in range(rounds)]
    ratios = {
        name: [_wall(way, calls if "pool" in name else max(3, calls // 30)) / one for one in base]
        for name, way in ways.items()
    }
    clients.close()
    return ratios


def _once(clients: Clients) -> object:
    with clients.open(Scope()) as client:
        return client.get("/item")


def _wall(work: Callable[[], object], calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - began) / calls
