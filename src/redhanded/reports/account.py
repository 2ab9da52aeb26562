"""What each process of a run adds to its last words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class Account:
    """Counts over the tests of one process, or of all: of attempts, checks and masked values.

    `asked` counts the tests that asked for a client, `made` those whose data came from the seed.
    `alarms` say what a reader must know before anything else, `notes` what besides.
    """

    attempts: int = 0
    checks: int = 0
    asked: int = 0
    made: int = 0
    masked: int = 0
    notes: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    def add(self, told: Mapping[str, Any]) -> None:
        """Take in what another process told of itself by `record`; a sentence counts once."""
        for name in ("attempts", "checks", "asked", "made", "masked"):
            setattr(self, name, getattr(self, name) + told.get(name, 0))
        self.notes += [note for note in told.get("notes", ()) if note not in self.notes]
        self.alarms += [alarm for alarm in told.get("alarms", ()) if alarm not in self.alarms]

    def record(self) -> dict[str, Any]:
        """The account as JSON values, which travel between processes."""
        return asdict(self)
