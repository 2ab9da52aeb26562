"""Triage of a document that could not be had, where a test asked for a value made by it."""

from __future__ import annotations

from redhanded.contracts.openapi.document import DocumentUnreachable, DocumentUnusable
from redhanded.core.verdicts import Verdict
from redhanded.verdict.triage import triage


def test_a_document_that_the_environment_keeps_from_us_is_no_fault_of_the_test() -> None:
    """The fact that excuses is the request that failed."""
    verdict, [finding] = triage(DocumentUnreachable("no answer from http://x/openapi.json."), ())

    assert (verdict, finding.code) == (Verdict.INCONCLUSIVE, "run.contract")
    assert finding.evidence == ("no answer from http://x/openapi.json",)


def test_a_document_that_is_none_is() -> None:
    """It would be the same in each run."""
    assert triage(DocumentUnusable("api.json is no document."), ())[0] is Verdict.TEST_BUG
