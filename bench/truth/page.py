"""The page of the documents that the figures of a whole run stand on."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence

from bench.truth.report import Report
from redhanded.lab.weather.faults.table import FAULTS

_HOW = """\
# How often it is right

redhanded promises that a red test is a real bug, and that no real bug is washed green.
This page holds it to that. `python3 bootstrap.py python -m bench.truth` runs the benchmark, \
`--short` some minutes of it; this page is written by `--report`.

Real pytest sessions run a suite against a demo API in a process of its own, behind a proxy that \
makes weather. The API is correct, or has one of 100 defects. Proxy and API write down each fault \
that they serve and to which test, so what really happened is known for every test, whatever the \
plan was. A verdict is what the JUnit file says; evidence and exit code must agree with it.

- On a correct API a test may pass, recover or stay inconclusive. Any red is false.
- A test to which a defect was served must be red, with the verdict of the defect's class. It may \
be inconclusive while weather is served to it too. Any green is masked.
- A wrong answer counts as served to a test once more of them were sent than weather on the same \
route could have eaten.
- Bounds are one-sided at 95 % (Clopper and Pearson). Tests of one session share its weather, so \
the sessions are the independent cases.
- Most witnesses of a defect that comes and goes call until they must meet it. Beside them stand \
tests of one call each, as they are mostly written: whichever meets the defect must be red.
- The seconds of most sessions are a tenth of the catalogue's (10 s are 1 s, 60 s are 6 s). An \
answer may take 1 s, a call 6 s, and a run waits 10 s for better weather, 2 s where it never comes.
- What does not happen to a client of plain HTTP at an address is not here: names (E01, E02), \
handshakes (E08, E09), HTTP/2 (E23) and the runner's own (E07, E38) have tests elsewhere.
"""


def page(report: Report) -> str:
    """The page with the figures of a run."""
    return "\n".join([_HOW, *_extent(report), *report.lines()])


def _extent(report: Report) -> Iterator[str]:
    ours = [record for record in report.records if record.mode == "redhanded"]
    tests = sum(len(record.episodes) for record in ours)
    served = {code for record in ours for each in record.episodes for code in each.weather}
    met = {each.defect for record in ours for each in record.episodes if each.is_sure}
    python = f"CPython {platform.python_version()} on {platform.system()}"
    yield f"This run: {len(ours):,} sessions with {tests:,} verdicts, {python}."
    yield f"{len(served)} kinds of weather were served, and {len(met)} defects."
    yield _listed("Weather that was planned and met nobody", sorted(set(FAULTS) - served))
    yield ""


def _listed(what: str, codes: Sequence[str]) -> str:
    return f"{what}: {', '.join(codes)}." if codes else ""
