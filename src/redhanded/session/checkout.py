"""Where the tests come from: commit, branch and job, as the environment or the checkout tells."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_MOST = 1_000_000  # characters of a file of git's that are looked at


class _Service(NamedTuple):
    """The variables in which a CI system tells where it is; a job may be put together of several.

    Sources: the systems' own lists of predefined variables.
    """

    sign: str
    commit: str
    branch: str
    job: str


_SERVICES: Final = (
    _Service(
        "GITHUB_ACTIONS",
        "{GITHUB_SHA}",
        "{GITHUB_REF_NAME}",
        "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
    ),
    _Service("GITLAB_CI", "{CI_COMMIT_SHA}", "{CI_COMMIT_REF_NAME}", "{CI_JOB_URL}"),
    _Service("JENKINS_URL", "{GIT_COMMIT}", "{GIT_BRANCH}", "{BUILD_URL}"),
    _Service(
        "TF_BUILD",
        "{BUILD_SOURCEVERSION}",
        "{BUILD_SOURCEBRANCHNAME}",
        "{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
    ),
)


def source_of(environ: Mapping[str, str], root: Path) -> dict[str, str]:
    """`commit`, `branch` and `job`, as far as anything tells."""
    service = next((one for one in _SERVICES if environ.get(one.sign)), None)
    told = {name: said for name, said in _checkout(root) if said}
    if service is not None:
        named = {"commit": service.commit, "branch": service.branch, "job": service.job}
        told |= {name: said for name, form in named.items() if (said := _filled(form, environ))}
    return told


def _filled(form: str, environ: Mapping[str, str]) -> str:
    """The form with its variables; empty where one of them is not set."""
    try:
        return form.format_map(environ)
    except KeyError:
        return ""


def _checkout(root: Path) -> Iterator[tuple[str, str]]:
    """What git's own files say, which costs less than to ask git."""
    with suppress(OSError, ValueError):
        folder = _git(root)
        head = _text(folder / "HEAD")
        kind, _, ref = head.partition(": ")
        if kind != "ref":
            yield "commit", head
            return
        yield "branch", ref.removeprefix("refs/heads/")
        yield "commit", _commit(folder, ref)


def _git(root: Path) -> Path:
    """Git's folder of the checkout around a folder; raises OSError where there is none."""
    place = next((one / ".git" for one in (root, *root.parents) if (one / ".git").exists()), None)
    if place is None:
        raise FileNotFoundError
    if place.is_dir():
        return place
    return place.parent / _text(place).removeprefix("gitdir: ")  # of a worktree


def _commit(folder: Path, ref: str) -> str:
    """The commit of a branch, from its own file or the packed ones."""
    common = folder
    with suppress(OSError):
        common = folder / _text(folder / "commondir")
    for home in (folder, common):
        with suppress(OSError):
            return _text(home / ref)
    packed = _text(common / "packed-refs").splitlines()
    return next(line.partition(" ")[0] for line in packed if line.endswith(f" {ref}"))


def _text(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(_MOST).strip()
