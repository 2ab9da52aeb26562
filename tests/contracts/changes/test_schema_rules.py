"""Changes of schemas: each facet is told of whatever has the schema, as grave as its rule says."""

from __future__ import annotations

import pytest

from redhanded.contracts.changes import RULES
from redhanded.contracts.changes.rules import OTHER_NAMES, SUBJECTS
from tests.contracts.changes.documents import compared, everywhere
from tests.contracts.changes.schema_pairs import PAIRS, Pair


def expected(pair: Pair, subject: str) -> dict[str, str]:
    """The rules that must be told of a subject, with their levels."""
    found: dict[str, str] = {}
    for facet in pair.facets[subject.startswith("response")]:
        name = facet.removesuffix("*")
        if subject == "request-parameter-property" and pair.facets[1] == {"type-specialized"}:
            name = "type-specialized"
        rule = OTHER_NAMES.get(f"{subject}-{name}", f"{subject}-{name}")
        found[rule] = "info" if facet.endswith("*") else RULES[rule].level
    return found


@pytest.mark.parametrize("pair", [pytest.param(pair, id=name) for name, pair in PAIRS.items()])
def test_a_change_of_a_schema_is_told_wherever_it_stands(pair: Pair) -> None:
    """A body, a property, a parameter and a header tell the same change by rules of their own."""
    found: dict[str, dict[str, str]] = {subject: {} for subject in SUBJECTS}
    for change in compared(everywhere(pair.old), everywhere(pair.new)):
        assert change.path is not None
        found[change.path.removeprefix("/")][change.id] = change.level

    assert found == {subject: expected(pair, subject) for subject in SUBJECTS}
