"""The package with a standard library that lacks what Windows lacks.

This is no Windows: its file system, its processes and its consoles are this system's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from redhanded.lab.process import running
from redhanded.scaffold.starter import planned
from tests.lean import LEAN
from tests.portability.children import on_windows
from tests.project.checkout import ROOT
from tests.scaffold.written_pipelines import DEMO

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="there it needs no showing"),
    pytest.mark.timeout(180),
]
QUIET = ("-q", "-p", "no:cacheprovider", *LEAN)
# Locks and files between processes, and what killed ones leave.
OURS = [
    "tests/cleanup/test_deaths.py",
    "tests/fleet/test_file_processes.py",
    "tests/fleet/test_presence.py",
]
LOOK = """
from redhanded.cleanup import machine
from redhanded.plugin import signals

print(machine.sys.platform, machine.os.name, hasattr(machine.os, "fork"))
print([name for name in signals.NAMES if hasattr(signals.signal, name)])
import os
print(hasattr(os, "fork"))
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A starter suite beside the demo API that it is for."""
    folder = tmp_path_factory.mktemp("suite")
    with running(folder / "demo.sqlite") as api:
        for file in planned(replace(DEMO, base_url=api.url)):
            place = folder / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(file.text, "utf-8")
        yield folder


def test_the_package_alone_is_shown_windows(tmp_path: Path) -> None:
    """What is simulated is in force for the package, and for nobody else."""
    done = on_windows(tmp_path, "-c", LOOK)

    assert done.stdout.splitlines() == ["win32 nt False", "['SIGTERM']", "True"]


def test_a_suite_runs_on_workers_as_ever(suite: Path) -> None:
    """Tests, workers, locks, evidence and the page need nothing that Windows lacks."""
    done = on_windows(suite, "-m", "pytest", *QUIET, "-n", "2", "-m", "contract or canary")

    assert done.returncode == 0, done.stdout
    assert "Green: all 8 tests held." in done.stdout
    assert list(suite.glob(".redhanded/runs/*/report.html"))


@pytest.mark.parametrize(
    "command, code",
    [
        pytest.param(["doctor"], 0, id="doctor"),
        pytest.param(["wait"], 0, id="wait"),
        pytest.param(["sweep"], 0, id="sweep"),
        pytest.param(["config", "show", "--origin"], 0, id="config"),
        pytest.param(["init", "--dry-run", "--yes"], 1, id="init"),
    ],
)
def test_commands_need_nothing_that_windows_lacks(
    suite: Path, command: list[str], code: int
) -> None:
    """Each ends as on other systems, without a traceback."""
    done = on_windows(suite, "-m", "redhanded.cli", *command)

    assert "Traceback" not in done.stdout
    assert done.returncode in {0, code}, done.stdout


def test_what_processes_share_holds_there_too() -> None:
    """Our own tests of locks, shared files, spools and sweeps are green under it."""
    done = on_windows(ROOT, "-m", "pytest", *QUIET, *OURS)

    assert done.returncode == 0, done.stdout[-3000:]
