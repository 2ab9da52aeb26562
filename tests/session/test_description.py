"""What a run is made with, as its reports tell it: without secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from redhanded.core.events import Described
from redhanded.session.description import described
from redhanded.session.session import Session
from tests.session.projects import TABLE, Project

SECRET = "correct-horse-battery"


@pytest.fixture
def describe(project: Project) -> Iterator[Callable[..., Described]]:
    """Describes a run of the project, called by these arguments."""
    made: list[Session] = []

    def describe(*arguments: str) -> Described:
        session = Session(project.load(), run_id="run1", seed=7)
        made.append(session)
        return described(
            session,
            command=("pytest", *arguments),
            workers=2,
            plugins={"pytest": "9.2.0"},
            environ=project.environ,
            root=project.root,
        )

    yield describe
    for session in made:
        session.close(0)


def test_settings_that_were_made_are_told_with_their_origin(
    project: Project, describe: Callable[..., Described]
) -> None:
    """A default is in the documentation; secrets never leave as they are."""
    project.set(TOKEN=SECRET).table(
        """
        trace_url = "http://traces.test/{trace_id}?api_key=hunter22"
        timeouts.read = 30
        identities.me = {kind = "bearer", token = "env:TOKEN"}
        """
    )

    told = {key: (value, origin) for key, value, origin in describe().settings}

    assert told["timeouts.read"] == ("30.0", TABLE)
    assert told["trace_url"][0].startswith("http://traces.test/{trace_id}?api_key=masked_")
    assert "hunter22" not in f"{told}"
    assert SECRET not in f"{told}"
    assert "identities.me.token" in told
    assert "seed" not in told


@pytest.mark.parametrize(
    "arguments, shown",
    [
        pytest.param(["-q", "tests"], ["-q", "tests"], id="plain"),
        pytest.param(["--password=hunter22"], ["--password=masked_password_8chars"], id="named"),
        pytest.param(
            ["--password", "hunter22"], ["--password", "masked_password_8chars"], id="next"
        ),
        pytest.param(["--password", "-q"], ["--password", "-q"], id="no-value"),
        pytest.param(
            ["--rh-set=identities.me.token=hunter22"],
            ["--rh-set=identities.me.token=masked_token_8chars"],
            id="setting",
        ),
        pytest.param(
            ["--rh-base-url=http://me:hunter22@shop.test"],
            ["--rh-base-url=http://masked_userinfo_11chars@shop.test"],
            id="userinfo",
        ),
        pytest.param(["-k", SECRET], ["-k", "masked_TOKEN_21chars"], id="known"),
    ],
)
def test_the_command_is_told_without_its_secrets(
    project: Project,
    describe: Callable[..., Described],
    arguments: list[str],
    shown: list[str],
) -> None:
    """INVARIANT: what is known as a secret, and what is given under the name of one."""
    project.set(TOKEN=SECRET).table('identities.me = {kind = "bearer", token = "env:TOKEN"}')

    assert describe(*arguments).command == ("pytest", *shown)


def test_the_run_is_told(project: Project, describe: Callable[..., Described]) -> None:
    """Its name, its shard, how many workers, and where the tests come from."""
    project.table('shard = "1/4"\nrun_id = "nightly"\n')
    project.set(GITLAB_CI="true", CI_COMMIT_SHA="0a1b", CI_COMMIT_REF_NAME="main")

    told = describe()

    assert (told.run_id, told.shard, told.env, told.workers) == ("run1", "1/4", "", 2)
    assert told.plugins == {"pytest": "9.2.0"}
    assert told.source == {"commit": "0a1b", "branch": "main"}
