"""Files for continuous integration, by what the answers want of them."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from redhanded.scaffold import containers
from redhanded.scaffold.project import extras_of
from redhanded.scaffold.rendering import render, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.plan import File

# What checks a suite and is no part of it: a new release reddens nothing before it is wanted.
PIP_AUDIT: Final = "2.10.1"
RUFF: Final = "0.17.5"
_PASSWORD: Final = "password123"  # noqa: S105  the demo API publishes it
_GITHUB: Final = ".github/workflows"


def files(answers: Answers) -> Iterator[File]:
    """The workflows, the pipeline, the image with its services, and the versions that all use."""
    if answers.on_github:
        for name in ("tests", "nightly"):
            yield _file(f"{_GITHUB}/{name}.yml", f"ci/github_{name}.yml", answers)
    if answers.on_gitlab:
        yield _file(".gitlab-ci.yml", "ci/gitlab-ci.yml", answers)
    if answers.has_containers:
        yield from containers.files(answers, port=_port(answers))
    if answers.on_github or answers.on_gitlab or answers.has_containers:
        yield _requirements(answers)


def _file(path: str, template: str, answers: Answers) -> File:
    password = _PASSWORD if answers.is_demo and answers.secrets else None
    chosen = "" if answers.tests == "tests" else f" {answers.tests}"
    return rendered(
        path,
        template,
        answers,
        port=_port(answers),
        demo_password=password,
        chosen=chosen,
        pip_audit=PIP_AUDIT,
        ruff=RUFF,
    )


def _port(answers: Answers) -> int | None:
    """Where the demo API is to listen; None where the suite is for another one."""
    return (urlsplit(answers.base_url).port or 80) if answers.is_demo else None


def _requirements(answers: Answers) -> File:
    from redhanded.scaffold.pins import pinned

    project = tomllib.loads(render("project/pyproject.toml", answers, extras=extras_of(answers)))
    pins = pinned(project["project"]["dependencies"], python=answers.python)
    # Its owner renews it: a later look at it would only tell that time has passed.
    return rendered("requirements.txt", "requirements.txt", answers, is_private=True, pins=pins)
