"""What is installed in this environment, read from its metadata."""

from __future__ import annotations

import platform
import ssl
from importlib.metadata import PackageNotFoundError, distributions, requires, version
from typing import TYPE_CHECKING

from redhanded.cli.checks.plugins import plugin_checks
from redhanded.cli.checks.versions import package_checks, python_check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.cli.checks.check import Check


def installation_checks() -> Iterator[Check]:
    """The checks of interpreter, packages and pytest plugins."""
    yield python_check(
        {
            platform.python_implementation(): platform.python_version(),
            "OpenSSL": ssl.OPENSSL_VERSION.removeprefix("OpenSSL "),
            "on": platform.platform(),
        }
    )
    yield from package_checks(installed_version, _requirements())
    yield from plugin_checks(pytest_plugins())


def installed_version(name: str) -> str | None:
    """The version of a distribution; None where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _requirements() -> list[str]:
    """What redhanded asks for; nothing where it runs without being installed."""
    try:
        return requires("redhanded") or []
    except PackageNotFoundError:
        return []


def pytest_plugins() -> dict[str, str]:
    """The versions of all distributions that bring a pytest plugin, by name."""
    return {
        each.name: each.version
        for each in distributions()
        if any(entry.group == "pytest11" for entry in each.entry_points)
    }
