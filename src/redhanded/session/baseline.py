"""The baseline: a file of breaches that are known, and let pass until a day."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from redhanded.core.errors import UsageError
from redhanded.session.breach_causes import BreachCause

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

VERSION: Final = 1
TERM: Final = timedelta(days=30)
"""How long a new entry holds: a team meets a month's end, and nobody forgets it for a year."""

_TEXTS = ("code", "operation", "at", "rule", "reason")


@dataclass(frozen=True, slots=True)
class Entry:
    """One known breach: when it was first seen, the last day on which it passes, and why."""

    cause: BreachCause
    first: date
    until: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a file, by their causes."""

    entries: Mapping[BreachCause, Entry]

    def updated(self, seen: Iterable[BreachCause], today: date) -> Baseline:
        """The baseline with what was seen: what was over begins anew, what holds stays as it is."""
        fresh = {
            cause: Entry(cause, today, today + TERM) for cause in seen if cause not in self.entries
        }
        again = {
            cause: replace(self.entries[cause], until=today + TERM)
            for cause in seen
            if cause in self.entries and self.entries[cause].until < today
        }
        return Baseline({**self.entries, **fresh, **again})

    def pruned(self, seen: Iterable[BreachCause]) -> Baseline:
        """The baseline without what was not seen."""
        kept = set(seen)
        return Baseline({cause: each for cause, each in self.entries.items() if cause in kept})

    def text(self) -> str:
        """The file, sorted, a line for each thing that may change."""
        breaches = [_record(self.entries[cause]) for cause in sorted(self.entries)]
        return json.dumps({"version": VERSION, "breaches": breaches}, indent=2, ensure_ascii=False)


EMPTY: Final = Baseline({})


def read(path: Path) -> Baseline:
    """The baseline in a file, empty where there is no file; UsageError where it is none."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return EMPTY
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the baseline {path.name} cannot be read: {_reason(error)}.") from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"the baseline {path.name} is not JSON ({_reason(error)}): restore it, or delete it "
            "and run with --rh-contract-update."
        ) from error
    return Baseline({each.cause: each for each in _entries(content, path.name)})


def write(baseline: Baseline, path: Path) -> None:
    """Put the baseline in the place of the file; UsageError where that cannot be."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(baseline.text() + "\n", "utf-8")
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise UsageError(
            f"the baseline {path.name} cannot be written: {_reason(error)}."
        ) from error


def _entries(content: object, name: str) -> Iterable[Entry]:
    table = content if isinstance(content, dict) else {}
    if "version" in table and table["version"] != VERSION:
        raise UsageError(
            f"the baseline {name} has version {table['version']!r}, and this redhanded knows "
            f"version {VERSION}: update redhanded, or write the file anew."
        )
    breaches = table.get("breaches")
    if "version" not in table or not isinstance(breaches, list):
        raise UsageError(
            f"{name} is no baseline: it lacks `version` or the list `breaches`; name another file, "
            "or delete it and run with --rh-contract-update."
        )
    return [_entry(each, number, name) for number, each in enumerate(breaches)]


def _entry(told: Any, number: int, name: str) -> Entry:  # noqa: ANN401  whatever the file holds
    try:
        texts = {key: _text(told.get(key, "")) for key in _TEXTS}
        first, until = (date.fromisoformat(told[key]) for key in ("first", "until"))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"the baseline {name} has a broken entry, $.breaches[{number}]: it needs `code`, "
            "`operation` and `at` as texts, and `first` and `until` as days such as 2026-12-31."
        ) from error
    reason = texts.pop("reason")
    return Entry(BreachCause(**texts), first, until, reason)


def _text(told: object) -> str:
    if not isinstance(told, str):
        raise TypeError(type(told).__name__)
    return told


def _record(entry: Entry) -> dict[str, str]:
    return {
        **entry.cause._asdict(),
        "first": entry.first.isoformat(),
        "until": entry.until.isoformat(),
        "reason": entry.reason,
    }


def _reason(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else f"{error}"
    return said.partition("\n")[0].rstrip(".")
