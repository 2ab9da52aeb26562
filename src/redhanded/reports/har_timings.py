"""How long each part of an attempt took, as an archive tells it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from redhanded.core.exchange import Exchange

_NAMES: Final = {
    "pool": "blocked",
    "dns": "dns",
    "connect": "connect",
    "tls": "ssl",
    "send": "send",
    "wait": "wait",
    "read": "receive",
}
_ABSENT: Final = {"blocked": -1.0, "dns": -1.0, "connect": -1.0, "ssl": -1.0}
_ALWAYS: Final = {"send": 0.0, "wait": 0.0, "receive": 0.0}


def timings(exchange: Exchange) -> dict[str, float]:
    """Milliseconds by part; -1 where there was no such part, which the last three cannot be.

    `connect` holds `ssl`, as HTTP Archive 1.2 has it.
    """
    told = {**_ABSENT, **_ALWAYS}
    ends = [at for _, at in exchange.marks[1:]] + [exchange.elapsed]
    for (phase, began), ended in zip(exchange.marks, ends, strict=False):
        name = _NAMES.get(phase.value)
        if name is not None:
            told[name] = max(told[name], 0.0) + _milliseconds(ended - began)
    if told["ssl"] >= 0:
        told["connect"] = max(told["connect"], 0.0) + told["ssl"]
    return {name: round(value, 3) for name, value in told.items()}


def total(spent: dict[str, float]) -> float:
    """The milliseconds of all parts that there were; `ssl` is counted once."""
    return round(sum(ms for name, ms in spent.items() if name != "ssl" and ms > 0), 3)


def _milliseconds(seconds: float) -> float:
    return max(seconds, 0.0) * 1000 if isfinite(seconds) else 0.0
