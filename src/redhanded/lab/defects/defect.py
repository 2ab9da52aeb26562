"""What a defect is: a code, what it is about, and the one thing that it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from redhanded.lab.defects.answered import Edit
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.defects.wire import Wire
from redhanded.lab.services import Services

Verdict: TypeAlias = Literal["drift", "defect", "slow"]
Alteration: TypeAlias = Callable[[Services, Trigger], Services]
Fault: TypeAlias = Alteration | Edit | Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A fault of the API that can be switched on.

    `verdict` is what a test that meets it should end with, `how` the route and the input on which
    it shows. `fault` alters services, edits finished answers, or carries requests otherwise.
    """

    code: str
    title: str
    verdict: Verdict
    how: str
    fault: Fault
    intermittent: bool = False
