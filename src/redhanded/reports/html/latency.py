"""Latency: how long each operation took, beside what it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.reports.html.payload import Latency
from redhanded.reports.html.quantiles import histogram, quantiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redhanded.reports.html.payload import Objective, Ticks


def latencies(
    times: Mapping[str, Sequence[Ticks]], objectives: Mapping[str, Sequence[Objective]]
) -> list[Latency]:
    """The operations with times or objectives: those that miss one first, then the slowest."""
    names = dict.fromkeys([*objectives, *times])
    found = [_latency(name, times.get(name, ()), objectives.get(name, ())) for name in names]
    told = [one for one in found if one["samples"] or one["objectives"]]
    return sorted(told, key=_concern)


def _latency(name: str, ordered: Sequence[Ticks], objectives: Sequence[Objective]) -> Latency:
    limits = [round(one["limit"]) for one in objectives if one["measure"] != "errors"]
    bins = histogram(ordered, limits=limits)
    return Latency(
        operation=name,
        samples=len(ordered),
        edges=bins.edges,
        counts=bins.counts,
        quantiles=quantiles(ordered),
        objectives=[*objectives],
    )


def _concern(one: Latency) -> tuple[bool, int, str]:
    is_missed = any(objective["state"] == "missed" for objective in one["objectives"])
    p95 = next((each.value for each in one["quantiles"] if each.name == "p95"), 0)
    return not is_missed, -p95, one["operation"]
