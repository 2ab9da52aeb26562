"""The suite as an image, and the services that it runs beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.scaffold.rendering import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.plan import File


def files(answers: Answers, *, port: int | None) -> Iterator[File]:
    """The image, what is kept out of it, and Redis and PostgreSQL beside it.

    On that port the demo API listens in a container of its own; None leaves it out.
    """
    yield rendered("Dockerfile", "Dockerfile", answers)
    yield rendered(".dockerignore", "dockerignore", answers)
    yield rendered("compose.yaml", "compose.yaml", answers, port=port)
