"""Coverage in pytest's life: one line when all is over, and whether it was enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.plugin.completeness import why_partial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.plugin.chronicle import Chronicle
    from redhanded.session.session import Session

_CUT = (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR)


class Coverage:
    """Sums up, in the process that sees the whole run, what its documents' coverage came to."""

    def __init__(self, session: Session, chronicle: Chronicle) -> None:
        self._session = session
        self._chronicle = chronicle

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Add the line to the last words, and refuse a run that covered too little."""
        settings = self._session.settings
        if not (settings.openapi or settings.contract.cover) or _is_cut(session):
            return
        self._keep()
        if not hasattr(session.config, "workerinput"):
            self._sum_up(session)

    def _keep(self) -> None:
        """Keep what each document lets tests see, also of one that no test has called."""
        from redhanded.session.judges import DocumentJudge

        contracts = self._session.contracts
        for judge in contracts.judges if contracts is not None else ():
            if isinstance(judge, DocumentJudge):
                judge.coverage.keep()

    def _sum_up(self, session: pytest.Session) -> None:
        from redhanded.session.coverage_figures import figures_in, shortfalls, summary

        found, wanted = figures_in([self._session.folder]), self._session.settings.contract.cover
        if found:
            self._chronicle.contracts.append(f"contract: {summary(found)}")
        if wanted:
            self._judge(session, shortfalls(found, wanted) if found else [self._nothing()])

    def _nothing(self) -> str:
        """Why there is nothing of which a share could be covered."""
        if not self._session.settings.openapi:
            return "contract.cover wants a share of a document, and `openapi` names none"
        return "nothing was kept of what the documents let tests see"

    def _judge(self, session: pytest.Session, short: Sequence[str]) -> None:
        if why := self._why_open(session):
            self._chronicle.contracts.append(f"contract: coverage is not judged, because {why}")
        elif short and session.exitstatus == pytest.ExitCode.OK:
            self._chronicle.shortfall = f"too little is covered: {'; '.join(short)}"
        elif short:
            self._chronicle.contracts.append(f"contract: too little is covered: {'; '.join(short)}")

    def _why_open(self, session: pytest.Session) -> str:
        """Why a run that covers little need not be the fault of its tests; empty where it is.

        Who names a threshold on the command line means the tests that the same line chooses.
        """
        if shard := self._session.settings.shard:
            return f"it is shard {shard}: `redhanded coverage --fail-under` judges all of them"
        unjudged = self._chronicle.counts().get(Verdict.INCONCLUSIVE, 0)
        if unjudged:
            tests = "1 test" if unjudged == 1 else f"{unjudged} tests"
            return f"the environment kept {tests} from judging"
        is_asked = session.config.getoption("REDHANDED_COVER_FAIL_UNDER")
        return "" if is_asked else why_partial(session)


def _is_cut(session: pytest.Session) -> bool:
    """Whether the run was stopped before its end: then it shows nothing of what tests cover."""
    return bool(session.shouldfail or session.shouldstop) or session.exitstatus in _CUT
