"""What each process of a run adds to its last words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


_COUNTS = (
    *("attempts", "checks", "asked", "made", "masked"),
    *("answered", "not_found", "denied"),
)
_FEW = 3  # answers that say nothing about all


@dataclass(slots=True)
class Account:
    """Counts over the tests of one process, or of all: of attempts, checks and masked values.

    `asked` counts the tests that asked for a client, `made` those whose data came from the seed.
    Of the answers to tests `not_found` were 404, `denied` 401 or 403.
    """

    attempts: int = 0
    checks: int = 0
    asked: int = 0
    made: int = 0
    masked: int = 0
    answered: int = 0
    not_found: int = 0
    denied: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, told: Mapping[str, Any]) -> None:
        """Take in what another process told of itself by `record`; a note counts once."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + told.get(name, 0))
        self.notes += [note for note in told.get("notes", ()) if note not in self.notes]

    @property
    def no_test_run(self) -> str:
        """Why this was no test run, whatever its verdicts; empty where it was one.

        A run whose tests all held may have been about refusals: ask this of others only.
        """
        if self.answered < _FEW:
            return ""
        every = f"This was no test run: every one of {self.answered} answers was"
        if self.not_found == self.answered:
            return f"{every} 404. See that base_url is where the API is, with its path."
        if self.denied == self.answered:
            return f"{every} 401 or 403. See that the credential is for this environment."
        return ""

    def record(self) -> dict[str, Any]:
        """The account as JSON values, which travel between processes."""
        return asdict(self)
