"""The table of rules in the guide is the one that is followed."""

from __future__ import annotations

from pathlib import Path

from redhanded.contracts.changes import RULES
from redhanded.contracts.changes.facets import FACETS
from redhanded.contracts.changes.reference import markdown

_GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "diff.md"


def test_the_guide_lists_the_rules_as_they_are() -> None:
    """Both tables of the guide are what the reference prints."""
    assert markdown() in _GUIDE.read_text(encoding="utf-8")


def test_the_tables_name_every_rule() -> None:
    """A rule stands in a row of its own, or is one of a row for all subjects."""
    text = markdown()
    facets = {facet.name for facet in FACETS}

    for rule in RULES:
        stands_alone = f"| `{rule}` |" in text
        is_of_a_row = any(rule.endswith(f"-{facet}") for facet in facets)
        assert stands_alone or is_of_a_row or f"`{rule}`" in text


def test_rules_have_one_level_and_a_title() -> None:
    """INVARIANT: a rule is of one of three levels, and says in words what it tells."""
    assert {rule.level for rule in RULES.values()} == {"error", "warning", "info"}
    assert all(rule.title and rule.title[0].islower() for rule in RULES.values())
    assert all(RULES[name].id == name for name in RULES)
