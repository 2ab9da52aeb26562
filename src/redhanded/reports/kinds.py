"""What a test came to, in the words of reports: its verdict, or what stands in the place of one."""

from __future__ import annotations

from typing import Final

from redhanded.core.verdicts import Verdict

PASS: Final = str(Verdict.PASS)
UNJUDGED: Final = "unjudged"
QUARANTINED: Final = "redhanded.quarantine"
SKIPPED: Final = "pytest.skip"
EXPECTED: Final = "pytest.xfail"
WORST_FIRST: Final = (
    *(str(verdict) for verdict in Verdict if verdict.is_red),
    UNJUDGED,
    str(Verdict.INCONCLUSIVE),
    QUARANTINED,
    str(Verdict.RECOVERED),
    EXPECTED,
    SKIPPED,
    PASS,
)
RANKS: Final = {kind: rank for rank, kind in enumerate(WORST_FIRST)}
"""How bad each is; 0 is the worst."""
HELD: Final = frozenset({PASS, SKIPPED, EXPECTED})
