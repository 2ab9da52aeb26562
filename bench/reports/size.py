"""How large the page of a long run is, how long it takes to write, and how long to open."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.contracts.starting import spawned
from bench.figures import Figure
from bench.reports.browser import browsing, opened
from bench.reports.spools import CALLS, fill

LISTED = "test_an_answer_holds_what_was_promised"
TESTS = 20_000
_FEW = 2_000
_LARGEST = 8.0  # MB, and of a shorter run its share beside the page itself
_PAGE = 0.12  # MB of the page without data
_SLOWEST = 5.0
_SLACK = 8.0  # times the goal for what is timed in the gate: a machine may be held up by others
_PAINT = 1.5
_HEAP = 50.0
_MISSING = "skipped: needs playwright and a Chromium"


def figures(*, short: bool) -> Iterator[Figure]:
    """The figures of one page; in the short form of a tenth of the tests."""
    tests = _FEW if short else TESTS
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "report.html"
        folder = fill(Path(name) / "run", tests=tests)
        rounds = 1 if short else 5
        told = [spawned("bench.reports.written", str(folder), str(page)) for _ in range(rounds)]
        yield from written(told, tests)
        yield from seen(page, short=short)


def written(told: list[dict[str, Any]], tests: int) -> Iterator[Figure]:
    """The figures of pages of one run, each as the process that wrote it tells."""
    share = tests / TESTS
    size, largest = told[0]["bytes"] / 1e6, _LARGEST * share + (_PAGE if share < 1 else 0)
    yield Figure(
        name=f"page of {tests:,} tests of {CALLS} exchanges, bodies of what did not hold",
        measured=f"{size:.2f} MB",
        goal=f"<= {largest:g} MB",
        is_met=size <= largest,
    )
    slowest = _SLOWEST * share * (_SLACK if share < 1 else 1)
    whole = median(one["read_seconds"] + one["write_seconds"] for one in told)
    busy = min(one["read_cpu"] + one["write_cpu"] for one in told)
    yield Figure(
        name="the same: made, from the spools to the file",
        measured=f"{whole:.2f} s, CPU {busy:.2f} s",
        goal=f"<= {slowest:g} s",
        is_met=whole <= slowest,
    )
    reading = median(one["read_seconds"] for one in told)
    yield Figure(
        name="the same: of this, the spools read, once for all reports of a run",
        measured=f"{reading:.2f} s, CPU {min(one['read_cpu'] for one in told):.2f} s",
    )
    yield Figure(
        name="the same: memory of the process at most",
        measured=f"{max(one['megabytes'] for one in told):.0f} MB",
    )


def seen(page: Path, *, short: bool) -> Iterator[Figure]:
    """The figures of a page that is opened; one that says so where no browser is here."""
    slack = _SLACK if short else 1
    with browsing() as browser:
        if browser is None:
            yield Figure(name="the same, opened in headless Chromium", measured=_MISSING)
            return
        found = opened(browser, page, listed=LISTED, rounds=1 if short else 5)
    yield Figure(
        name="the same, opened in headless Chromium: first content",
        measured=f"{found.painted:.2f} s, a test {found.listed:.2f} s",
        goal=f"<= {_PAINT * slack:g} s",
        is_met=found.painted <= _PAINT * slack,
    )
    yield Figure(
        name="the same: heap of its script, nothing collected",
        measured=f"{found.heap:.1f} MB",
        goal=f"<= {_HEAP:g} MB",
        is_met=found.heap <= _HEAP,
    )
