"""Lines of tests that did not simply pass, as a run would gather them."""

from __future__ import annotations

from redhanded.core.verdicts import Verdict
from redhanded.reports.groups import Line


def line(
    test_id: str,
    fact: str = "404, want 200",
    *,
    verdict: Verdict = Verdict.DEFECT,
    cause: str = "status",
    route: str = "",
) -> Line:
    """A line of a test that ended with a defect, unless it says otherwise."""
    headline = f"{verdict.value.upper().replace('_', ' ')} {cause}: {fact}"
    return Line(test_id, verdict, cause, headline, route)


def weather(
    test_id: str,
    cause: str = "net.refused",
    *,
    fact: str = "GET /x: connection refused",
    route: str = "GET http://api.test/x",
    verdict: Verdict = Verdict.INCONCLUSIVE,
) -> Line:
    """A line of a test that the environment kept from judging."""
    return line(test_id, fact, verdict=verdict, cause=cause, route=route)
