"""What somebody said about the suite that they want; every template is rendered from this."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEMO_URL = "http://127.0.0.1:8000"  # where the tutorial starts the demo API
_PACKAGE = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST = 32  # characters; import lines of the suite are laid out for it
# A package of one of these names would hide, or be hidden by, what the suite itself imports.
_TAKEN = frozenset(
    {
        "alembic",
        "allpairspy",
        "anyio",
        "click",
        "conftest",
        "datamodel_code_generator",
        "dirty_equals",
        "dotenv",
        "faker",
        "fastapi",
        "filelock",
        "h11",
        "h2",
        "httpcore2",
        "httpx2",
        "hypothesis",
        "jinja2",
        "jsonschema_rs",
        "opentelemetry",
        "packaging",
        "polyfactory",
        "psycopg",
        "py",
        "pydantic",
        "pytest",
        "redhanded",
        "redis",
        "rich",
        "sqlalchemy",
        "starlette",
        "test",
        "tests",
        "trustme",
        "uvicorn",
        "xdist",
        "yaml",
    }
)


class Pipelines(StrEnum):
    """For whose continuous integration a workflow is written."""

    GITHUB = "github"
    GITLAB = "gitlab"
    BOTH = "both"
    NONE = "none"


class Installer(StrEnum):
    """What installs the project's dependencies."""

    UV = "uv"
    PIP = "pip"


class Auth(StrEnum):
    """How the tests prove who they are, as the setting `auth.kind` calls it."""

    NONE = "none"
    BEARER = "bearer"
    BASIC = "basic"
    API_KEY = "api_key"
    LOGIN = "login"
    OAUTH2 = "oauth2"


_SECRETS: Mapping[Auth, tuple[str, ...]] = {
    Auth.NONE: (),
    Auth.BEARER: ("API_TOKEN",),
    Auth.BASIC: ("API_USER", "API_PASSWORD"),
    Auth.API_KEY: ("API_KEY",),
    Auth.LOGIN: ("API_PASSWORD",),
    Auth.OAUTH2: ("API_CLIENT_ID", "API_CLIENT_SECRET"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Everything that the written files depend on, and nothing else."""

    name: str
    """The project, as its pyproject.toml calls it: the package's name with hyphens."""
    package: str
    """Where the domain client and the models live: an importable name."""
    tests: str = "tests"
    """The folder of the tests; deeper where a project has others beside them."""
    base_url: str = DEMO_URL
    health: str = "/health"
    auth: Auth = Auth.NONE
    key_name: str = "X-API-Key"
    """What carries the key of `api_key`: `key_place` says whether header, query or cookie."""
    key_place: str = "header"
    token_url: str = "/oauth/token"  # noqa: S105  an address
    """Where the token of `oauth2` is had: a path, or a whole URL."""
    python: str = "3.11"
    pipelines: Pipelines = Pipelines.NONE
    has_containers: bool = False
    installer: Installer = Installer.PIP
    is_demo: bool = True
    """Whether the suite is written for the demo API, so that it runs green at once."""
    document: str | None = None
    """The OpenAPI document that the suite is made from: its path below the project's folder."""
    tables: str = ""
    """Tables of settings that a document asks for, as they stand in pyproject.toml."""
    more_secrets: tuple[str, ...] = ()
    """The environment variables that these tables refer to."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The environment variables that hold what the tests prove themselves with."""
        return (*_SECRETS[self.auth], *self.more_secrets)

    @property
    def notes(self) -> str:
        """Where the README of the suite stands: a project may have one of its own."""
        return "README.md" if self.tests == "tests" else f"{self.tests}/README.md"

    @property
    def on_github(self) -> bool:
        """Whether a workflow for GitHub is wanted."""
        return self.pipelines in {Pipelines.GITHUB, Pipelines.BOTH}

    @property
    def on_gitlab(self) -> bool:
        """Whether a pipeline for GitLab is wanted."""
        return self.pipelines in {Pipelines.GITLAB, Pipelines.BOTH}


def package_of(name: str) -> str:
    """The importable name that is closest to a project's; one with nothing to import is refused.

    Raises UsageError for a Python keyword and for a module that exists already.
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore")
    package = re.sub(r"[^a-z0-9]+", "_", plain.decode().lower()).strip("_")
    if not _PACKAGE.fullmatch(package):
        raise UsageError(
            f"{name!r} makes no Python name: give --name one that begins with a letter, such as"
            " bookings."
        )
    if len(package) > _LONGEST:
        raise UsageError(f"{name!r} is too long a name: give --name at most {_LONGEST} letters.")
    if keyword.iskeyword(package) or package in _TAKEN or package in sys.stdlib_module_names:
        raise UsageError(
            f"{name!r} cannot be the name, for Python means something else by {package!r}:"
            f" give --name another, such as {package}_api."
        )
    return package
