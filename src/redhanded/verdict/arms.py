"""The three arms of a diagnosis, and what is known before any of them is asked.

A diagnosis is a generator, as a policy is: it yields what it wants to ask, is sent the attempt that
came of it, and returns a finding. It has no I/O; the session asks.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from redhanded.verdict.findings import is_weather
from redhanded.verdict.inquiry import Inquiry

if TYPE_CHECKING:
    from redhanded.core.attempt import Attempt
    from redhanded.verdict.almanac import Almanac

T = TypeVar("T")


class Arm(Enum):
    """What is asked, each on a fresh connection and without a retry."""

    TARGET = "the request that failed"
    INPUT = "another input of its route"
    CANARY = "the health endpoint"
    LOGIN = "the run's own credential"


class Ask(NamedTuple):
    """One control request; answered with its attempt, or None where it may not be sent.

    `like` is the request to send, but for canary and login. `seconds` limits the wait for an
    answer.
    """

    arm: Arm
    like: Attempt | None = None
    seconds: float | None = None


Diagnosis: TypeAlias = Generator[Ask, "Attempt | None", T]

CANARY = Ask(Arm.CANARY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of a failure before anything is asked.

    `home` is the origin of the API under test. `circuit` says that the origin of an attempt is
    known to be down, in a clause. `stall` is the longest, in seconds, for which the runner stood
    still between two moments of wall time. `pairs` are the failures, each beside a healthy canary,
    that convict. `patience` are the seconds after which a route is no longer thought to be out only
    for a while. `round` counts how often the test was run before, of `rounds` times at most.
    `inquiry` takes in each question and its answer; no verdict rests on it.
    """

    almanac: Almanac
    home: str
    inquiry: Inquiry = field(default_factory=Inquiry)
    test_id: str = ""
    round: int = 0
    rounds: int = 0
    pairs: int = 7
    patience: float = 0.0
    circuit: Callable[[Attempt], str] = lambda _: ""
    stall: Callable[[float, float], float] = lambda _began, _ended: 0.0
    reconciled: Callable[[Attempt], str] = lambda _: ""
    knows_origin: Callable[[Attempt], bool] = lambda _: True


def is_well(canary: Attempt) -> bool:
    """Whether a canary's answer shows that the API is there and works."""
    return canary.is_complete and not is_weather(canary) and (canary.status or 0) < 500


def outcome(attempt: Attempt) -> str:
    """What came of an attempt, in a few words."""
    failure = attempt.failure
    return f"answered {attempt.status}" if failure is None else f"{failure.phase}: {failure.row}"
