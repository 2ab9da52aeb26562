"""The versions at work, and whether they are those that redhanded asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redhanded.cli.checks.check import Check, ok, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

SHOWN = ("redhanded", "httpx2", "pydantic", "pytest")
_FLOOR = re.compile(r"([\w.-]+)(?:\[[^]]*\])?>=([\d.]+)")


def python_check(environment: Mapping[str, str]) -> Check:
    """The interpreter, its OpenSSL and the platform, by name."""
    return ok("python", ", ".join(f"{name} {value}" for name, value in environment.items()))


def package_checks(
    installed: Callable[[str], str | None], requires: Iterable[str]
) -> Iterator[Check]:
    """The packages that matter most, and each one that is older than redhanded's own floor."""
    found = {name: installed(name) or "(not installed)" for name in SHOWN}
    yield ok("packages", ", ".join(f"{name} {version}" for name, version in found.items()))
    for name, floor in _floors(requires).items():
        version = installed(name)
        if version is None:
            said = f"{name} is not installed, and redhanded needs {floor} or newer"
        elif number(version) < number(floor):
            said = f"{name} {version} is older than {floor}, which redhanded needs"
        else:
            continue
        yield problem("packages", f"{said}: pip install '{name}>={floor}'.")


def number(version: str) -> tuple[int, ...]:
    """The release as numbers, to be compared: `9.1.0rc1` as (9, 1, 0)."""
    release = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, release[0].split("."))) if release else ()


def _floors(requires: Iterable[str]) -> dict[str, str]:
    plain = (line for line in requires if "extra ==" not in line)
    return {found[1]: found[2] for line in plain if (found := _FLOOR.match(line))}
