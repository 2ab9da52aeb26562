"""What diagnosis adds to a green calm suite, beside the same suite without it and plain pytest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from bench.truth import sessions
from bench.truth.grid import Cell
from bench.truth.lanes import Lane

_OFF = {"REDHANDED_DIAGNOSIS__ENABLED": "false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds of one session: on the wall, and of the processor, where the system tells."""

    wall: float
    processor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One session of each kind, right after each other."""

    on: Spent
    off: Spent
    plain: Spent


def rounds(own: Lane, cell: Cell, count: int) -> Iterator[Round]:
    """The seconds of the cell's tests with diagnosis, without it, and with pytest and httpx2."""
    own.proxy.replan(cell.plan, log=own.folder.with_name("speed.ndjson"))
    _spent(own, cell, "redhanded")  # so that every module is compiled, and every page warm
    for _ in range(count):
        yield Round(
            on=_spent(own, cell, "redhanded"),
            off=_spent(own, cell, "redhanded", **_OFF),
            plain=_spent(own, cell, "plain"),
        )


def _spent(own: Lane, cell: Cell, mode: str, **settings: str) -> Spent:
    own.folder.mkdir(exist_ok=True)
    before = os.times()
    ended = sessions.run(
        cell,
        sessions.MODES[mode],
        url=own.proxy.url,
        folder=own.folder,
        settings=settings,
        timings=True,
    )
    after = os.times()
    if ended.exit_code:
        raise SystemExit(f"a calm suite is not green:\n{ended.said}")
    used = (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )
    return Spent(wall=ended.seconds, processor=used)
