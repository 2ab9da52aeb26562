"""Ids of a run and of things in it, the same whenever a report of it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from redhanded.reports.dossier.head import Head


def run_id(head: Head) -> str:
    """The id of the run; those of all its parts where they were runs of their own."""
    return "+".join(sorted({part.run_id for part in head.parts}))


def unique(head: Head, *parts: object) -> str:
    """A UUID for a thing of this run, by what it is known by within it."""
    name = ":".join(["redhanded", run_id(head), *map(str, parts)])
    return str(uuid5(NAMESPACE_URL, name.encode("utf-8", "backslashreplace").decode()))
