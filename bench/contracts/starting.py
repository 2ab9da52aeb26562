"""How long the first check of a run takes, whose document is large: with and without a cache."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.contracts.comparing import ROOT, packed
from bench.figures import Figure

_GOALS = {"cold": 1.5, "warm": 0.3}
_SLACK = 4.0  # times the goal, in the gate: a machine may be held up by others


def figures(*, short: bool) -> Iterator[Figure]:
    """Seconds until the first answer is checked, each in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "box.json"
        file.write_bytes(packed("2026-06"))
        rounds = 1 if short else 7
        cold = [_cold(folder, file) for _ in range(rounds)]
        warm = [first_answer(folder, file) for _ in range(rounds)]
        yield _figure("cold", statistics.median(cold), short=short)
        yield _figure("warm", statistics.median(warm), short=short)


def _cold(folder: Path, file: Path) -> float:
    for entry in folder.glob(".redhanded/cache/**/*.json"):
        entry.unlink()
    return first_answer(folder, file)


def first_answer(folder: Path, file: Path) -> float:
    """Seconds of one process from nothing to an answer that was checked, and broke nothing."""
    told = spawned("bench.contracts.first_answer", str(folder), str(file))
    if told["breaches"]:
        raise AssertionError(told)
    return float(told["seconds"])


def spawned(module: str, *arguments: str) -> dict[str, Any]:
    """What a module tells that runs alone, as JSON."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _figure(state: str, seconds: float, *, short: bool) -> Figure:
    most = _GOALS[state] * (_SLACK if short else 1)
    return Figure(
        name=f"first answer of a run checked, document of 1.7 MB, {state} cache",
        measured=f"{seconds:.2f} s",
        goal=f"<= {most:.1f} s",
        is_met=seconds <= most,
    )
