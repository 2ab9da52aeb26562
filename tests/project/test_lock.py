from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from tests.project.checkout import ROOT

PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==\S+", re.MULTILINE)
REQUIREMENT = re.compile(r"^[A-Za-z0-9._-]+")
LOCKS = ["run", "dev", "rivals"]
# Names that are part of another package's interface, at the version that it fixes itself.
COMES_WITH = {
    "pydantic_core": {"pydantic"},
    "h2": {"httpx2"},
    "brotli": {"httpx2"},
    "brotlicffi": {"httpx2"},
}


def lock_text(name: str) -> str:
    """The lock's text."""
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")


def pins(lock: str) -> set[str]:
    """Each `name==version` of the lock."""
    return {match.group() for match in PIN.finditer(lock_text(lock))}


def pinned_names(lock: str) -> set[str]:
    """The names that the lock pins."""
    return {match["name"] for match in PIN.finditer(lock_text(lock))}


def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def names(requirements: list[Any]) -> set[str]:
    """The normalised names of those requirements that are given by name."""
    texts = [text for text in requirements if isinstance(text, str)]
    found = [match.group() for text in texts if (match := REQUIREMENT.match(text))]
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


@pytest.mark.parametrize("lock", LOCKS[1:], ids=LOCKS[1:])
def test_every_lock_contains_the_run_lock(lock: str) -> None:
    """INVARIANT: an environment made from any lock serves the product as well."""
    assert pins("run") <= pins(lock)


@pytest.mark.parametrize("lock", LOCKS, ids=LOCKS)
def test_every_pin_carries_a_hash(lock: str) -> None:
    """INVARIANT: nothing is installed that was not seen when the lock was made."""
    blocks = re.split(r"\n(?=\S)", lock_text(lock).strip())

    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("lock", LOCKS, ids=LOCKS)
def test_a_lock_pins_what_the_package_needs(lock: str) -> None:
    """A dependency added to pyproject.toml is locked before it is used."""
    needed = names(project()["project"]["dependencies"] + project()["build-system"]["requires"])

    assert needed - pinned_names(lock) == set()


@pytest.mark.parametrize("lock", LOCKS, ids=LOCKS)
def test_a_lock_pins_its_group(lock: str) -> None:
    """A tool added to a dependency group is locked before it is used."""
    assert names(project()["dependency-groups"][lock]) - pinned_names(lock) == set()


def imported(package: Path) -> set[str]:
    """The top-level names that the package's modules import from elsewhere."""
    trees = [ast.parse(path.read_text("utf-8")) for path in package.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {module.partition(".")[0] for module in modules} - {
        *sys.stdlib_module_names,
        "redhanded",
    }


def test_the_package_imports_only_what_it_declares() -> None:
    """INVARIANT: no import leans on a package that only another dependency brings."""
    declared = names(project()["project"]["dependencies"])
    for extra in project()["project"]["optional-dependencies"].values():
        declared |= names(extra)
    distributions = packages_distributions()

    brought = {
        name: COMES_WITH.get(name) or names(distributions[name])
        for name in imported(ROOT / "src" / "redhanded")
    }

    assert [name for name, owners in brought.items() if not owners & declared] == []


def test_the_run_group_brings_every_extra() -> None:
    """A runner that installs groups and no extras still gets all that the demo needs."""
    extras = project()["project"]["optional-dependencies"]
    wanted = {name for extra in extras.values() for name in names(extra)} - {"redhanded"}

    assert wanted <= names(project()["dependency-groups"]["run"])


def test_the_version_is_said_once() -> None:
    """The metadata takes the version from the package."""
    source = Path(project()["tool"]["hatch"]["version"]["path"])

    assert "version" in project()["project"]["dynamic"]
    assert "__version__" in (ROOT / source).read_text("utf-8")
