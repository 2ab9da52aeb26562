"""Names become importable ones, or are refused in a sentence."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from redhanded.core.errors import UsageError
from redhanded.scaffold.answers import Answers, Auth, Pipelines, package_of

ROOT = Path(__file__).parents[2]


def package_like(module: str) -> bool:
    """Whether init could call a package so."""
    return re.fullmatch("[a-z][a-z0-9_]*", module) is not None


@pytest.mark.parametrize(
    "name, package",
    [
        pytest.param("hotel", "hotel", id="plain"),
        pytest.param("Hotel-Bookings", "hotel_bookings", id="hyphen"),
        pytest.param("hotel bookings", "hotel_bookings", id="space"),
        pytest.param("Böse Nächte", "bose_nachte", id="umlauts"),
        pytest.param("Straße", "strasse", id="sharp-s"),
        pytest.param("__hotel__", "hotel", id="underscores"),
        pytest.param("v2.1 api", "v2_1_api", id="dots"),
        pytest.param("../../etc/hotel", "etc_hotel", id="a-path"),
        pytest.param("hotel\nimport os", "hotel_import_os", id="line-break"),
    ],
)
def test_a_name_becomes_one_that_python_can_import(name: str, package: str) -> None:
    """Whatever it is made of, what comes out is an identifier in lower case."""
    assert package_of(name) == package
    assert package.isidentifier()


@pytest.mark.parametrize("name", ["", "  ", "123", "2nd-api", "日本", "!!!"])
def test_a_name_that_makes_no_identifier_is_refused(name: str) -> None:
    """The sentence says what to write instead."""
    with pytest.raises(UsageError, match="makes no Python name: give --name one that begins"):
        package_of(name)


@pytest.mark.parametrize(
    "name", ["class", "import", "redhanded", "test", "tests", "json", "http", "pytest", "Pydantic"]
)
def test_a_name_that_python_knows_already_is_refused(name: str) -> None:
    """A package of that name would hide what the suite itself imports, or not be importable."""
    with pytest.raises(UsageError, match=f"such as {name.lower()}_api"):
        package_of(name)


def test_every_dependency_of_a_suite_is_a_taken_name() -> None:
    """A package that stands before them on the path would be imported in their place."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [one for some in project["optional-dependencies"].values() for one in some]
    wanted = {Requirement(one).name for one in [*project["dependencies"], *extras]}
    modules = {
        module
        for module, names in metadata.packages_distributions().items()
        if wanted & {name.lower() for name in names} and package_like(module)
    }

    assert len(modules) >= len(project["dependencies"]) / 2
    for module in modules:
        with pytest.raises(UsageError, match="cannot be the name"):
            package_of(module)


def test_a_name_may_be_so_long_that_imports_of_it_fit_their_line() -> None:
    """The templates are laid out for it."""
    assert package_of("x" * 32) == "x" * 32
    with pytest.raises(UsageError, match="too long a name: give --name at most 32 letters"):
        package_of("x" * 33)


@pytest.mark.parametrize(
    "wanted, platforms",
    [
        pytest.param(Pipelines.GITHUB, (True, False), id="github"),
        pytest.param(Pipelines.GITLAB, (False, True), id="gitlab"),
        pytest.param(Pipelines.BOTH, (True, True), id="both"),
        pytest.param(Pipelines.NONE, (False, False), id="none"),
    ],
)
def test_each_platform_is_wanted_or_not(wanted: Pipelines, platforms: tuple[bool, bool]) -> None:
    """One answer stands for two platforms."""
    answers = Answers(name="hotel", package="hotel", pipelines=wanted)

    assert (answers.on_github, answers.on_gitlab) == platforms


@pytest.mark.parametrize("auth", list(Auth))
def test_every_kind_of_auth_names_its_secrets(auth: Auth) -> None:
    """Only who proves nothing needs none; all are variables that a shell can set."""
    secrets = Answers(name="hotel", package="hotel", auth=auth).secrets

    assert bool(secrets) == (auth is not Auth.NONE)
    assert all(secret.startswith("API_") and secret.isupper() for secret in secrets)
