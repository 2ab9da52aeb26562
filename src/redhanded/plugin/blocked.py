"""A test that was not begun, because the API that it calls is known not to answer."""

from __future__ import annotations

from redhanded.core.verdicts import Finding, Verdict

CODE = "call.blocked"


class Blocked(Exception):
    """The test was not begun, for the reason given."""

    def finding(self) -> Finding:
        """What the test's verdict rests on."""
        fact = "it was not begun, so that it spent no time on an API that is known not to answer"
        return Finding(Verdict.INCONCLUSIVE, CODE, str(self), evidence=(fact,))
