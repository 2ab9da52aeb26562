"""A parked test: its reports are kept as they are, and told to others as nothing that counts."""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.plugin.verdicts import PARKED, VERDICT, cause_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_ORIGIN = ("node", "worker_id", "testrun_uid", "item_index")  # which worker told it


@dataclass(slots=True, eq=False)
class Parked:
    """A test that waits to be run again, with the reports of its last round, the failure first.

    They are what becomes of it if it never gets a verdict.
    """

    item: pytest.Item
    reports: list[pytest.TestReport]

    @contextmanager
    def hiding(self, report: pytest.TestReport) -> Iterator[None]:
        """While the block runs, the report is one of a set-up that went well: nobody counts it.

        The failure says `PARKED`, and all that is known of it but the verdict.
        """
        kept = dict(vars(report))
        told = [(name, value) for name, value in report.user_properties if name != VERDICT]
        report.outcome, report.when, report.longrepr, report.sections = "passed", "setup", None, []
        report.user_properties = [(PARKED, "yes"), *told] if report is self.reports[0] else []
        try:
            yield
        finally:
            self._keep(report, kept)

    def _keep(self, report: pytest.TestReport, as_it_was: dict[str, Any]) -> None:
        """Restore the failure, by which pytest goes on; of others a copy is kept.

        The terminal would show what a tear-down printed, for each round again.
        """
        if report is not self.reports[0]:
            place = self.reports.index(report)
            self.reports[place] = report = copy(report)
        vars(report).update(as_it_was)

    def hand_on(self) -> None:
        """Tell everybody how the last round ended, as if it just had."""
        item = self.item
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self.reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def lost(report: pytest.TestReport) -> pytest.TestReport:
    """The failure of a test that was parked in a process which told nothing more of it."""
    told = [(name, value) for name, value in report.user_properties if name != PARKED]
    origin = {name: getattr(report, name) for name in _ORIGIN if hasattr(report, name)}
    return pytest.TestReport(
        nodeid=report.nodeid,
        location=report.location,
        keywords=report.keywords,
        outcome="failed",
        longrepr=cause_of(report)[1],
        when="call",
        user_properties=[(VERDICT, str(Verdict.INCONCLUSIVE)), *told],
        **origin,
    )
