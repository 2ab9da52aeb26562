"""Files for continuous integration and containers, by what the answers want of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.plan import File


def files(answers: Answers) -> Iterator[File]:  # noqa: ARG001  none is written yet
    """The workflow, the pipeline, the image and the services that go with it."""
    yield from ()
