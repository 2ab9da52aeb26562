"""Contracts in pytest's life: what a run is held against, and its baseline when all is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redhanded.core.errors import UsageError
from redhanded.core.verdicts import Verdict
from redhanded.plugin.completeness import why_partial
from redhanded.session import baseline
from redhanded.session.breaches import breaches_in
from redhanded.session.contract_summary import conclusions, lines
from redhanded.session.contracts import contracts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from redhanded.core.violation import Contract
    from redhanded.plugin.chronicle import Chronicle
    from redhanded.session.breaches import Breach
    from redhanded.session.conclusion import Conclusion
    from redhanded.session.session import Session


class Contracts:
    """Looks after the contracts of a run, from its collection to its last words."""

    def __init__(self, config: pytest.Config, session: Session, chronicle: Chronicle) -> None:
        self._config = config
        self._session = session
        self._chronicle = chronicle
        self._is_recording = bool(config.getoption("REDHANDED_CONTRACT_UPDATE"))
        self._is_pruning = bool(config.getoption("REDHANDED_CONTRACT_PRUNE"))

    def check(self) -> None:
        """Get everything that answers are held against; pytest.UsageError where that cannot be."""
        try:
            self._require_file()
            self._session.contracts = contracts_of(
                self._session,
                self._config.rootpath,
                added=tuple(self._added()),
                is_recording=self._is_recording,
            )
        except UsageError as error:
            raise pytest.UsageError(f"redhanded: {error}") from None

    def _added(self) -> Iterator[Contract]:
        try:
            for given in self._config.hook.pytest_redhanded_contracts(config=self._config):
                yield from given or ()
        except Exception as error:
            said = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise UsageError(
                f"pytest_redhanded_contracts failed by {said}: mend it in its conftest.py."
            ) from error

    def _require_file(self) -> None:
        asked = "update" if self._is_recording else "prune" if self._is_pruning else ""
        if asked and self._session.settings.contract.baseline is None:
            raise UsageError(
                f"--rh-contract-{asked} has no file: name it by --rh-contract-baseline, or as "
                "contract.baseline in the settings."
            )

    def conclude(self) -> Sequence[Conclusion]:
        """What is wrong with the documents themselves, as findings on the run."""
        return conclusions(self._breaches())

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Sum up, and keep the baseline, in the process that sees the whole run."""
        if hasattr(session.config, "workerinput"):
            return
        breaches = self._breaches()
        is_verbose = session.config.get_verbosity() > 0
        self._chronicle.contracts += lines(breaches, are_all_named=is_verbose)
        file = self._session.settings.contract.baseline
        if file is not None and (self._is_recording or self._is_pruning) and _has_run(session):
            try:
                self._session.note(self._keep(file, session, breaches))
            except UsageError as error:  # what the run was asked for was not done
                self._session.note(f"{error}")
                session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def _breaches(self) -> list[Breach]:
        return breaches_in(self._session.folder)

    def _keep(self, file: Path, session: pytest.Session, breaches: Sequence[Breach]) -> str:
        """Write the baseline anew; what was done, or why it was not, in a sentence."""
        known = after = baseline.read(file)
        # What is ignored, or a mere warning, is let pass without an entry.
        seen = [breach.cause for breach in breaches if breach.passed in ("", "baseline")]
        if self._is_recording:
            after = after.updated(seen, self._session.today())
        refusal = self._refusal(session) if self._is_pruning else ""
        if self._is_pruning and not refusal:
            after = after.pruned(seen)
        if after != known or not file.exists():
            baseline.write(after, file)
        new = len(after.entries.keys() - known.entries.keys())
        told = f"the baseline {file.name} is written, entries: {len(after.entries)}, new: {new}"
        if refusal:
            return f"{told}; nothing was taken away, because {refusal}"
        gone = len(known.entries.keys() - after.entries.keys())
        return f"{told}, not met any more and taken away: {gone}" if self._is_pruning else told

    def _refusal(self, session: pytest.Session) -> str:
        """Why a run cannot tell what is gone: it did not see everything; empty where it did."""
        partial = why_partial(session, shard=self._session.settings.shard)
        if partial:
            return f"{partial}: run the whole suite with --rh-contract-prune"
        counts = self._chronicle.counts()
        if unjudged := counts.get(Verdict.INCONCLUSIVE, 0):
            return f"{unjudged} tests were kept from judging: run them all again"
        if cut := counts.get(Verdict.TEST_BUG, 0) + counts.get(Verdict.DEFECT, 0):
            return f"{cut} tests failed of themselves, and may have ended early: mend them first"
        return ""


def _has_run(session: pytest.Session) -> bool:
    return session.exitstatus not in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR)
