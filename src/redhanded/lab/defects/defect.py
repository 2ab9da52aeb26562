"""What a defect is: a code, what it is about, and the one thing that it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from redhanded.lab.defects.answered import Edit
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.defects.wire import Wire
from redhanded.lab.services import Services

Verdict: TypeAlias = Literal["drift", "defect", "slow"]
Alteration: TypeAlias = Callable[[Services, Trigger], Services]


@dataclass(frozen=True, slots=True)
class Setup:
    """A fault that is set up when it is switched on: it knows the services and keeps state.

    It may alter services, edit answers and carry requests otherwise, all at once.
    """

    start: Callable[[Services, Trigger], tuple[Services, Sequence[Edit | Wire]]]


Fault: TypeAlias = Alteration | Edit | Wire | Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A fault of the API that can be switched on.

    `verdict` is what a test that meets it should end with, `how` the route and the input on which
    it shows. `fault` alters services, edits finished answers, or carries requests otherwise.
    `parameters` are its numbers with what they are unless the switch says otherwise.
    """

    code: str
    title: str
    verdict: Verdict
    how: str
    fault: Fault
    intermittent: bool = False
    parameters: Mapping[str, float] = field(default_factory=dict)
