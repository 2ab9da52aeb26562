"""What is let pass although a contract is broken, and why: levels, ignores, the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from redhanded.core.errors import SettingsError, UsageError
from redhanded.session import place_globs
from redhanded.session.breach_causes import place_of
from redhanded.verdict.drift import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from redhanded.core.contracting import Ignore
    from redhanded.core.violation import Violation
    from redhanded.session.baseline import Baseline, Entry
    from redhanded.session.breach_causes import BreachCause

Passed: TypeAlias = Literal["", "warning", "ignored", "baseline", "drift"]


@dataclass(frozen=True, slots=True)
class Allowances:
    """Decides for each breach whether it is let pass; `note` is told of what has expired.

    `is_recording` says that the run writes what it sees into the baseline, and `is_lenient` that
    breaches are recorded alone; then none fails a test.
    """

    ignores: Sequence[Ignore]
    baseline: Baseline
    today: date
    note: Callable[[str], None]
    is_recording: bool = False
    is_lenient: bool = False

    def __post_init__(self) -> None:
        for number, ignore in enumerate(self.ignores):
            if ignore.at is not None and ignore.at.startswith("$"):
                _check(ignore.at, number)

    def why(self, cause: BreachCause, violation: Violation) -> Passed:
        """Why the test does not fail of it; empty where it does."""
        if self._is_ignored(cause, violation):
            return "ignored"
        if violation.level == "warning":
            return "warning"
        if self.is_recording or self._is_known(cause):
            return "baseline"
        return "drift" if self.is_lenient else ""

    def _is_ignored(self, cause: BreachCause, violation: Violation) -> bool:
        for ignore in self.ignores:
            if not _means(ignore, cause, violation):
                continue
            if ignore.until is None or self.today <= ignore.until:
                return True
            reason = ignore.reason.rstrip(".")
            self.note(
                f"contract.ignore of {_named(cause)} ended on {ignore.until} and passes no more "
                f"({reason}): mend what is broken, or agree on another day"
            )
        return False

    def _is_known(self, cause: BreachCause) -> bool:
        entry = self.baseline.entries.get(cause)
        if entry is None:
            return False
        if self.today <= entry.until:
            return True
        self.note(
            f"{_ended(entry)} on {entry.until} and passes no more: mend what is broken, or run "
            "with --rh-contract-update"
        )
        return False


def _means(ignore: Ignore, cause: BreachCause, violation: Violation) -> bool:
    """Whether the ignore is about that breach; of a model `body.schema` is `body_schema`, too."""
    code = cause.code.removeprefix(PREFIX).replace(".", "_")
    return (
        ignore.code in (None, code)
        and place_globs.matches_text(ignore.operation or "*", cause.operation)
        and (ignore.at is None or _is_there(ignore.at, violation))
    )


def _is_there(at: str, violation: Violation) -> bool:
    if violation.where.startswith("$"):
        return place_globs.matches(at, violation.where)
    return any(place_globs.matches(at, place) for place in (violation.where, place_of(violation)))


def _ended(entry: Entry) -> str:
    """What ended: entries without a reason, hundreds on one day perhaps, are told as one thing."""
    if not entry.reason:
        return "what the baseline let pass ended"
    return f"the baseline's entry of {_named(entry.cause)} ({entry.reason.rstrip('.')}) ended"


def _named(cause: BreachCause) -> str:
    return f"{cause.code.removeprefix(PREFIX)} at {cause.at} of {cause.operation}"


def _check(at: str, number: int) -> None:
    try:
        place_globs.read(at)
    except UsageError as error:
        raise SettingsError(f"contract.ignore[{number}].at: {error}") from error
