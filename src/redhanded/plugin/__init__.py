"""The pytest plugin's door: options, markers and fixtures; everything heavy comes when it is used.

This module is imported by every pytest run of an environment in which redhanded is installed, so
it imports nothing but pytest.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from redhanded.cleanup.registry import Cleanup
    from redhanded.client.client import AsyncClient, Client
    from redhanded.core.settings import Settings
    from redhanded.data.factory import Factory
    from redhanded.plugin.conductor import Conductor

CONDUCTOR: pytest.StashKey[Conductor] = pytest.StashKey()
ITEM: pytest.StashKey[pytest.Item] = pytest.StashKey()

MARKERS = (
    "slo(ceiling): the longest that the server may take for each call of the test, in seconds",
    "contract: the test checks the shape of answers, not behaviour",
    "integration: the test spans several services",
    "smoke: the test belongs to the few that tell whether the API is up at all",
)
_LOOKING = ("help", "version", "markers", "collectonly", "showfixtures", "show_fixtures_per_test")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the `--rh-` options."""
    group = parser.getgroup("redhanded", "redhanded: API tests whose red is a real bug")
    for name, metavar, text in (
        ("base-url", "URL", "where the API under test answers"),
        ("env", "NAME", "the profile [tool.redhanded.env.NAME] to use"),
        ("seed", "N", "the seed of generated data, as a run prints it"),
        ("folder", "PATH", "where the run writes what it leaves"),
    ):
        dest = f"REDHANDED_{name.replace('-', '_').upper()}"
        group.addoption(f"--rh-{name}", dest=dest, metavar=metavar, default=None, help=text)
    group.addoption(
        "--rh-set",
        dest="REDHANDED_SET",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="any setting, such as timeouts.read=3; may be given several times",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and start where the project speaks of redhanded."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if _is_wanted(config):
        conduct(config)


def _is_wanted(config: pytest.Config) -> bool:
    """Whether anything configures redhanded; tells it without reading the settings."""
    if hasattr(config, "workerinput"):
        return "redhanded" in config.workerinput
    if any(config.getoption(name, None) for name in _LOOKING):
        return False  # nothing is going to run
    options = ("BASE_URL", "ENV", "SEED", "FOLDER", "SET")
    if any(config.getoption(f"REDHANDED_{name}") for name in options):
        return True
    if any(name.startswith("REDHANDED_") for name in os.environ):
        return True
    root = config.rootpath
    return (
        (root / "redhanded.local.toml").exists()
        or _says(root / "pyproject.toml", "[tool.redhanded")
        or _says(root / ".env", "REDHANDED_")
    )


def _says(file: Path, words: str) -> bool:
    try:
        return words in file.read_text("utf-8", "replace")
    except OSError:
        return False


def conduct(config: pytest.Config) -> Conductor:
    """The conductor of this process, started when it is first asked for."""
    if CONDUCTOR not in config.stash:
        from redhanded.plugin.conductor import Conductor

        config.stash[CONDUCTOR] = Conductor.start(config)
        config.pluginmanager.register(config.stash[CONDUCTOR], "redhanded-conductor")
    return config.stash[CONDUCTOR]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remember which test is under way, for a fixture that is the first to speak of redhanded."""
    item.config.stash[ITEM] = item


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of everything."""
    if CONDUCTOR in config.stash:
        config.stash[CONDUCTOR].stop()


# The fixtures ask for `pytestconfig`, made once a run, instead of `request`, made anew each time.


@pytest.fixture
def api(pytestconfig: pytest.Config) -> Client:
    """An `httpx2.Client` for the API under test, with the default identity."""
    return conduct(pytestconfig).current.client()


@pytest.fixture
def async_api(pytestconfig: pytest.Config) -> AsyncClient:
    """An `httpx2.AsyncClient` for the API under test; closed in the test's own loop."""
    return conduct(pytestconfig).current.async_client()


@pytest.fixture
def api_as(pytestconfig: pytest.Config) -> Callable[[str], Client]:
    """A function that gives the client of a named identity: `api_as("viewer")`."""
    return conduct(pytestconfig).current.client


@pytest.fixture
def make(pytestconfig: pytest.Config) -> Factory:
    """A factory of valid, unique, reproducible data: `make(NewBooking, nights=3)`."""
    return conduct(pytestconfig).current.make


@pytest.fixture
def cleanup(pytestconfig: pytest.Config) -> Iterator[Cleanup]:
    """A register of what the test made: `cleanup("booking", created.id)`."""
    run = conduct(pytestconfig).current
    yield run.cleanup
    run.clean()


@pytest.fixture(scope="session")
def settings(pytestconfig: pytest.Config) -> Settings:
    """The settings of this run."""
    return conduct(pytestconfig).settings
