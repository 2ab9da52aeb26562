"""What the proxy is told to do, however it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from redhanded.lab.weather.link import Address
from redhanded.lab.weather.plan import Plan, PlanError


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What to run."""

    upstream: Address
    plan: Plan
    port: int = 0
    log: Path | None = None
    tls: bool = False
    with_parent: bool = False


def planned(
    faults: Sequence[str],
    when: Mapping[str, object],
    *,
    plan: Path | None = None,
    seed: int | None = None,
) -> Plan:
    """The plan of a file, or one rule for each fault with what else the rules have in common.

    `when` holds a rule's other fields, None where one was not given. Raises PlanError for a plan
    that is none.
    """
    given = {name: value for name, value in when.items() if value not in {None, ()}}
    if plan is not None and (faults or given):
        raise PlanError("a plan file says all: leave out --fault and what belongs to it")
    if given and not faults:
        raise PlanError(f"{', '.join(given)} belongs to a fault: add --fault CODE")
    made = Plan.read(plan) if plan else Plan.of([{"fault": code, **given} for code in faults])
    return made if seed is None else made.model_copy(update={"seed": seed})
