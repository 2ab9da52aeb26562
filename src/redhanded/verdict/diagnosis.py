"""Diagnosis: whether the server or the environment answers for a request that failed.

The table says which failures may be the server's (`repeats`). Those are asked again, where that is
safe, in turn with the canary, each time on a fresh connection: a server is convicted by failures
that repeat beside canaries that are all well, and acquitted by the first that does not fit.
"""

from __future__ import annotations

import errno
import math
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from redhanded.core.verdicts import Finding, Verdict
from redhanded.pipeline.observe import WHOLE_DOCUMENT
from redhanded.pipeline.table import ROWS, SAFE_METHODS, Row
from redhanded.verdict import findings
from redhanded.verdict.almanac import origin_of
from redhanded.verdict.arms import CANARY, Arm, Ask, Diagnosis, Situation, is_well, outcome
from redhanded.verdict.provenance import is_own
from redhanded.verdict.questions import Questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt

STALLED = 1.0  # seconds without a turn, after which a runner's time-outs mean nothing
OTHER_INPUTS = 3  # how often another input of the route is asked
_UNREACHED = frozenset({"refused", "dns_no_such_name", "connect_timeout", "tls_handshake"})
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM)
_TOLD_SPAN = 30.0  # seconds over which a 503 with Retry-After must last to be the server's
_ROUNDS = 4  # in which a write must fail, alone among all requests, where it may not be replayed
_NEAR_CERTAIN = 1000
_ANSWERED = 20  # other attempts, without which a write cannot be called the only one to fail


def of_failure(
    attempt: Attempt, attempts: Sequence[Attempt], situation: Situation
) -> Diagnosis[Finding]:
    """What an attempt means that brought no answer of the API's own; `attempts` are its call's."""
    found = findings.of_attempt(attempt, attempts)
    ask = Questions(situation.inquiry, attempt)
    ask.whole()
    if attempt.row == "corrupt":  # a gateway may cut every answer in the same way
        found = replace(found, verdict=Verdict.INCONCLUSIVE)
    ask.table(may_be_weather=found.verdict is Verdict.INCONCLUSIVE)
    if found.verdict is not Verdict.INCONCLUSIVE:
        return found
    reconciled = situation.reconciled(attempt)
    ask.write(reconciled)
    if reconciled == "duplicated":
        return replace(found, verdict=Verdict.DEFECT, code="write.duplicated")
    found = yield from _of_environment(attempt, attempts, found, situation)
    if reconciled == "applied" and found.verdict is Verdict.INCONCLUSIVE:
        return found.excused("write.applied", "the look-up found what it wrote, once")
    return found


def _of_environment(
    attempt: Attempt, attempts: Sequence[Attempt], found: Finding, situation: Situation
) -> Diagnosis[Finding]:
    if (known := _of_runner(attempt, found, situation)) is not None:
        return known
    ask = Questions(situation.inquiry, attempt)
    if attempt.row in _UNREACHED:
        is_elsewhere = _is_elsewhere(attempt, situation)
        ask.address(situation.home, is_elsewhere=is_elsewhere)
        if is_elsewhere:
            return (yield from _of_address(attempt, found, ask))
    ask.repeats(may_repeat=ROWS[attempt.row].repeats)
    if ROWS[attempt.row].repeats:
        return (yield from _beside_canary(attempt, attempts, found, situation))
    down = situation.circuit(attempt)
    ask.circuit(down)
    return found.also(down) if down else found


def _beside_canary(
    attempt: Attempt, attempts: Sequence[Attempt], found: Finding, situation: Situation
) -> Diagnosis[Finding]:
    # An open circuit is no fact by itself: the attempts of this very request may have opened it.
    ask = Questions(situation.inquiry, attempt)
    canary = yield CANARY
    ask.canary(canary)
    if canary is None:
        return found.also("no canary was asked: the budget of the diagnosis is spent")
    if not is_well(canary):
        down = situation.circuit(attempt)
        ask.circuit(down)
        fact = f"the canary is not well either ({outcome(canary)})"
        return found.also(fact, *filter(None, [down]))
    trial = _Trial(attempt, attempts, found, situation)
    if attempt.method in SAFE_METHODS:
        return (yield from trial.by_replay())
    return trial.by_rounds()


def _of_runner(attempt: Attempt, found: Finding, situation: Situation) -> Finding | None:
    """What the runner itself has to answer for; None where nothing."""
    ask = Questions(situation.inquiry, attempt)
    stall = situation.stall(attempt.started_at, attempt.started_at + attempt.elapsed)
    ask.runner(stall, limit=STALLED)
    if stall >= STALLED:
        fact = f"the runner itself stood still for {stall:.1f} s in that time"
        return found.excused("runner.stalled", fact)
    said = attempt.failure.message if attempt.failure is not None else ""
    lack = next((os.strerror(one) for one in _EXHAUSTED if os.strerror(one) in said), "")
    ask.exhausted(lack)
    if lack:
        return found.excused("runner.exhausted", f"the system of the runner said: {lack}")
    return None


def _is_elsewhere(attempt: Attempt, situation: Situation) -> bool:
    """Whether the test called an address that is not the API's and has never answered."""
    return bool(situation.home) and (
        origin_of(attempt) != situation.home and not situation.knows_origin(attempt)
    )


def _of_address(attempt: Attempt, found: Finding, ask: Questions) -> Diagnosis[Finding]:
    canary = yield CANARY
    ask.canary(canary)
    if canary is None or not is_well(canary):
        return found
    facts = (
        f"{origin_of(attempt)} has never answered in this run",
        f"the API under test is well ({outcome(canary)})",
    )
    return replace(found, verdict=Verdict.TEST_BUG, code="test.address").also(*facts)


class _Trial:
    """One failure that may be the server's, beside a canary that was well."""

    def __init__(
        self,
        attempt: Attempt,
        attempts: Sequence[Attempt],
        found: Finding,
        situation: Situation,
    ) -> None:
        self._attempt = attempt
        self._found = found
        self._situation = situation
        self._ask = Questions(situation.inquiry, attempt)
        self._row: Row = ROWS[attempt.row]
        self._suspicion = situation.almanac.suspect(situation.test_id, situation.round, attempts)
        self._failed = sum(made.row == attempt.row for made in attempts)
        self._well = 1
        self._inputs = 0

    def by_replay(self) -> Diagnosis[Finding]:
        """The finding after asking again, in turn with the canary, until something does not fit."""
        other = self._situation.almanac.other_input(self._attempt)
        earlier = self._situation.almanac.conviction(self._attempt)
        can_convict = earlier is not None or other is not None or _is_own_word(self._attempt)
        if earlier is not None:
            self._ask.convicted(earlier.failed, earlier.well)
        if other is None:
            self._ask.no_input()
        while self._well < (self._situation.pairs if can_convict and earlier is None else 2):
            misfit = yield from self._pair(other)
            if misfit is not None:
                return misfit
        if earlier is not None:
            self._failed, self._well = self._failed + earlier.failed, self._well + earlier.well
        if can_convict:
            return self._convicted()
        return self._route_is_out("no other input of this route is known to be well")

    def _pair(self, other: Attempt | None) -> Diagnosis[Finding | None]:
        """What does not fit a fault of the server, after one more round of the arms."""
        again = yield Ask(Arm.TARGET, self._attempt, _limit(self._attempt, other))
        is_alike = again is not None and _is_alike(again, self._attempt)
        self._ask.again(again, is_alike=is_alike)
        if again is None or not is_alike:
            return self._unfinished() if again is None else self._passing(again)
        self._failed += 1
        if other is not None and self._inputs < OTHER_INPUTS:
            beside = yield Ask(Arm.INPUT, other)
            is_there = beside is not None and _shows_the_route(beside)
            self._ask.input(beside, shows_the_route=is_there)
            if beside is not None and not is_there:
                return self._route_is_out(f"{other.url} {outcome(beside)} as well")
            self._inputs += beside is not None
        canary = yield CANARY
        self._ask.canary(canary)
        if canary is None or not is_well(canary):
            return self._unfinished() if canary is None else self._unwell(canary)
        self._well += 1
        return None

    def by_rounds(self) -> Finding:
        """The finding on a request that may not be sent again: its test is, in other rounds.

        Other inputs of its route are those of other calls: one must have been well since it began
        to fail, or the route may be out for all of them, which takes more time to rule out.
        """
        suspicion = self._suspicion
        knows_route = self._knows_route(suspicion.since)
        often = suspicion.times >= self._situation.pairs and suspicion.rounds > 1
        alone = self._is_alone()
        self._tell_rounds(knows_route=knows_route, is_alone=alone)
        if knows_route and (often or alone):
            return self._convicted_by_rounds()
        suspicion.needs_time = not knows_route and self._knows_route(0.0)
        span = self._attempt.started_at - suspicion.since
        if suspicion.needs_time and alone and span >= self._situation.patience:
            return self._convicted_by_rounds()
        return self._found.also(
            f"the canary is well, the request failed {suspicion.times} times in"
            f" {suspicion.rounds} rounds; it is no safe one, so it is not asked again"
            + ("" if knows_route else ", and no other call of its route was well since then"),
        )

    def _tell_rounds(self, *, knows_route: bool, is_alone: bool) -> None:
        self._ask.not_again()
        self._ask.rounds(self._suspicion.times, self._suspicion.rounds)
        self._ask.others(were_well=knows_route)
        self._ask.alone(is_alone=is_alone)

    def _knows_route(self, since: float) -> bool:
        almanac = self._situation.almanac
        return _is_own_word(self._attempt) or almanac.others_were_well(self._attempt, since=since)

    def _is_alone(self) -> bool:
        """Whether it failed in all rounds, and nothing else did since it began to."""
        almanac, suspicion = self._situation.almanac, self._suspicion
        test_id, rounds = self._situation.test_id, min(_ROUNDS, self._situation.rounds + 1)
        return (
            suspicion.rounds >= max(rounds, 2)
            and not almanac.failures_beside(test_id, self._attempt, since=suspicion.since)
            and almanac.answered >= _ANSWERED
        )

    def _convicted_by_rounds(self) -> Finding:
        self._failed, self._well = self._suspicion.times, self._suspicion.rounds
        return self._convicted()

    def _convicted(self) -> Finding:
        span = self._attempt.started_at - self._suspicion.since
        if self._row.key == "unavailable_told" and span < _TOLD_SPAN:
            return self._found.also(
                "it asks for patience by Retry-After and has had less than 30 s"
            )
        self._situation.almanac.convict(self._attempt, failed=self._failed, well=self._well)
        chance = math.comb(self._failed + self._well, self._well)
        inputs = f", other inputs {self._inputs} of {self._inputs}" if self._inputs else ""
        return replace(
            self._found,
            verdict=Verdict.DEFECT,
            confidence=f"{_sure(chance)}: by chance 1 in {chance}",
        ).also(
            f"it failed {self._failed} of {self._failed} times, the canary was well"
            f" {self._well} of {self._well} times{inputs}",
        )

    def _passing(self, again: Attempt) -> Finding:
        return self._found.also(
            f"asked again, it {outcome(again)} (failed {self._failed} times before):"
            " passing, and the canary is well",
        )

    def _route_is_out(self, fact: str) -> Finding:
        code = "route.outage" if self._failed > 1 else self._found.code
        return self._found.excused(
            code,
            f"the canary is well, and {fact}: the route is out, or all of it is broken",
        )

    def _unwell(self, canary: Attempt) -> Finding:
        return self._found.also(f"the canary is not well either ({outcome(canary)})")

    def _unfinished(self) -> Finding:
        return self._found.also(
            f"the canary is well, it failed {self._failed} times; the budget of the diagnosis"
            " is spent",
        )


def _sure(chance: int) -> str:
    return "near certain" if chance >= _NEAR_CERTAIN else "likely"


def _limit(attempt: Attempt, other: Attempt | None) -> float | None:
    """How long a replay of a request that hangs is waited for; None leaves it to the settings."""
    if not ROWS[attempt.row].slow:
        return None
    return max(1.0, 20 * other.elapsed if other is not None else 1.0)


def _is_alike(again: Attempt, attempt: Attempt) -> bool:
    """Whether a replay failed as the attempt did; a hang may end at either limit."""
    hangs = ROWS[attempt.row].slow and again.row in ROWS and ROWS[again.row].slow
    return again.row == attempt.row or hangs


def _shows_the_route(beside: Attempt) -> bool:
    """Whether another input of the route shows that the route is there."""
    return _is_own_word(beside) or (beside.is_complete and not findings.is_weather(beside))


def _is_own_word(attempt: Attempt) -> bool:
    """Whether the failure is the API's own word: a stamped refusal, or a body it counted wrong."""
    refusal = attempt.is_complete and is_own(attempt)
    return refusal or WHOLE_DOCUMENT in attempt.notes
