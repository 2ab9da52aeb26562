from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from pydantic import SecretStr

from redhanded.core.credentials import BasicAuth, BearerAuth, LoginAuth
from redhanded.session.secrets import References, git_tracks
from redhanded.session.sources import load
from tests.session.projects import TABLE, Project

BEARER = "auth = {{ kind = 'bearer', token = '{}' }}"


def token(project: Project) -> str:
    """The bearer token that the settings come to."""
    auth = project.load().settings.auth
    assert isinstance(auth, BearerAuth)
    return auth.token.get_secret_value()


def repository(root: Path, *tracked: str) -> Path:
    """A git repository that tracks these files."""
    git = shutil.which("git")
    assert git, "these tests need git"
    for command in (["init", "-q"], ["add", "--", *tracked]):
        subprocess.run([git, *command], cwd=root, check=True)
    return root


def test_a_reference_to_a_variable_is_its_value(project: Project) -> None:
    """The project names the variable; its value never stands in a file."""
    project.table(BEARER.format("env:API_TOKEN")).set(API_TOKEN="s3cret")

    assert token(project) == "s3cret"
    assert project.load().secrets == (("API_TOKEN", "s3cret"),)


def test_a_variable_may_stand_in_dotenv(project: Project) -> None:
    """A reference finds it there, unless the environment has it."""
    project.table(BEARER.format("env:API_TOKEN")).dotenv("API_TOKEN=from-dotenv")

    assert token(project) == "from-dotenv"
    assert token(project.set(API_TOKEN="from-environment")) == "from-environment"


def test_a_reference_to_a_file_is_its_content(project: Project) -> None:
    """Without the line break that editors add; the path begins at the project."""
    project.table(BEARER.format("file:secrets.txt")).write("secrets.txt", "s3cret\r\n")

    assert token(project) == "s3cret"
    assert project.load().secrets == (("AUTH_TOKEN", "s3cret"),)


def test_a_line_break_at_the_end_of_a_variable_is_dropped(project: Project) -> None:
    """Command substitution and secret stores leave one behind."""
    assert token(project.table(BEARER.format("env:T")).set(T="s3cret\n")) == "s3cret"


@pytest.mark.parametrize(
    "variables, state",
    [
        pytest.param({}, "is not set", id="absent"),
        pytest.param({"API_TOKEN": ""}, "is empty", id="empty"),
        pytest.param({"API_TOKEN": " \n"}, "is empty", id="blank"),
    ],
)
def test_a_missing_variable_is_one_sentence(
    project: Project, variables: dict[str, str], state: str
) -> None:
    """An empty token would be a 401 that looks like a defect."""
    assert project.table(BEARER.format("env:API_TOKEN")).set(**variables).problems() == [
        (
            f"{TABLE}: auth.token refers to env:API_TOKEN, but the variable API_TOKEN {state}:"
            " set it, or write it into .env."
        )
    ]


@pytest.mark.parametrize(
    "prepare, reason",
    [
        pytest.param(lambda path: None, "No such file or directory", id="absent"),
        pytest.param(
            lambda path: path.write_bytes(b"\xff\xfe"), "it is not UTF-8 text", id="bytes"
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    project: Project, prepare: object, reason: str
) -> None:
    """The system's reason is in it."""
    assert callable(prepare)
    prepare(project.root / "secret.txt")

    assert project.table(BEARER.format("file:secret.txt")).problems() == [
        (
            f"{TABLE}: auth.token refers to file:secret.txt, which cannot be read ({reason}):"
            " write the path of a file that holds nothing but the secret."
        )
    ]


def test_an_empty_file_is_one_sentence(project: Project) -> None:
    """No secret is none."""
    project.table(BEARER.format("file:secret.txt")).write("secret.txt", "\n")

    assert project.problems() == [
        f"{TABLE}: auth.token refers to file:secret.txt, which is empty: write the secret into it."
    ]


def test_a_path_that_no_file_can_have_is_one_sentence(project: Project) -> None:
    """A zero byte is in no name."""
    (sentence,) = project.local('auth = { kind = "bearer", token = "file:\\u0000" }').problems()

    assert "which cannot be read" in sentence


def test_a_literal_secret_in_the_project_file_is_refused(project: Project) -> None:
    """INVARIANT: the project file is committed, whether git can be asked or not."""
    assert project.table(BEARER.format("s3cret")).problems() == [
        (
            f"{TABLE}: auth.token holds a secret in a file that git tracks:"
            ' write "env:AUTH_TOKEN" and set the variable AUTH_TOKEN.'
        )
    ]


@pytest.mark.parametrize(
    "text, key, variable",
    [
        pytest.param(
            "proxy = 'http://p'\nproxy_auth = 'u:p'", "proxy_auth", "PROXY_AUTH", id="proxy"
        ),
        pytest.param(
            "headers = { X-Api-Key = 'k' }", "headers.X-Api-Key", "HEADERS_X_API_KEY", id="header"
        ),
        pytest.param(
            "headers = { Authorization = 'Bearer t' }",
            "headers.Authorization",
            "HEADERS_AUTHORIZATION",
            id="authorization",
        ),
        pytest.param(
            "auth = { kind = 'login', path = '/auth', body = { password = 'p' } }",
            "auth.body.password",
            "AUTH_BODY_PASSWORD",
            id="login",
        ),
        pytest.param(
            "identities.admin = { kind = 'basic', username = 'u', password = 'p' }",
            "identities.admin.password",
            "IDENTITIES_ADMIN_PASSWORD",
            id="identity",
        ),
    ],
)
def test_every_place_of_a_secret_is_watched(
    project: Project, text: str, key: str, variable: str
) -> None:
    """A name that announces a secret makes one of any text."""
    assert project.table(text).problems() == [
        (
            f"{TABLE}: {key} holds a secret in a file that git tracks:"
            f' write "env:{variable}" and set the variable {variable}.'
        )
    ]


def test_a_literal_secret_in_a_profile_is_refused(project: Project) -> None:
    """A profile stands in the same file."""
    project.table("[tool.redhanded.env.ci]\n" + BEARER.format("s3cret"))

    (sentence,) = project.set(REDHANDED_ENV="ci").problems()

    assert sentence.startswith("pyproject.toml [tool.redhanded.env.ci]: auth.token holds a secret")


@pytest.mark.parametrize("name", ["redhanded.local.toml", ".env"])
def test_a_literal_secret_is_allowed_where_git_does_not_look(project: Project, name: str) -> None:
    """The same file is refused as soon as git tracks it."""
    project.local("auth = { kind = 'bearer', token = 's3cret' }")
    if name == ".env":
        project.local("").dotenv("REDHANDED_AUTH__KIND=bearer\nREDHANDED_AUTH__TOKEN=s3cret")

    assert token(project) == "s3cret"
    project.tracked = {name}
    (sentence,) = project.problems()
    assert sentence.startswith(name)
    assert sentence.endswith(
        'auth.token holds a secret in a file that git tracks: write "env:AUTH_TOKEN" and set the'
        " variable AUTH_TOKEN."
    )


def test_a_literal_secret_is_allowed_in_environment_and_command_line(project: Project) -> None:
    """Neither is a file."""
    project.set(REDHANDED_AUTH__KIND="bearer", REDHANDED_AUTH__TOKEN="s3cret")

    assert token(project) == "s3cret"
    assert project.load(auth__token="another").secrets == (("AUTH_TOKEN", "another"),)


def test_a_variable_in_a_tracked_dotenv_is_refused(project: Project) -> None:
    """A reference into the repository is no better than a literal."""
    project.table(BEARER.format("env:API_TOKEN")).dotenv("API_TOKEN=s3cret")
    project.tracked = {".env"}

    assert project.problems() == [
        (
            f"{TABLE}: auth.token refers to env:API_TOKEN, whose value stands in .env, a file that"
            " git tracks: take it out of git (git rm --cached .env) and renew the secret."
        )
    ]


def test_a_tracked_file_of_a_secret_is_refused(project: Project) -> None:
    """It would be in everybody's clone."""
    project.table(BEARER.format("file:secret.txt")).write("secret.txt", "s3cret")
    project.tracked = {"secret.txt"}

    assert project.problems() == [
        (
            f"{TABLE}: auth.token refers to file:secret.txt, a file that git tracks:"
            " take it out of git (git rm --cached) and renew the secret."
        )
    ]


def test_git_is_asked_once_a_file(project: Project) -> None:
    """A process a secret would be felt at the start of each run."""
    asked: list[str] = []
    project.local(
        """
        identities.a = { kind = 'bearer', token = 'secret-a' }
        identities.b = { kind = 'bearer', token = 'secret-b' }
        """
    )

    def is_tracked(path: Path) -> bool:
        asked.append(path.name)
        return False

    load(project.root, environ={}, is_tracked=is_tracked)

    assert asked == ["redhanded.local.toml"]


def test_git_is_not_asked_without_a_literal_secret(project: Project) -> None:
    """References to variables cost no process."""
    project.table(BEARER.format("env:T")).local("seed = 1").set(T="s3cret")

    def is_tracked(path: Path) -> bool:
        raise AssertionError(path)

    assert load(project.root, environ=project.environ, is_tracked=is_tracked).secrets == (
        ("T", "s3cret"),
    )


def test_a_user_name_may_be_a_reference(project: Project) -> None:
    """Stores hand out pairs; the name is no secret: masked, it would spoil every replay."""
    project.table(
        "auth = { kind = 'basic', username = 'env:API_USER', password = 'env:API_PASSWORD' }"
    ).set(API_USER="robot-7", API_PASSWORD="s3cret")

    loaded = project.load()

    assert isinstance(loaded.settings.auth, BasicAuth)
    assert loaded.settings.auth.username == "robot-7"
    assert dict(loaded.secrets) == {"API_PASSWORD": "s3cret"}


def test_text_that_is_no_secret_stays_text(project: Project) -> None:
    """Only what is secret is closed; the empty password of a key's user is no secret."""
    project.table(
        """
        headers = { Accept = "text/html", X-Trace = "file-7" }
        auth = { kind = "login", path = "/auth", body = { username = "ann", password = "env:P" } }
        identities.key = { kind = "basic", username = "key", password = "" }
        """
    ).set(P="s3cret")

    loaded = project.load()

    assert loaded.settings.headers == {"Accept": "text/html", "X-Trace": "file-7"}
    assert isinstance(loaded.settings.auth, LoginAuth)
    assert loaded.settings.auth.body == {"username": "ann", "password": SecretStr("s3cret")}
    assert loaded.secrets == (("P", "s3cret"),)


def test_git_tells_what_it_tracks(tmp_path: Path) -> None:
    """In the index is tracked, ignored and new are not."""
    (tmp_path / "known.toml").touch()
    (tmp_path / "new.toml").touch()
    repository(tmp_path, "known.toml")

    assert git_tracks(tmp_path / "known.toml") is True
    assert git_tracks(tmp_path / "new.toml") is False
    assert git_tracks(tmp_path / "absent" / "known.toml") is False


def test_a_folder_without_git_tracks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a missing repository nor a missing git is an error."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    assert git_tracks(tmp_path / "file") is False
    monkeypatch.setenv("PATH", "")
    assert git_tracks(tmp_path / "file") is False


def test_the_loader_asks_git_itself(project: Project) -> None:
    """Nobody has to remember to hand the question in."""
    project.local("auth = { kind = 'bearer', token = 's3cret' }")
    repository(project.root, "redhanded.local.toml")

    with pytest.raises(Exception, match="holds a secret in a file that git tracks"):
        load(project.root, environ={})


def test_text_of_an_unknown_place_is_resolved_too(project: Project) -> None:
    """A resolver is asked with plain text as well, which no layer vouches for."""
    references = References(project.root, {"T": "s3cret"}, {}, is_tracked=lambda path: True)

    assert references.resolve("env:T", declared=True) == SecretStr("s3cret")
    assert references.resolve("plain", declared=False) == "plain"
    assert references.resolve("plain", declared=True) == SecretStr("plain")
