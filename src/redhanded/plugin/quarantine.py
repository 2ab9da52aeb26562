"""The `quarantine` marker: a test whose own faults do not block until a day, and who mends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from redhanded.core.verdicts import Finding, Verdict
from redhanded.plugin.markers import refused
from redhanded.session.test_run import Judgement

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from redhanded.session.test_run import TestRun

MARKER = "quarantine"
STATE = "redhanded.quarantine"
OPEN, OVER = "open", "over"
OWNER, UNTIL, REASON = f"{STATE}.owner", f"{STATE}.until", f"{STATE}.reason"
COVERED = frozenset({Verdict.TEST_BUG, Verdict.INCONCLUSIVE})

_HELD = frozenset({Verdict.PASS, Verdict.RECOVERED})
_NAMES = ("owner", "until", "reason")
_LONGEST = 300  # characters of an owner or a reason
_SHOWN = 40
_FORM = 'write @pytest.mark.quarantine(owner="ann", until="2026-12-31", reason="...")'


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """Who mends a test until the end of a day in UTC, and why it does not block meanwhile.

    `is_over` says whether that day has passed.
    """

    owner: str
    until: date
    reason: str
    is_over: bool = False

    @property
    def properties(self) -> list[tuple[str, object]]:
        """The entry as properties of a report, which travel between processes."""
        told = self.owner, self.until.isoformat(), self.reason
        state = OVER if self.is_over else OPEN
        return [(STATE, state), *zip((OWNER, UNTIL, REASON), told, strict=True)]

    def remark(self, verdict: Verdict) -> str:
        """Why a test is red in spite of its marker, in a line; empty where it is covered."""
        if self.is_over:
            return f"the quarantine by {self.owner} ended with {self.until}: {self.reason}"
        if verdict in COVERED:
            return ""
        marked = f"the test is quarantined by {self.owner} until {self.until} ({self.reason})"
        return f"{marked}, which covers no fault of the API: {verdict} is red"

    def settle(self, judgement: Judgement, run: TestRun, *, phase: str | None) -> Judgement:
        """The judgement on a phase as the entry leaves it.

        Once it is over, nothing the test did is green. Until then what did not hold in a part of
        the test (`subtests`) speaks for the whole, which pytest would fail without a reason.
        """
        has_held = judgement.verdict in _HELD
        if has_held and phase != "call":
            return judgement
        if self.is_over and not judgement.verdict.is_red:
            return run.rest_on(self._expiry(judgement.verdict))
        if has_held and not self.is_over and (verdict := run.verdict) in COVERED:
            found = tuple(each for each in run.findings if each.verdict is verdict)
            return Judgement(verdict, found)
        return judgement

    def _expiry(self, verdict: Verdict) -> Finding:
        message = f"quarantined by {self.owner} until {self.until}, which is over ({self.reason})"
        facts = (
            f"the test itself came to {verdict}: it is its entry that is red",
            "mend the test and take its marker away, or agree on another day with its owner",
        )
        return Finding(Verdict.TEST_BUG, "test.quarantine_expired", message, evidence=facts)


def quarantine_of(item: pytest.Item, now: float) -> Quarantine | None:
    """What the marker that is closest to the test declares; None where there is none.

    `now` is in seconds since 1970. Raises pytest.UsageError, naming file and line, where the
    marker cannot be meant.
    """
    marker = item.get_closest_marker(MARKER)
    if marker is None:
        return None
    for problem in _problems(marker):
        raise refused(f"the marker quarantine {problem}: {_FORM}", item)
    until = date.fromisoformat(marker.kwargs["until"])
    return Quarantine(
        owner=marker.kwargs["owner"].strip(),
        until=until,
        reason=marker.kwargs["reason"].strip(),
        is_over=datetime.fromtimestamp(now, UTC).date() > until,
    )


def lift_expectation(report: pytest.TestReport) -> None:
    """Take back what an `xfail` marker made of a report."""
    if hasattr(report, "wasxfail"):
        del report.wasxfail
        report.outcome = "failed" if report.skipped else report.outcome


def _problems(marker: pytest.Mark) -> Iterator[str]:
    if marker.args:
        yield "takes everything by name"
    for name in marker.kwargs:
        if name not in _NAMES:
            yield f"knows no {name!r}"
    for name in _NAMES:
        value = marker.kwargs.get(name)
        if value is None:
            yield f"lacks {name}"
        elif not _is_line(value):
            yield f"needs a line of text as its {name}, not {_cut(repr(value))}"
        elif name == "until" and not _is_day(value):
            yield f"cannot end with {_cut(repr(value))}, which is no day"


def _is_line(value: object) -> bool:
    """Whether the value says something in one line; the dots of an example do not."""
    if not isinstance(value, str) or not value.isprintable():
        return False
    return len(value) <= _LONGEST and any(map(str.isalnum, value))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _is_day(text: str) -> bool:
    """Whether the text is a day as `2026-12-31`; other ISO forms are easily misread."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
