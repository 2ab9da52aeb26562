"""A replay as the command makes it: what would be sent where, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from redhanded.cli.config import Veil
from redhanded.core.credentials import BareAddress
from redhanded.core.errors import UsageError
from redhanded.session.replay.outcome import whole
from redhanded.session.replay.plan import plan_of_exchange, plan_of_test
from redhanded.session.replay.replayer import Replayer
from redhanded.session.replay.request import Target, is_unsafe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from redhanded.cli.recorded import Recorded
    from redhanded.core.redaction import Redactor
    from redhanded.session.replay.outcome import Answer, Difference, Outcome, Result
    from redhanded.session.replay.plan import Plan
    from redhanded.session.sources import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """All that came of a replay; every text of it is masked."""

    recorded: Recorded
    target: str
    left_out: Mapping[str, int]
    outcomes: Sequence[Outcome]

    @property
    def result(self) -> Result:
        """The word for all of it."""
        return whole(self.outcomes)

    def described(self) -> dict[str, Any]:
        """All of it as JSON values."""
        case, head = self.recorded.case, self.recorded.head
        return {
            "id": self.recorded.attempt_id or case.row.id,
            "kind": "attempt" if self.recorded.attempt_id else "test",
            "test": case.row.test_id,
            "run": next((part.name for part in head.parts), ""),
            "target": self.target,
            "result": self.result,
            "left_out": dict(self.left_out),
            "requests": [_described(outcome) for outcome in self.outcomes],
        }


@dataclass(frozen=True, slots=True)
class Sending:
    """What is about to be sent, and where to; nothing has been sent yet."""

    recorded: Recorded
    plan: Plan
    target: Target
    redactor: Redactor
    replayer: Replayer

    @classmethod
    def of(
        cls, loaded: Loaded, recorded: Recorded, base_url: str | None, identity: str | None
    ) -> Sending:
        """The replay of what was recorded, with these settings; refuses what cannot be meant."""
        case, attempt_id = recorded.case, recorded.attempt_id
        plan = plan_of_exchange(case, attempt_id) if attempt_id else plan_of_test(case)
        if not plan.steps:
            raise UsageError(
                f"{case.row.test_id} sent nothing in that run, so there is nothing to send again."
            )
        made_against = _target_of(recorded)
        named = _checked(base_url) if base_url is not None else loaded.settings.base_url or ""
        target = Target(recorded=made_against, base=named or made_against, trusted=named)
        redactor = Veil.over(loaded).redactor
        replayer = Replayer(loaded, target, redactor, identity=identity)
        return cls(recorded, plan, target, redactor, replayer)

    @property
    def moved(self) -> str:
        """That it goes elsewhere than the run had sent it, as a sentence; else empty."""
        if not self.target.is_another:
            return ""
        there, here = self.redactor.url(self.target.recorded), self.redactor.url(self.target.base)
        return f"the run was made against {there}, and this goes to {here}."

    @property
    def writes(self) -> Sequence[str]:
        """The requests that may change something, as they would be sent."""
        exchanges = [step.sent.exchange for step in self.plan.steps]
        return [
            f"{made.method} {self.redactor.url(self.target.rebased(made.url))}"
            for made in exchanges
            if is_unsafe(made.method)
        ]

    def send(self, count: Callable[[int, int], None]) -> Replayed:
        """What came of it; `count` is told how many requests of how many are sent."""
        outcomes = []
        for outcome in self.replayer.replay(self.plan):
            outcomes.append(outcome)
            count(len(outcomes), len(self.plan.steps))
        return Replayed(
            recorded=self.recorded,
            target=self.redactor.url(self.target.base),
            left_out=self.plan.left_out,
            outcomes=[_masked(outcome, self.redactor.text) for outcome in outcomes],
        )


def _target_of(recorded: Recorded) -> str:
    """Where the run was sent, of the part in which the test ran."""
    parts, shard = recorded.head.parts, recorded.case.row.shard
    own = [part.target for part in parts if part.shard == shard] or [part.target for part in parts]
    return next(iter(own), "")


def _checked(base_url: str) -> str:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(BareAddress).validate_python(base_url)
    except ValidationError as error:
        reason = error.errors()[0]["ctx"]["error"]
        raise UsageError(f"--base-url {reason}.") from None


def _masked(outcome: Outcome, mask: Callable[[str], str]) -> Outcome:
    """The outcome without secrets that only a later answer has told."""
    return replace(
        outcome,
        reason=mask(outcome.reason),
        differences=tuple(_masked_difference(one, mask) for one in outcome.differences),
        beside=tuple(_masked_difference(one, mask) for one in outcome.beside),
        notes=tuple(map(mask, outcome.notes)),
    )


def _masked_difference(found: Difference, mask: Callable[[str], str]) -> Difference:
    return found._replace(**{name: mask(text) for name, text in found._asdict().items()})


def _described(outcome: Outcome) -> dict[str, Any]:
    made = outcome.exchange
    return {
        "attempt": made.id,
        "method": made.method,
        "url": made.url,
        "result": outcome.result,
        "reason": outcome.reason,
        "recorded": _answer(outcome.recorded),
        "replayed": None if outcome.now is None else _answer(outcome.now),
        "differences": [found._asdict() for found in outcome.differences],
        "beside": [found._asdict() for found in outcome.beside],
        "notes": [*outcome.notes],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "status": answer.status,
        "media_type": answer.media,
        "seconds": round(answer.seconds, 4),
        "bytes": answer.size,
        "failure": answer.row,
    }
