"""Suites as init writes them, and how they are run by those who get them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from redhanded.scaffold.answers import Answers, Auth
from redhanded.scaffold.starter import planned
from redhanded.scaffold.writing import compare, write
from tests.shared import common_folder

LONGEST_RUN = 120.0  # seconds; an idle machine needs a tenth
# Nothing of whoever runs the tests, nor of this project's own coverage, is in a suite's run.
_FOREIGN = ("PYTEST_", "REDHANDED_", "API_", "COVERAGE_")

DEMO = Answers(name="hotel", package="hotel", auth=Auth.LOGIN)
OWN = Answers(name="shop", package="shop", is_demo=False, base_url="http://127.0.0.1:1")


@dataclass(frozen=True, slots=True)
class Done:
    """How a program ended, and all that it said."""

    exit_code: int
    text: str


def written(answers: Answers, folder: Path) -> Path:
    """The folder, with everything in it that is written for these answers."""
    write(compare(planned(answers), folder))
    return folder


def run(folder: Path, module: str, *arguments: str, **environ: str) -> Done:
    """How a module of this interpreter ended that was run in the folder."""
    return done([sys.executable, "-m", module, *arguments], folder, environ)


def typed(folder: Path, factory: pytest.TempPathFactory, *arguments: str) -> Done:
    """What mypy says of the folder; what suites import is read once for all workers of a run."""
    common = common_folder(factory)
    with FileLock(common / "mypy.lock"):
        return run(folder, "mypy", "--cache-dir", str(common / "mypy"), *arguments, ".")


def done(command: Sequence[str], folder: Path, environ: dict[str, str]) -> Done:
    """How a program ended that was run in the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    ended = subprocess.run(
        command,
        cwd=folder,
        env=kept | {"PYTHONUTF8": "1"} | environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LONGEST_RUN,
        check=False,
    )
    return Done(ended.returncode, ended.stdout)
