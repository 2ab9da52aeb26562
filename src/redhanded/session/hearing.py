"""The hearing of one test: each of its answers that stands, before every contract of the run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from redhanded.core.events import Breached
from redhanded.core.verdicts import Verdict
from redhanded.pipeline.table import weather_row
from redhanded.session.breach_causes import BreachCause, cause_of
from redhanded.session.judges import DocumentJudge, competent, opinions_of
from redhanded.session.masked import masked_violation
from redhanded.verdict import drift
from redhanded.verdict.almanac import origin_of
from redhanded.verdict.findings import is_weather
from redhanded.verdict.inquiry import Inquiry
from redhanded.verdict.provenance import build_of, is_own
from redhanded.verdict.questions import Questions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.verdicts import Finding
    from redhanded.core.violation import Violation
    from redhanded.pipeline.call import Call
    from redhanded.session.allowances import Passed
    from redhanded.session.contracts import Contracts
    from redhanded.session.judges import Judge, Ruling
    from redhanded.verdict.drift import Opinion
    from redhanded.verdict.inquiry import Speaks

_KINDS = 200  # of breach that are told of one test: a document that fits nowhere has no end of them
_FINDINGS = 20


class Sender(NamedTuple):
    """By what an answer shows where it comes from: equal breaches of two builds are not one."""

    is_own: bool
    build: str
    server: str


class Kind(NamedTuple):
    """What equal breaches of one test share."""

    contract: str
    cause: BreachCause
    sender: Sender


@dataclass(slots=True)
class Tally:
    """A kind of breach: where it was met first, how often in all, and why it is let pass."""

    attempt: Attempt
    judge: Judge
    violation: Violation
    passed: Passed
    count: int = 0


@dataclass(slots=True)
class Charge:
    """What one contract holds against one answer, and what an equal answer would show as well."""

    attempt: Attempt
    judge: Judge
    tallies: list[Tally] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)


@dataclass(slots=True)
class Hearing:
    """Holds the answers of a test against the contracts of its run, each answer once."""

    contracts: Contracts
    test_id: str
    calls: Sequence[Call]
    inquiry: Inquiry = field(default_factory=Inquiry)
    _heard: set[str] = field(default_factory=set)
    _tallies: dict[Kind, Tally] = field(default_factory=dict)
    _opinions: dict[str, list[Opinion]] = field(default_factory=dict)
    _rulings: list[tuple[Attempt, DocumentJudge, Ruling]] = field(default_factory=list)
    _excused: set[str] = field(default_factory=set)
    _refused: dict[str, str] = field(default_factory=dict)
    _is_lack_told: bool = False

    def findings(self) -> list[Finding]:
        """What the contracts hold against the answers since the last hearing, as findings.

        Equal breaches of several answers are one finding, which says how many there are.
        """
        charges = list(self._charges())
        told = [self._finding(charge) for charge in charges[:_FINDINGS]]
        left = len(charges) - len(told)
        if left:
            told[-1] = told[-1].also(f"{left} more answers break a contract, each in another way")
        if self.contracts.lack and self._heard and not self._is_lack_told:
            self._is_lack_told = True
            told.append(drift.unheard(self.contracts.lack))
        return told

    def beside(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings of the test itself, with a document's word on what a model refused."""
        return [self._with_word(found) for found in findings]

    def excuse(self, reviewed: Sequence[Finding]) -> None:
        """Take in which answers turned out not to be the API's: what they broke is no drift."""
        self._excused |= {
            found.attempt_id
            for found in reviewed
            if found.verdict is Verdict.INCONCLUSIVE and found.attempt_id
        }

    def close(self) -> None:
        """Tell what was broken, let pass or not, and what of the documents was seen."""
        for _ in self._charges():  # of a test that was skipped, or stopped: nobody has asked
            pass
        foreign = {kind.sender for kind, each in self._tallies.items() if self._is_foreign(each)}
        for kind, tally in self._tallies.items():
            if kind.sender not in foreign:
                self.contracts.emit(self._event(kind, tally))
        self._cover(foreign)

    def _cover(self, foreign: Collection[Sender]) -> None:
        """Take in what the answers show of the documents: those of the API's own."""
        held = {each.attempt_id for call in self.calls for each in call.held}
        for attempt, judge, ruling in self._rulings:
            is_foreign = bool(foreign) and _sender(attempt) in foreign
            if ruling.examination is not None and not is_foreign:
                judge.coverage.see(
                    self.test_id,
                    ruling.examination,
                    operation=self.contracts.mask(ruling.operation),
                    is_checked=attempt.id in held or self._stands(attempt, judge, ruling),
                )
        for judge in {id(each): each for _, each, _ in self._rulings}.values():
            judge.coverage.end(self.test_id)

    def _stands(self, attempt: Attempt, judge: Judge, ruling: Ruling) -> bool:
        """Whether the answer was held against its contract, body and all, and nothing fails."""
        causes = (cause_of(ruling.operation, each) for each in ruling.violations)
        known = [self._tallies.get(Kind(judge.name, each, _sender(attempt))) for each in causes]
        was_read = attempt.response_body is not None
        return was_read and not any(tally is None or self._fails(tally) for tally in known)

    def _is_foreign(self, tally: Tally) -> bool:
        attempt = tally.attempt
        if attempt.id in self._excused:
            return True
        return bool(drift.foreign_form(attempt) or self.contracts.foreign_sign(attempt))

    def _charges(self) -> Iterator[Charge]:
        for call in self.calls:
            for attempt in _standing(call, self.contracts.home):
                if attempt.id in self._heard:
                    continue
                self._heard.add(attempt.id)
                yield from self._hear(call, attempt)

    def _hear(self, call: Call, attempt: Attempt) -> Iterator[Charge]:
        held = [each for each in call.held if each.attempt_id == attempt.id]
        opinions = opinions_of(held)
        asked = ((judge, judge.rule(attempt, held)) for judge in self.contracts.judges)
        for judge, ruling in competent((judge, said) for judge, said in asked if said is not None):
            call.checks += ruling.is_check
            opinions += [ruling.opinion] if ruling.opinion else []
            if isinstance(judge, DocumentJudge):
                self._rulings.append((attempt, judge, ruling))
            if ruling.violations and (charge := self._charge(attempt, judge, ruling)):
                yield charge
        self._opinions[attempt.id] = opinions

    def _charge(self, attempt: Attempt, judge: Judge, ruling: Ruling) -> Charge | None:
        """What fails the test; None where all of it passes, or was met before."""
        charge = Charge(attempt, judge)
        is_new = False
        for violation in ruling.violations:
            if violation.code == drift.REFUSED:
                self._refused[attempt.id] = judge.name
            cause = cause_of(ruling.operation, violation)
            kind = Kind(judge.name, cause, _sender(attempt))
            tally = self._tallies.get(kind)
            if tally is None:
                passed = self.contracts.allowances.why(cause, violation)
                tally = Tally(attempt, judge, violation, passed)
                if len(self._tallies) < _KINDS:
                    self._tallies[kind] = tally
                is_new |= self._fails(tally)
            tally.count += 1
            if self._fails(tally):
                charge.violations.append(violation)
                charge.tallies.append(tally)
        return charge if is_new else None

    @staticmethod
    def _fails(tally: Tally) -> bool:
        return not tally.passed and tally.violation.code != drift.DOCUMENT

    def _finding(self, charge: Charge) -> Finding:
        opinions = self._opinions[charge.attempt.id]
        is_of_body = any(map(drift.is_about_body, charge.violations))
        facts = self._words(charge.attempt.id, opinions, charge.judge.kind) if is_of_body else []
        times = max(tally.count for tally in charge.tallies)
        facts += [f"{times} answers of this test break it in the same way"] * (times > 1)
        found = drift.of_breaches(charge.violations, charge.attempt, *facts)
        if found.verdict is Verdict.INCONCLUSIVE:
            Questions(self.inquiry, charge.attempt).own(found.evidence[0])
        return found

    def _words(
        self, attempt_id: str, opinions: Sequence[Opinion], kind: Literal["code", "document"]
    ) -> list[str]:
        """Which of two contracts is behind, where both have judged; it is an answer as well."""
        words = [*drift.words(opinions, of=kind)]
        if words:
            is_agreed = any(not one.is_kept for one in opinions if one.kind != kind)
            speaks: Speaks = "api" if is_agreed else "nobody"
            self.inquiry.note(attempt_id, "Do code and document agree?", "; ".join(words), speaks)
        return words

    def _with_word(self, found: Finding) -> Finding:
        opinions = self._opinions.get(found.attempt_id, ())
        if opinions and any(map(drift.is_about_body, found.violations)):
            found = found.also(*self._words(found.attempt_id, opinions, "code"))
        if found.verdict.is_red and (refused := self._refused_in(found)):
            found = found.also(f"the request that was refused follows {refused}")
        return found

    def _refused_in(self, found: Finding) -> str:
        """The document that allows the request of a finding; of a plain assert, any request."""
        if found.attempt_id:
            return self._refused.get(found.attempt_id, "")
        return next(reversed(self._refused.values()), "")

    def _event(self, kind: Kind, tally: Tally) -> Breached:
        mask = self.contracts.mask
        return Breached(
            test_id=self.test_id,
            attempt_id=tally.attempt.id,
            contract=kind.contract,
            kind=tally.judge.kind,
            operation=mask(kind.cause.operation),
            violation=masked_violation(tally.violation, mask),
            count=tally.count,
            passed=tally.passed,
        )


def _standing(call: Call, home: str) -> Iterator[Attempt]:
    """The answers of a call that its test could see: whole, the API's own, and not asked again."""
    if call.purpose != "test":
        return
    for number, attempt in enumerate(call.attempts):
        following = call.attempts[number + 1] if number + 1 < len(call.attempts) else None
        if (
            attempt.is_complete
            and attempt.purpose == "test"
            and not is_weather(attempt)
            and weather_row(attempt.row) is None
            and origin_of(attempt) == home
            and not _is_asked_again(attempt, following)
            and not (call.is_withheld and following is None)
        ):
            yield attempt


def _is_asked_again(attempt: Attempt, following: Attempt | None) -> bool:
    """Whether the next attempt took its place, as after a new token; a redirect goes elsewhere."""
    return (
        following is not None
        and (attempt.method, attempt.url) == (following.method, following.url)
        and (attempt.status or 0) // 100 != 3
    )


def _sender(attempt: Attempt) -> Sender:
    return Sender(is_own(attempt), build_of(attempt), attempt.header("server") or "")
