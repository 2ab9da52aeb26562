"""Pace: whether a broken latency ceiling is the server's doing.

Server share = the wait for the first byte, less the time that the way takes and less the time for
which the runner stood still. What came shortly before and the canary after bracket it: were they
slow as well, the whole environment was. One attributable breach is enough; a small one, which a
lost packet explains, must be seen twice.
"""

from __future__ import annotations

from enum import Enum
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from redhanded.core.attempt import is_near
from redhanded.pipeline.table import SAFE_METHODS
from redhanded.verdict.arms import CANARY, Arm, Ask, Diagnosis, Situation, is_well
from redhanded.verdict.questions import Questions
from redhanded.verdict.words import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.verdicts import Finding

UNATTRIBUTED = "latency.unattributed"
ONCE = "latency.once"  # by nothing that was seen of the environment, nor the server's for sure
REPLAYS = 3
NEIGHBOURS = 2.0  # seconds before a late call in which others show how the environment was
RETRANSMISSION = 1.5  # seconds; what a lost packet can cost at most before it is sent again
QUICK = 0.05  # seconds, in which a neighbour is quick whatever else
_SLOW = 0.5  # of the late call's share; a neighbour that takes as long was slowed by the same thing


class Before(Enum):
    """How the calls before a late one were; the first that holds for any of several counts."""

    QUICK = "quick"
    UNKNOWN = "unknown"
    SLOW = "slow"


class Late(NamedTuple):
    """An attempt whose answer began later than the ceiling, in seconds, allows."""

    attempt: Attempt
    ceiling: float


def of_lateness(found: Finding, late: Sequence[Late], situation: Situation) -> Diagnosis[Finding]:
    """What late calls of one test mean: slow, or inconclusive where the time is not the server's.

    `found` is the finding on the worst of them.
    """
    shares = [(one, _own(one.attempt, situation)) for one in late]
    own = [(one, share) for one, share in shares if share > one.ceiling]
    if not own:
        longest, share = max(shares, key=lambda pair: pair[1] - pair[0].ceiling)
        Questions(situation.inquiry, longest.attempt).share(share, longest.ceiling)
        return found.excused(UNATTRIBUTED, "without the runner's and the way's own time it held")
    worst, share = max(own, key=lambda pair: pair[1] - pair[0].ceiling)
    ask = Questions(situation.inquiry, worst.attempt)
    ask.share(share, worst.ceiling)
    canary = yield CANARY
    was_quick = canary is not None and is_quick(canary, share)
    ask.quick_canary(canary, is_quick=was_quick)
    if canary is not None and not was_quick:
        return found.excused(
            UNATTRIBUTED, f"the canary after it was slow as well ({_pace(canary)})"
        )
    befores = [_before(one.attempt, taken, situation) for one, taken in own]
    before = min(befores, key=list(Before).index)
    ask.before(before.value)
    times = befores.count(Before.QUICK) + _earlier(worst.attempt, situation)
    if times > 1:
        return _attributed(found, share, f"{times} calls of the test were late")
    if worst.attempt.method in SAFE_METHODS:
        return (yield from _measured_again(found, worst, share, before, situation))
    return _alone(found, share, worst, before)


def _measured_again(
    found: Finding, late: Late, share: float, before: Before, situation: Situation
) -> Diagnosis[Finding]:
    ask = Questions(situation.inquiry, late.attempt)
    asked: list[Attempt] = []
    for _ in range(REPLAYS):
        again = yield Ask(Arm.TARGET, late.attempt)
        canary = yield CANARY
        if again is None or canary is None:
            break
        asked.append(again)
        if _own(again, situation) > late.ceiling and is_quick(canary, share):
            ask.late_again(asked, is_late=True)
            fact = f"asked again, it was late again (try {len(asked)})"
            return _attributed(found, share, fact)
    ask.late_again(asked, is_late=False)
    found = found.also(f"asked again {len(asked)} times, it was in time") if asked else found
    return _alone(found, share, late, before)


def _alone(found: Finding, share: float, late: Late, before: Before) -> Finding:
    """The finding on a single breach; a machine loses no packets on the way to itself."""
    if before is Before.SLOW:
        return found.excused(UNATTRIBUTED, "calls shortly before it were slow as well")
    if before is Before.UNKNOWN:
        return found.excused(ONCE, "no other call shows how the environment was before it")
    if share - late.ceiling < RETRANSMISSION and not is_near(late.attempt.peer):
        return found.excused(ONCE, "a lost packet would explain it; it was seen once only")
    return _attributed(found, share, "calls before it and the canary after it were quick")


def own_seconds(attempt: Attempt, *, way: float, stall: float) -> float:
    """The seconds that the server itself took, as far as it can be told.

    `way` is what the way there and back takes, `stall` how long the runner stood still meanwhile.
    """
    return max((attempt.server_seconds or 0.0) - way - stall, 0.0)


def _own(attempt: Attempt, situation: Situation) -> float:
    stall = situation.stall(attempt.started_at, attempt.started_at + attempt.elapsed)
    return own_seconds(attempt, way=situation.almanac.quickest_connection(attempt), stall=stall)


def is_quick(canary: Attempt, share: float) -> bool:
    """Whether the canary is well, and far quicker than an answer that took the server so long."""
    return is_well(canary) and (canary.server_seconds or 0.0) < max(QUICK, _SLOW * share)


def _before(attempt: Attempt, share: float, situation: Situation) -> Before:
    """How other calls shortly before it were."""
    paces = [
        before.server_seconds
        for before in situation.almanac.before(attempt, NEIGHBOURS + attempt.elapsed)
        if before.server_seconds is not None
    ]
    if not paces:
        return Before.UNKNOWN
    longest = max(QUICK, _SLOW * share)
    return Before.QUICK if max(median(paces), paces[0]) < longest else Before.SLOW


def _earlier(attempt: Attempt, situation: Situation) -> int:
    """How many earlier rounds of the test were late in the same place."""
    if not situation.round:
        situation.almanac.suspect(situation.test_id, 0, [attempt])
        return 0
    return situation.almanac.suspect(situation.test_id, situation.round, [attempt]).rounds - 1


def _pace(attempt: Attempt) -> str:
    seconds = attempt.server_seconds
    return "no answer" if seconds is None else duration(seconds)


def _attributed(found: Finding, share: float, fact: str) -> Finding:
    return found.also(f"{duration(share)} of it are the server's own", fact)
