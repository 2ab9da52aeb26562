from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import redhanded
from tests.project.checkout import ROOT

HEAVY = ["anyio", "faker", "fastapi", "httpx2", "polyfactory", "pydantic", "rich"]


def promised_versions() -> set[str]:
    """The Python versions that the metadata names."""
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    last_parts = [line.rpartition(" :: ")[2] for line in metadata["classifiers"]]
    return {part for part in last_parts if part.startswith("3.")}


def test_every_promised_python_is_checked_on_every_system() -> None:
    """What the metadata promises is what CI runs."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    matrix = workflow["jobs"]["check"]["strategy"]["matrix"]

    assert set(matrix["python"]) == promised_versions()
    assert set(matrix["os"]) == {"ubuntu", "macos", "windows"}


def test_the_public_names_are_sorted_and_unique() -> None:
    """A reader finds a name where the alphabet puts it."""
    assert list(redhanded.__all__) == sorted(set(redhanded.__all__))


@pytest.mark.parametrize("name", redhanded.__all__)
def test_a_public_name_leads_to_something(name: str) -> None:
    """What is promised can be imported."""
    assert getattr(redhanded, name) is not None
    assert name in dir(redhanded)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """Looking names up late does not change what a wrong name gives."""
    with pytest.raises(AttributeError, match="nonsense"):
        getattr(redhanded, "non" + "sense")


def test_importing_the_package_imports_nothing_heavy() -> None:
    """INVARIANT: who installs the package and does not use it pays next to nothing."""
    code = f"import sys, redhanded; print([name for name in {HEAVY} if name in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )

    assert done.stdout.strip() == "[]"


def test_the_package_says_that_it_is_typed() -> None:
    """Type checkers read the package's own annotations."""
    assert (Path(redhanded.__file__).parent / "py.typed").is_file()
