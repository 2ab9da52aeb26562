"""The starter suite: all files of a new project, from all who write some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.scaffold import pipelines, project
from redhanded.scaffold.plan import Plan

if TYPE_CHECKING:
    from redhanded.scaffold.answers import Answers


def plan(answers: Answers) -> Plan:
    """Everything that `redhanded init` writes for these answers."""
    return Plan([*project.files(answers), *project.suite(answers), *pipelines.files(answers)])
