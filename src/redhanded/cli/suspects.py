"""Tests with what history holds against them, ranked: what should be mended first stands first."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from redhanded.cli.quantities import timestamp
from redhanded.core.verdicts import Verdict
from redhanded.history.channels import Channel
from redhanded.history.flakes import Label, Score, Word, label, scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from redhanded.history.records import Known, Trial
    from redhanded.history.store import Store

RECENT = 20  # runs whose outcomes are shown one by one
_WEEK = 7 * 86_400.0
_FORTNIGHT = timedelta(days=14)
_CHANNELS = (Channel.API, Channel.TEST, Channel.ENVIRONMENT)
_TELLING = (Word.BROKEN, Word.INTERMITTENT, Word.FLAKY)
_HELD = frozenset({Verdict.PASS.value, "skipped"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """One test: its three scores, its recent outcomes, the oldest first, and its latest failure.

    One that `is_gone` has not run for a week in which others did: it was removed or renamed.
    """

    known: Known
    scores: Mapping[Channel, Score]
    recent: Sequence[Trial] = ()
    latest: Trial | None = None
    is_gone: bool = False

    @property
    def label(self) -> Label:
        """Whom its failures speak of."""
        return label(self.scores.values())

    @property
    def main(self) -> Score:
        """The score for whose sake the test stands where it stands."""
        return min(self.scores.values(), key=_rank)

    @property
    def others(self) -> list[Score]:
        """The scores of other channels in which it failed as well."""
        failed = [self.scores[one] for one in _CHANNELS if self.scores[one].events]
        return [score for score in failed if score is not self.main]

    @property
    def is_failing(self) -> bool:
        """Whether it failed at all in this time."""
        return any(score.events for score in self.scores.values())

    @property
    def is_api(self) -> bool:
        """Whether the API is known to be broken, or to come and go."""
        return self.scores[Channel.API].word in _TELLING

    def is_urgent(self, today: date) -> bool:
        """Whether somebody must act: the API is at fault, or a quarantine is over."""
        return not self.is_gone and (self.is_api or self.has_expired(today))

    def is_told(self, today: date) -> bool:
        """Whether a reader must know of it: it failed, or its quarantine is over."""
        return self.is_failing or self.has_expired(today)

    def has_expired(self, today: date) -> bool:
        """Whether its quarantine is over; it holds until the end of its last day."""
        until = "" if self.is_gone else self.known.until
        return bool(until) and until < today.isoformat()

    def marker(self, today: date) -> str | None:
        """The line that would quarantine it; None where that would hide something, or is done.

        A fault of the API is never quarantined, nor a test that fails each time; an entry that
        expired is for people to renew.
        """
        may_be = self.label in {Label.ENVIRONMENT, Label.TEST} and not self.known.owner
        if not may_be or self.main.word is not Word.FLAKY:
            return None
        until = today + _FORTNIGHT
        reason = self.latest.cause if self.latest else self.main.word.value
        return f'@pytest.mark.quarantine(owner="...", until="{until}", reason="{reason}")'

    def described(self, today: date) -> dict[str, Any]:
        """The test as JSON values."""
        owner, until = self.known.owner, self.known.until
        held = {"owner": owner, "until": until, "expired": self.has_expired(today)}
        return {
            "test": self.known.test,
            "node_id": self.known.node_id,
            "last_seen": timestamp(self.known.last_seen),
            "gone": self.is_gone,
            "label": self.label.value,
            "channel": self.main.channel.value,
            "word": self.main.word.value,
            "scores": {one.value: _score(self.scores[one]) for one in _CHANNELS},
            "latest": _trial(self.latest) if self.latest else None,
            "recent": [_trial(one) for one in self.recent],
            "quarantine": held if owner else None,
            "marker": self.marker(today),
        }


def suspects(store: Store, project: str, *, since: float, now: float) -> list[Suspect]:
    """Every test that ran since then, with its scores, what should be mended first first."""
    today = datetime.fromtimestamp(now, UTC).date()
    known = {one.test: one for one in store.tests(project)}
    newest = min(now, max((one.last_seen for one in known.values()), default=now))
    found: dict[str, dict[Channel, Score]] = defaultdict(dict)
    for score in scores(store.tallies(project, since=since), now=now):
        found[score.test][score.channel] = score
    made = [
        Suspect(known=it, scores=found[test], is_gone=newest - it.last_seen > _WEEK)
        for test, it in known.items()
        if test in found
    ]
    return sorted(made, key=lambda one: (_urgency(one, today), one.known.node_id))


def with_recent(
    chosen: Sequence[Suspect], store: Store, project: str, *, since: float
) -> Iterator[Suspect]:
    """These tests with their latest outcomes."""
    recent: dict[str, deque[Trial]] = defaultdict(lambda: deque(maxlen=RECENT))
    latest: dict[str, Trial] = {}
    keys = {one.known.test for one in chosen}
    trials: Iterable[Trial] = store.trials(project, since=since, tests=keys) if keys else ()
    for trial in trials:
        recent[trial.test].append(trial)
        if trial.verdict not in _HELD:
            latest[trial.test] = trial
    for one in chosen:
        key = one.known.test
        yield replace(one, recent=tuple(recent[key]), latest=latest.get(key))


def _urgency(one: Suspect, today: date) -> tuple[float, ...]:
    """What is the API's comes first, then entries that expired, then what fails most.

    Nobody has to mend what is gone: it comes last.
    """
    group = 0 if one.is_api else 1 if one.has_expired(today) else 2
    return 3 if one.is_gone else group, *_rank(one.main)


def _rank(score: Score) -> tuple[float, ...]:
    """What is known comes before what is only seen, and the API before test and environment."""
    known = score.word in _TELLING
    seen = 0 if known else 1 if score.events else 2
    is_broken = score.word is Word.BROKEN
    return seen, _CHANNELS.index(score.channel), not is_broken, -score.mean


def _score(score: Score) -> dict[str, Any]:
    return {
        "word": score.word.value,
        "mean": round(score.mean, 5),
        "low": round(score.low, 5),
        "high": round(score.high, 5),
        "events": score.events,
        "trials": score.trials,
        "first": timestamp(score.first),
        "last": timestamp(score.last),
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "run": trial.run_id,
        "at": timestamp(trial.at),
        "verdict": trial.verdict,
        "cause": trial.cause,
        "build": trial.build,
    }
