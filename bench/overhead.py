"""What the pipeline and its ledger cost on top of a bare httpx2 call, in CPU time."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import httpx2

from redhanded.client.client import Clients
from redhanded.core.settings import Settings
from redhanded.pipeline.call import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

_PER_TEST = 20  # calls of one test: the ledger lives as long as its test


def _sync_round(clients: Clients, bare: httpx2.Client, calls: int) -> tuple[float, float]:
    def ours() -> None:
        for _ in range(calls // _PER_TEST):
            with clients.open(Scope()) as client:
                for _ in range(_PER_TEST):
                    client.get("/item")

    def theirs() -> None:
        for _ in range(calls):
            bare.get("/item")

    return _cpu(ours), _cpu(theirs)


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def sync_ratio(url: str, *, rounds: int, calls: int) -> list[float]:
    """CPU of ours over theirs, a value a round, the two in turn."""
    clients = Clients(Settings(base_url=url))
    with httpx2.Client(base_url=url, trust_env=False) as bare:
        _sync_round(clients, bare, _PER_TEST)
        pairs = [_sync_round(clients, bare, calls) for _ in range(rounds)]
    clients.close()
    return [ours / theirs for ours, theirs in pairs]


async def _async_round(url: str, calls: int) -> tuple[float, float]:
    async with (
        Clients(Settings(base_url=url)).open_async(Scope()) as ours,
        httpx2.AsyncClient(base_url=url, trust_env=False) as bare,
    ):
        await ours.get("/item")
        await bare.get("/item")
        cpu = []
        for client in (ours, bare):
            began = time.process_time()
            for _ in range(calls):
                await client.get("/item")
            cpu.append(time.process_time() - began)
    return cpu[0], cpu[1]


def async_ratio(url: str, *, rounds: int, calls: int) -> list[float]:
    """CPU of ours over theirs, a value a round, the two in turn."""
    pairs = [asyncio.run(_async_round(url, calls)) for _ in range(rounds)]
    return [ours / theirs for ours, theirs in pairs]
