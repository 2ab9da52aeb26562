"""Where the tests come from, by the environment of CI systems and by git's own files."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from redhanded.session.checkout import source_of

Git: TypeAlias = Callable[..., str]

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SHA": "0a1b",
    "GITHUB_REF_NAME": "main",
    "GITHUB_SERVER_URL": "https://github.test",
    "GITHUB_REPOSITORY": "me/shop",
    "GITHUB_RUN_ID": "17",
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_COMMIT_SHA": "0a1b",
    "CI_COMMIT_REF_NAME": "main",
    "CI_JOB_URL": "https://gitlab.test/jobs/17",
}
JENKINS = {
    "JENKINS_URL": "https://jenkins.test/",
    "GIT_COMMIT": "0a1b",
    "GIT_BRANCH": "main",
    "BUILD_URL": "https://jenkins.test/job/17/",
}
AZURE = {
    "TF_BUILD": "True",
    "BUILD_SOURCEVERSION": "0a1b",
    "BUILD_SOURCEBRANCHNAME": "main",
    "SYSTEM_COLLECTIONURI": "https://azure.test/me/",
    "SYSTEM_TEAMPROJECT": "shop",
    "BUILD_BUILDID": "17",
}


@pytest.mark.parametrize(
    "environ, job",
    [
        pytest.param(GITHUB, "https://github.test/me/shop/actions/runs/17", id="github"),
        pytest.param(GITLAB, "https://gitlab.test/jobs/17", id="gitlab"),
        pytest.param(JENKINS, "https://jenkins.test/job/17/", id="jenkins"),
        pytest.param(AZURE, "https://azure.test/me/shop/_build/results?buildId=17", id="azure"),
    ],
)
def test_a_ci_system_tells_commit_branch_and_job(
    tmp_path: Path, environ: Mapping[str, str], job: str
) -> None:
    """Each by its own variables."""
    assert source_of(environ, tmp_path) == {"commit": "0a1b", "branch": "main", "job": job}


def test_what_a_ci_system_does_not_say_is_left_out(tmp_path: Path) -> None:
    """Half of a link leads nowhere."""
    environ = {name: value for name, value in GITHUB.items() if name != "GITHUB_RUN_ID"}

    assert source_of(environ, tmp_path) == {"commit": "0a1b", "branch": "main"}


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Git in a repository of one commit on the branch `work/one`; gives what it printed."""
    program = shutil.which("git")
    if program is None:
        pytest.skip("needs git")

    def call(*arguments: str, within: Path = tmp_path) -> str:
        names = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        people = {
            f"GIT_{who}_{what}": "me@shop.test"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            [program, *arguments],
            cwd=within,
            env={**os.environ, **names, **people},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    call("init", "-q", "-b", "work/one")
    call("commit", "-q", "--allow-empty", "-m", "one")
    return call


def test_a_checkout_tells_commit_and_branch(tmp_path: Path, git: Git) -> None:
    """Also from a folder within it, and where git has packed its branches."""
    (tmp_path / "tests").mkdir()
    told = {"branch": "work/one", "commit": git("rev-parse", "HEAD")}

    assert source_of({}, tmp_path / "tests") == told
    git("pack-refs", "--all")
    assert source_of({}, tmp_path) == told


def test_a_commit_without_a_branch_is_told_alone(tmp_path: Path, git: Git) -> None:
    """As CI systems check out."""
    git("checkout", "-q", "--detach")

    assert source_of({}, tmp_path) == {"commit": git("rev-parse", "HEAD")}


def test_a_worktree_tells_its_own_branch(
    tmp_path: Path, git: Git, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its branches stand in the folder of the repository that it belongs to."""
    place = tmp_path_factory.mktemp("trees") / "other"
    git("worktree", "add", "-q", "-b", "other", str(place))

    assert source_of({}, place) == {"branch": "other", "commit": git("rev-parse", "HEAD")}


@pytest.mark.parametrize(
    "content", [b"ref: refs/heads/none", b"\xff\xfe", b""], ids=["unborn", "no-text", "empty"]
)
def test_a_checkout_that_makes_no_sense_tells_little(tmp_path: Path, content: bytes) -> None:
    """INVARIANT: no run ends because of what git left."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_bytes(content)

    assert not source_of({}, tmp_path).get("commit")
