"""The specification, row by row: what a schema lets pass and what is told of the rest."""

from __future__ import annotations

import pytest

from tests.contracts.openapi.schemas import (
    cases_30_directions,
    cases_30_keywords,
    cases_30_references,
    cases_closed,
    cases_references,
    cases_structures,
    cases_values,
)
from tests.contracts.openapi.schemas.cases import Case, told

SUITES = {
    "directions_30": cases_30_directions.CASES,
    "keywords_30": cases_30_keywords.CASES,
    "references_30": cases_30_references.CASES,
    "closed": cases_closed.CASES,
    "references": cases_references.CASES,
    "structures": cases_structures.CASES,
    "values": cases_values.CASES,
}
ROWS = [(f"{suite}-{case.name}", case) for suite, cases in SUITES.items() for case in cases]
PASSES = [
    pytest.param(case, value, id=f"{name}-{number}")
    for name, case in ROWS
    for number, value in enumerate(case.passes)
]
BREAKS = [
    pytest.param(case, value, faults, id=f"{name}-{number}")
    for name, case in ROWS
    for number, (value, faults) in enumerate(case.breaks)
]


@pytest.mark.parametrize("case, value", PASSES)
def test_what_the_specification_lets_pass_passes(case: Case, value: object) -> None:
    """A value that the schema describes is told nothing of."""
    check = case.check
    assert check.flaw is None
    assert check.faults(value) == []


@pytest.mark.parametrize("case, value, faults", BREAKS)
def test_what_the_specification_refuses_is_told(case: Case, value: object, faults: str) -> None:
    """A value that the schema does not describe is told by place and keyword."""
    assert told(case.check.faults(value)) == faults


def test_the_suite_is_as_long_as_it_claims() -> None:
    """Each row has a name of its own, a section, and at least one value."""
    assert len({name for name, _ in ROWS}) == len(ROWS)
    assert len(ROWS) >= 160
    assert all(case.section and (case.passes or case.breaks) for _, case in ROWS)
