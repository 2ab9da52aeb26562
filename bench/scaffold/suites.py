"""A suite made of a document in a folder of its own, and whether pytest finds its tests."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figure

GOAL_SECONDS = 10.0
"""What `init` may take for the document of Box: 1.7 MB, 296 operations."""
_LONGEST = 300.0
_MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Made:
    """One suite: the seconds, CPU and memory that it took, and its tests, None where none."""

    seconds: float
    cpu: float
    megabytes: float | None
    tests: int | None


def figures(name: str, document: bytes, *, rounds: int, is_alone: bool) -> Iterator[Figure]:
    """Seconds and memory of `init`, and how many tests of the suite are collected."""
    made = [_made(document) for _ in range(rounds)]
    seconds = statistics.median(one.seconds for one in made)
    cpu = statistics.median(one.cpu for one in made)
    is_ours = name == "Box"
    size, last = len(document) / 1e6, made[-1]
    memory = "" if last.megabytes is None else f", {last.megabytes:.0f} MB"
    yield Figure(
        name=f"{name}'s document, {size:.1f} MB, made into a suite",
        measured=f"{seconds:.1f} s ({cpu:.1f} CPU){memory}",
        goal=f"<= {GOAL_SECONDS:.0f} s" if is_ours else "",
        is_met=not is_ours or (seconds if is_alone else cpu) <= GOAL_SECONDS,
    )
    yield Figure(
        name="its tests, collected by pytest",
        measured="none" if last.tests is None else f"{last.tests:,}",
        goal="exit code 0",
        is_met=last.tests is not None,
    )


def _made(document: bytes) -> Made:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "document.json"
        file.write_bytes(document)
        suite = Path(folder) / "suite"
        began, cpu = time.monotonic(), _cpu()
        asked = ("--from", str(file), "--ci", "none", "--no-containers", "--yes")
        _run("redhanded.cli", "init", str(suite), "--name", "large", *asked)
        seconds, cpu = time.monotonic() - began, _cpu() - cpu
        memory = _peak()  # before pytest, which has children of its own
        return Made(seconds, cpu, memory, _tests(suite))


def _tests(suite: Path) -> int | None:
    """How many tests are found; None where any file of them cannot be used."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:randomly"]
    done = subprocess.run(
        command, cwd=suite, capture_output=True, text=True, timeout=_LONGEST, check=False
    )
    found = re.search(r"(\d+) tests? collected", done.stdout)
    return int(found[1]) if found and done.returncode == 0 else None


def _run(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr)


def _cpu() -> float:
    """Seconds of CPU of all processes that this one started and that are over."""
    times = os.times()
    return times.children_user + times.children_system


def _peak() -> float | None:
    """The most memory that any process had that this one started; None where nobody counts it."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    found = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return found / (_MEGABYTE if sys.platform == "darwin" else 1024)
