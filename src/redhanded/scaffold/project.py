"""The files of the project itself: its table, its notes, and the suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.scaffold.rendering import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.plan import File

_KINDS = ("canary", "functional", "contract", "negative")


def files(answers: Answers) -> Iterator[File]:
    """The project's own files, in the order in which a reader would open them."""
    extras = extras_of(answers)
    yield rendered(answers.notes, "project/README.md", answers, extras=extras)
    yield rendered("pyproject.toml", "project/pyproject.toml", answers, extras=extras)
    yield rendered(".gitignore", "project/gitignore", answers)
    if answers.secrets or answers.has_containers:
        yield rendered(".env.example", "project/env.example", answers)
    if answers.is_demo:  # whose password is published, so that the suite runs at once
        yield rendered(".env", "project/env", answers, is_private=True)


def suite(answers: Answers) -> Iterator[File]:
    """A suite that needs no document: for the demo API, or for any that has a health endpoint."""
    source = "demo" if answers.is_demo else "own"
    modules = ("__init__", "models", "client") if answers.is_demo else ("__init__", "client")
    for module in modules:
        yield rendered(f"{answers.package}/{module}.py", f"{source}/{module}.py", answers)
    yield rendered(f"{answers.tests}/conftest.py", f"{source}/conftest.py", answers)
    for kind in _KINDS:
        name = f"test_{kind}.py"
        yield rendered(f"{answers.tests}/{name}", f"{source}/{name}", answers)


def extras_of(answers: Answers) -> tuple[str, ...]:
    """The extras of redhanded that the suite needs."""
    stores = ("postgres", "redis") if answers.has_containers else ()
    if answers.is_demo:
        return ("lab", "openapi", *stores)
    return ("openapi", *stores) if answers.document else stores
