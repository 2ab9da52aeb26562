"""Exchanges beside the letter of the specifications, one row a rule with its section."""

from __future__ import annotations

import pytest

from .exchange_cases.answers import ANSWERS
from .exchange_cases.bodies import BODIES
from .exchange_cases.case import Case
from .exchange_cases.headers import HEADERS
from .exchange_cases.parameters import PARAMETERS
from .exchange_cases.paths import PATHS
from .exchanges import contract, told

ALL = [*PATHS, *PARAMETERS, *BODIES, *ANSWERS, *HEADERS]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in ALL])
def test_an_exchange_is_judged_by_the_letter(case: Case) -> None:
    """What is told of an exchange is what the section says, and nothing else."""
    judge = contract(case.paths, version=case.version, **case.parts)

    found = told(judge.check(case.exchange))

    assert found == list(case.told), case.section


def test_the_cases_are_enough() -> None:
    """The corners of the specifications are covered by many rows, each with a name of its own."""
    assert len({case.name for case in ALL}) == len(ALL) >= 120
