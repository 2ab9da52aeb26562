"""Interpreters that are told to be on another system, in another encoding, or in odd folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.project.checkout import ROOT

ELSEWHERE = Path(__file__).with_name("elsewhere")
SOURCE = ROOT / "src"


def on_windows(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A finished interpreter, in which the package finds what Windows has."""
    path = os.pathsep.join([str(ELSEWHERE), str(SOURCE)])
    return python(folder, *arguments, PYTHONPATH=path, **variables)


def python(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A finished interpreter in that folder; what it printed is read as it was told to print.

    Which lines it covers is not measured: what it runs is run elsewhere as well.
    """
    encoding = variables.get("PYTHONIOENCODING", "utf-8").partition(":")[0]
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("REDHANDED_", "PYTEST_", "PYTHON", "COVERAGE_"))
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**kept, "PYTHONIOENCODING": "utf-8", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding=encoding,
        timeout=100,
        check=False,
    )
