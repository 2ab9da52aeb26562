"""The rules described for people, out of the table of rules itself.

`python -m redhanded.contracts.changes.reference` prints the tables of the guide to the comparison.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from redhanded.contracts.changes.facets import FACETS
from redhanded.contracts.changes.rules import OTHER_LEVELS, OTHER_NAMES, RULES, SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.changes.change import Level


def markdown() -> str:
    """Both tables: the rules that stand alone, and those that each subject with a schema has."""
    return "\n".join((*_alone(), "", *_of_schemas()))


def _alone() -> Iterator[str]:
    shared = {f"{subject}-{facet.name}" for subject in SUBJECTS for facet in FACETS}
    shared |= set(OTHER_NAMES.values())
    yield "| rule | level | what it tells |"
    yield "|---|---|---|"
    for rule in RULES.values():
        if rule.id not in shared:
            yield f"| `{rule.id}` | {rule.level} | {rule.title} |"


def _of_schemas() -> Iterator[str]:
    subjects = ", ".join(f"`{subject}`" for subject in SUBJECTS)
    yield f"Each of {subjects} has a rule for each of these, such as `request-body-type-changed`:"
    yield ""
    yield "| rule | in requests | in answers | what it tells |"
    yield "|---|---|---|---|"
    for facet in FACETS:
        levels = f"{_shown(facet.sent)} | {_shown(facet.received)}"
        yield f"| `...-{facet.name}` | {levels} | {facet.title} |"
    yield ""
    others = (f"`{rule}` is {_article(level)}" for rule, level in OTHER_LEVELS.items())
    yield f"But {', '.join(others)}."
    names = (f"`{plain}` is called `{name}`" for plain, name in OTHER_NAMES.items())
    yield f"And {', '.join(names)}."


def _shown(level: Level | None) -> str:
    return level or "-"


def _article(level: Level) -> str:
    return {"error": "an error", "warning": "a warning", "info": "harmless"}[level]


if __name__ == "__main__":  # pragma: no cover
    sys.stdout.write(markdown() + "\n")
