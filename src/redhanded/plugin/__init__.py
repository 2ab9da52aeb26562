"""The pytest plugin's door: options, markers and fixtures; everything heavy comes when it is used.

This module is imported by every pytest run of an environment in which redhanded is installed, so
it imports nothing but pytest.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from redhanded.plugin.fixtures import Fixtures

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from redhanded.core.settings import Settings
    from redhanded.plugin.conductor import Conductor

CONDUCTOR: pytest.StashKey[Conductor] = pytest.StashKey()
ITEM: pytest.StashKey[pytest.Item] = pytest.StashKey()

MARKERS = (
    "slo(ceiling, p95, p99, errors): how quick, and how free of errors, calls of the test must be",
    "contract: the test checks the shape of answers, not behaviour",
    "integration: the test spans several services",
    "smoke: the test belongs to the few that tell whether the API is up at all",
    "canary: the test asks a live system for what is known to hold, before all others may",
    "norequeue: the test is never run again in one run, even where its verdict stayed open",
    "quarantine(owner, until, reason): the test's own faults do not block until the end of a day",
    "stable_id(id): what history knows the test by, whatever it is called and wherever it stands",
)
_OPTIONS = (
    *("BASE_URL", "ENV", "SEED", "FOLDER", "JUNIT", "REPORT", "SET"),
    *("CONTRACT_BASELINE", "CONTRACT_UPDATE", "CONTRACT_PRUNE", "COVER_FAIL_UNDER"),
)
_LOOKING = ("help", "version", "markers", "collectonly", "showfixtures", "show_fixtures_per_test")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the `--rh-` options."""
    group = parser.getgroup("redhanded", "redhanded: API tests whose red is a real bug")
    for name, metavar, text in (
        ("base-url", "URL", "where the API under test answers"),
        ("env", "NAME", "the profile [tool.redhanded.env.NAME] to use"),
        ("seed", "N", "the seed of generated data and its day, as a run prints them"),
        ("folder", "PATH", "where the run writes what it leaves"),
        ("junit", "PATH", "the JUnit XML file to write, with the attempts of each test"),
        ("contract-baseline", "FILE", "the known breaches of contracts, which fail no test"),
    ):
        dest = f"REDHANDED_{name.replace('-', '_').upper()}"
        group.addoption(f"--rh-{name}", dest=dest, metavar=metavar, default=None, help=text)
    group.addoption(
        "--rh-inconclusive",
        "--inconclusive",
        dest="REDHANDED_INCONCLUSIVE",
        choices=("error", "allow"),
        default=None,
        help="what a run ends with that is merely inconclusive: 75 (error), or 0 (allow)",
    )
    for name, text in (
        ("update", "add the breaches that this run meets to the baseline, and fail of none"),
        ("prune", "take the entries out of the baseline that this run did not meet"),
    ):
        dest = f"REDHANDED_CONTRACT_{name.upper()}"
        group.addoption(f"--rh-contract-{name}", dest=dest, action="store_true", help=text)
    group.addoption(
        "--rh-cover-fail-under",
        dest="REDHANDED_COVER_FAIL_UNDER",
        action="append",
        default=[],
        metavar="[MEASURE=]N",
        help="how much of the OpenAPI document a run must cover, in percent: of its operations,"
        " or of another measure such as statuses=60; may be given several times",
    )
    group.addoption(
        "--rh-report",
        dest="REDHANDED_REPORT",
        action="append",
        default=[],
        metavar="FORMAT=PATH",
        help="a report to write when the run is over: html, junit, ctrf, har, ndjson, summary or"
        " comment to a file, brief or allure to a folder; may be given several times",
    )
    group.addoption(
        "--rh-set",
        dest="REDHANDED_SET",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="any setting, such as timeouts.read=3; may be given several times",
    )


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the hooks by which a conftest brings something to a run."""
    from redhanded.plugin import hooks

    pluginmanager.add_hookspecs(hooks)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Take pytest's place at the standard streams before it keeps them for its own use."""
    if _is_wanted(early_config):
        from redhanded.plugin.output import watch

        watch(early_config)
    return (yield)


def pytest_make_parametrize_id(val: object) -> str | None:
    """A secret's name as its id; None leaves other values to pytest."""
    module = sys.modules.get("redhanded.core.secret")
    return repr(val) if module and isinstance(val, module.Secret) else None


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and start where the project speaks of redhanded."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    config.pluginmanager.register(Fixtures(partial(conduct, config)), "redhanded-fixtures")
    if _is_wanted(config):
        conduct(config)


def _is_wanted(config: pytest.Config) -> bool:
    """Whether anything configures redhanded; tells it without reading the settings."""
    if hasattr(config, "workerinput"):
        return "redhanded" in config.workerinput
    given = config.known_args_namespace
    if any(getattr(given, name, None) for name in _LOOKING):
        return False  # nothing is going to run
    if any(getattr(given, f"REDHANDED_{name}", None) not in (None, [], False) for name in _OPTIONS):
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


@pytest.fixture(scope="session")
def settings(pytestconfig: pytest.Config) -> Settings:
    """The settings of this run."""
    return conduct(pytestconfig).settings
