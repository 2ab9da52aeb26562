"""The storm of `redhanded demo --storm`: weather before the demo API, and one bug planted in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from redhanded.cli.commands import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.lab.weather.plan import Plan

DEFECT = "D84"
SEED = 1
MIX = ("E12", "E15", "E25", "E28", "E29", "E31")

_CHANCE = 0.1  # of a request to be struck, by whichever fault
_OUTAGE = "E39"
_OUTAGE_AT = 150  # requests, when the suites are well under way
_OUTAGE_SECONDS = 2
# What asks for patience asks for a second, the least that a header can say, and strikes half as
# often as others: a demo is waited for.
_PATIENT = frozenset({"E25", "E28"})
# A run that is told of the storm: what recovers from it is no reason to fail, and tests are run
# again more often, after shorter waits, than a project would want.
_PYTEST = (
    "--rh-set=recovered.limit=1",
    "--rh-set=recovered.statuses_5xx=false",
    "--rh-set=requeue.seconds=60",
    "--rh-set=requeue.rounds=6",
    "--tb=short",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """The weather of a run, the defect that is planted, and the title by which people know it."""

    plan: Plan
    defect: str
    title: str
    seed: int = SEED
    pytest_args: Sequence[str] = _PYTEST
    workers: int = 6  # most of the time they wait for the weather

    @classmethod
    def of(cls, *, defect: str | None, weather: Sequence[str], seed: int | None) -> Self:
        """The storm that is asked for; where nothing is, the usual mix and a short outage.

        Raises Refusal for a code that there is not, or that the demo cannot make.
        """
        from redhanded.lab.defects.switchboard import SwitchError, find, read

        code, colon, numbers = (defect or DEFECT).partition(":")
        planted = f"{code.strip().upper()}{colon}{numbers}"
        try:
            known = find(read(planted)[0])
        except SwitchError as error:
            raise Refusal(f"{error}.".replace("--list", "python -m redhanded.lab --list")) from None
        seed = SEED if seed is None else seed
        return cls(plan=_plan(weather, seed), defect=planted, title=known.title, seed=seed)

    def forecast(self) -> str:
        """What will happen, in a sentence or two."""
        from redhanded.lab.weather.faults.table import FAULTS

        struck = [rule.fault for rule in self.plan.rules if rule.rate is not None]
        outages = [rule.fault for rule in self.plan.rules if rule.rate is None]
        faults = [
            *([f"one request in ten is struck ({', '.join(struck)})"] if struck else []),
            *(
                f"request {_OUTAGE_AT} begins {_OUTAGE_SECONDS} s of {code}"
                f" ({_untimed(FAULTS[code].title)})"
                for code in outages
            ),
        ]
        return (
            f"Before it stands a storm, by seed {self.seed}: {', and '.join(faults)}."
            f" And one bug is planted: {self.defect}, {self.title}."
        )


def _untimed(title: str) -> str:
    """A title without how long it would last by itself."""
    return title.removeprefix("60 s of ").replace("for 3 s (restart)", "while it restarts")


def _plan(weather: Sequence[str], seed: int) -> Plan:
    from redhanded.lab.weather.plan import Plan, PlanError

    codes = [code.strip().upper() for code in weather] or [_OUTAGE, *MIX]
    unit = _CHANCE / (sum(map(_share, codes)) or 1.0)
    try:
        rules = [_rule(code, unit * _share(code)) for code in codes]
        plan = Plan.of({"rules": rules, "seed": seed})
        plan.check(has_tls=False)
    except PlanError as error:
        raise Refusal(f"{error}; redhanded weather --list shows all.") from None
    return plan


def _is_outage(code: str) -> bool:
    from redhanded.lab.weather.faults.outages import Outage
    from redhanded.lab.weather.faults.table import FAULTS

    return code in FAULTS and issubclass(FAULTS[code], Outage)


def _share(code: str) -> float:
    """How much of the chance a fault has, beside others."""
    if _is_outage(code):
        return 0.0
    return 0.5 if code in _PATIENT else 1.0


def _rule(code: str, chance: float) -> dict[str, Any]:
    """A fault by chance; an outage once, for a short while."""
    from redhanded.lab.weather.faults.table import FAULTS

    if code not in FAULTS:
        return {"fault": code}  # which the plan refuses by naming the closest
    if FAULTS[code].needs_tls:
        raise Refusal(f"{code} is a fault of TLS, which the demo API does not speak: name another.")
    if _is_outage(code):
        return {"fault": code, "nth": _OUTAGE_AT, "params": {"seconds": _OUTAGE_SECONDS}}
    return {"fault": code, "rate": chance, "params": {"seconds": 1} if code in _PATIENT else {}}
