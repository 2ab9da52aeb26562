"""The answers that are suggested where somebody gives none."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from redhanded.core.errors import UsageError
from redhanded.scaffold.answers import (
    DEMO_URL,
    Answers,
    Auth,
    Installer,
    Pipelines,
    package_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from redhanded.scaffold.surroundings import Surroundings

_DOCUMENTS = frozenset({"openapi.json", "openapi.yaml", "openapi.yml"})
_PLAIN = "api-tests"
_GITHUB, _GITLAB = ".github/workflows/tests.yml", ".gitlab-ci.yml"


def suggested(around: Surroundings, *, has_uv: bool, ci_only: bool = False) -> Answers:
    """What the folder says already, and for the rest what suits most.

    A suite that has no pipelines was not given any; `ci_only` says that they are wanted by now.
    """
    package = _package(around)
    base_url = around.settings.get("base_url")
    document = _document(around)
    is_demo = document is None and (base_url == DEMO_URL or not around.settings)
    return Answers(
        name=package.replace("_", "-"),
        package=package,
        tests=around.tests,
        base_url=base_url if isinstance(base_url, str) else DEMO_URL,
        health=str(around.settings.get("health", "/health")),
        auth=Auth.LOGIN if is_demo else _auth(around),
        pipelines=_of_remote(around.folder) if ci_only else _pipelines(around),
        has_containers=ci_only or _has_containers(around),
        installer=Installer.UV if has_uv else Installer.PIP,
        is_demo=is_demo,
        document=document,
    )


def kept(answers: Answers, around: Surroundings) -> Answers:
    """The answers, with what the settings say already in the place of what a document says."""
    base_url, health = around.settings.get("base_url"), around.settings.get("health")
    return replace(
        answers,
        base_url=base_url if isinstance(base_url, str) else answers.base_url,
        health=health if isinstance(health, str) else answers.health,
    )


def _package(around: Surroundings) -> str:
    for name in (around.project or "", around.folder.absolute().name, _PLAIN):
        try:
            package = package_of(name)
        except UsageError:
            continue
        return f"{package}_api" if around.is_package_of_others(package) else package
    raise AssertionError("the plain name is one")  # pragma: no cover


def _auth(around: Surroundings) -> Auth:
    table = around.settings.get("auth")
    kind = table.get("kind") if isinstance(table, dict) else None
    return Auth(kind) if kind in set(Auth) else Auth.NONE


def _document(around: Surroundings) -> str | None:
    """The document that the settings name, where it is the copy that init made."""
    name = around.settings.get("openapi")
    is_copy = isinstance(name, str) and name in _DOCUMENTS and _is_file(around, name)
    return name if is_copy else None


def _pipelines(around: Surroundings) -> Pipelines:
    """Those that are there; in a new suite those of the repository."""
    if around.settings:
        return _BY_PLATFORM[_is_file(around, _GITHUB), _is_file(around, _GITLAB)]
    return _of_remote(around.folder)


def _of_remote(folder: Path) -> Pipelines:
    """Whose the repository is; both where nothing tells."""
    remote = _remote(folder)
    known = ("github" in remote, "gitlab" in remote)
    return _BY_PLATFORM[known] if any(known) else Pipelines.BOTH


_BY_PLATFORM = {
    (True, True): Pipelines.BOTH,
    (True, False): Pipelines.GITHUB,
    (False, True): Pipelines.GITLAB,
    (False, False): Pipelines.NONE,
}


def _has_containers(around: Surroundings) -> bool:
    if around.settings:
        return _is_file(around, "Dockerfile") and _is_file(around, "compose.yaml")
    return around.tests == "tests"  # a project with code of its own has images of its own


def _is_file(around: Surroundings, path: str) -> bool:
    return (around.folder / path).is_file()


def _remote(folder: Path) -> str:
    """The addresses of the repository that the folder is in, as git's own file tells them."""
    for parent in (folder.absolute(), *folder.absolute().parents):
        config = parent / ".git" / "config"
        if config.is_file():
            text = config.read_text("utf-8", errors="replace")
            return " ".join(re.findall(r"^\s*url\s*=\s*(.+)$", text, re.MULTILINE)).lower()
    return ""
