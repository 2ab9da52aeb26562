"""The workflow that runs the checks of this project on each system."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from typing import Any

import yaml

from tests.project.checkout import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def workflow() -> dict[str, Any]:
    """The workflow, parsed."""
    found: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    return found


def test_the_workflow_keeps_its_platforms_schema() -> None:
    """GitHub can read it."""
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    command = [*checker, "vendor.github-workflows", str(WORKFLOW)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    assert done.returncode == 0, done.stdout


def test_each_system_meets_each_python() -> None:
    """Every Python that the package says it runs on is tried on all three systems."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    told = [re.search(r":: (3\.\d+)$", one) for one in project["classifiers"]]
    matrix = workflow()["jobs"]["check"]["strategy"]["matrix"]

    assert matrix["python"] == [found[1] for found in told if found]
    assert matrix["os"] == ["ubuntu", "macos", "windows"]


def test_one_system_has_all_that_the_gate_has() -> None:
    """What tests need besides Python is demanded there, so that nothing is skipped everywhere."""
    gate = (ROOT / ".ci" / "run").read_text("utf-8")
    needed = re.findall(r"^need [\w-]+ (\w+)$", gate, re.MULTILINE)

    (told,) = re.findall(r'echo "TESTS_NEED=(.*)" >>', WORKFLOW.read_text("utf-8"))

    assert told.split() == needed


def test_it_may_read_and_nothing_else() -> None:
    """No job writes, no credential stays, and each action is a commit that nobody can move."""
    text = WORKFLOW.read_text("utf-8")
    used = re.findall(r"uses: (.*)", text)

    assert workflow()["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow()["jobs"].values())
    assert text.count("persist-credentials: false") == text.count("actions/checkout@")
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used)
