"""Probes that were out at a time, held against the permits of a half-open circuit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

RAMP = (1, 2, 4)


class Probe(NamedTuple):
    """A lease, from when it was had until before its result was given back.

    The store counts it for longer on both ends, so that nothing here is held against it wrongly.
    Times are of one clock for all processes.
    """

    epoch: int
    began: float
    ended: float
    succeeded: bool


@dataclass(slots=True)
class Round:
    """What one half-open time of a circuit showed."""

    epoch: int
    most: int = 0
    breaches: list[str] = field(default_factory=list)


def rounds(probes: Iterable[Probe], ramp: Sequence[int] = RAMP) -> list[Round]:
    """Each half-open time with the most probes that were out at once, and what broke its ramp."""
    found: Mapping[int, list[Probe]] = defaultdict(list)
    for probe in probes:
        found[probe.epoch].append(probe)
    return [_round(epoch, own, ramp) for epoch, own in sorted(found.items())]


def _round(epoch: int, probes: list[Probe], ramp: Sequence[int]) -> Round:
    seen = Round(epoch)
    for probe in sorted(probes, key=lambda each: each.began):
        out = sum(other.began <= probe.began < other.ended for other in probes)
        successes = sum(other.succeeded and other.ended <= probe.began for other in probes)
        permits = ramp[min(successes, len(ramp) - 1)]
        seen.most = max(seen.most, out)
        if out > permits:
            seen.breaches.append(f"{out} probes were out with {permits} permits, epoch {epoch}")
    return seen
