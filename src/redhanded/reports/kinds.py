"""What a test came to, in the words of reports: its verdict, or what stands in the place of one."""

from __future__ import annotations

from typing import Final

from redhanded.core.verdicts import Verdict

PASS: Final = str(Verdict.PASS)
UNJUDGED: Final = "unjudged"
QUARANTINED: Final = "redhanded.quarantine"
SKIPPED: Final = "pytest.skip"
EXPECTED: Final = "pytest.xfail"
UNEXPECTED: Final = "pytest.xpass"
WORST_FIRST: Final = (
    *(str(verdict) for verdict in Verdict if verdict.is_red),
    UNJUDGED,
    str(Verdict.INCONCLUSIVE),
    QUARANTINED,
    str(Verdict.RECOVERED),
    UNEXPECTED,
    EXPECTED,
    SKIPPED,
    PASS,
)
RANKS: Final = {kind: rank for rank, kind in enumerate(WORST_FIRST)}
"""How bad each is; 0 is the worst."""
HELD: Final = frozenset({PASS, SKIPPED, EXPECTED, UNEXPECTED})
_WORDS: Final = {
    UNJUDGED: "no verdict",
    QUARANTINED: "quarantined",
    SKIPPED: "skipped",
    EXPECTED: "expected to fail",
    UNEXPECTED: "passed unexpectedly",
}


def word(kind: str) -> str:
    """The kind as people read it."""
    return _WORDS.get(kind, kind.replace("_", " "))
