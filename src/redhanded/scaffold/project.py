"""The files of the project itself: its table, its notes, and the suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.scaffold.rendering import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.plan import File


def files(answers: Answers) -> Iterator[File]:
    """The project's own files, in the order in which a reader would open them."""
    yield rendered(".gitignore", "project/gitignore", answers)
