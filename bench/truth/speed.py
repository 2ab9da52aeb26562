"""What diagnosis adds to a green calm suite, in wall time, beside the same suite without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bench.truth import sessions
from bench.truth.grid import Cell
from bench.truth.lanes import Lane

_OFF = {"REDHANDED_DIAGNOSIS__ENABLED": "false"}


def ratios(own: Lane, cell: Cell, rounds: int) -> Iterator[tuple[float, float]]:
    """Seconds with diagnosis over those without, and over plain pytest; the three in turn."""
    cell = replace(cell, storms=(), defect="")
    own.proxy.replan(cell.plan, log=own.folder.with_name("speed.ndjson"))
    _seconds(own, cell, "redhanded")  # so that every module is compiled, and every page warm
    for _ in range(rounds):
        ours = _seconds(own, cell, "redhanded")
        off = _seconds(own, cell, "redhanded", **_OFF)
        plain = _seconds(own, cell, "plain")
        yield ours / off, ours / plain


def _seconds(own: Lane, cell: Cell, mode: str, **settings: str) -> float:
    own.folder.mkdir(exist_ok=True)
    ended = sessions.run(
        cell,
        sessions.MODES[mode],
        url=own.proxy.url,
        folder=own.folder,
        settings=settings,
        timings=True,
    )
    if ended.exit_code:
        raise SystemExit(f"a calm suite is not green:\n{ended.said}")
    return ended.seconds
