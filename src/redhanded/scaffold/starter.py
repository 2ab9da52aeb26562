"""The starter suite: all files of a new project, from all who write some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.scaffold import pipelines, project
from redhanded.scaffold.merging import Merged, merged_ignores, merged_table
from redhanded.scaffold.plan import Plan

if TYPE_CHECKING:
    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.openapi.draft import Draft
    from redhanded.scaffold.plan import File
    from redhanded.scaffold.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Starter:
    """A plan for one folder, and sentences on what is left to whoever owns it."""

    plan: Plan
    notes: tuple[str, ...] = ()


def planned(answers: Answers, *, draft: Draft | None = None, ci_only: bool = False) -> Plan:
    """Everything that `redhanded init` writes for these answers; `ci_only` leaves the suite out.

    `draft` is what came of a document, where the suite is made from one.
    """
    if ci_only:
        return Plan(pipelines.files(answers))
    suite = draft.files(answers) if draft else project.suite(answers)
    return Plan([*project.files(answers), *suite, *pipelines.files(answers)])


def starter(plan: Plan, around: Surroundings) -> Starter:
    """The plan for a folder: what it has of its own stays, and what that lacks is added."""
    merged = [_merged(file, around) for file in plan]
    notes = [note for one in merged for note in one.notes]
    if "pyproject.toml" in plan and around.pytest is not None and around.pytest.lacks:
        place, lacks = around.pytest.place, around.pytest.lacks
        notes.append(f"Write in {place}, so that the tests find the client: {lacks}")
    return Starter(Plan(one.file for one in merged), tuple(notes))


def _merged(file: File, around: Surroundings) -> Merged:
    has_pytest = around.pytest is not None
    if file.path == "pyproject.toml" and (around.table is not None or has_pytest):
        return merged_table(file, around.table or "", has_pytest=has_pytest)
    if file.path == ".gitignore" and around.ignores is not None:
        return merged_ignores(file, around.ignores)
    return Merged(file)
