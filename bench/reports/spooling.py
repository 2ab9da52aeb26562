"""What the evidence of a run costs while it runs: the same run with and without its spools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.figures import Figure
from bench.server import serving

TESTS = 5_000
ROUNDS = 5
_MOST = 1.05
_SUITE = Path(__file__).with_name("suite")
_TEST = """
import pytest


@pytest.mark.parametrize("number", range({tests}))
def test_one_call(api, number):
    assert api.get("/item").status_code == 200
"""
# Neither reads spools in the end: history and page are no part of writing them.
_TABLE = """
[tool.pytest]
[tool.redhanded]
base_url = "{url}"
[tool.redhanded.history]
enabled = false
[tool.redhanded.report]
html = false
"""


class _Spent(NamedTuple):
    """Seconds of one run, by the clock and of all its processes."""

    wall: float
    cpu: float


def figures() -> Iterator[Figure]:
    """The ratio of wall times, each of two runs that followed one another."""
    name = f"wall of {TESTS:,} tests of one call, 2 workers, with spools and logs over without"
    if find_spec("xdist") is None:
        yield Figure(name=name, measured="skipped: needs pytest-xdist")
        return
    with tempfile.TemporaryDirectory() as place, serving() as url:
        written = _project(Path(place) / "written", url)
        silent = _project(Path(place) / "silent", url)
        shutil.copy(_SUITE / "silent.py", silent / "conftest.py")
        pairs = [(_run(written), _run(silent)) for _ in range(ROUNDS + 1)][1:]
    ratio = median(with_.wall / without.wall for with_, without in pairs)
    yield Figure(
        name=name,
        measured=f"{ratio:.3f} x",
        goal=f"<= {_MOST:.2f} x",
        is_met=ratio <= _MOST,
    )
    busy = min(with_.cpu for with_, _ in pairs) / min(without.cpu for _, without in pairs)
    each = min(with_.cpu for with_, _ in pairs) - min(without.cpu for _, without in pairs)
    yield Figure(
        name="the same: CPU of all its processes, the least that was seen of each",
        measured=f"{busy:.3f} x, {1000 * each / TESTS:+.2f} ms a test",
    )


def _project(folder: Path, url: str) -> Path:
    folder.mkdir()
    (folder / "pyproject.toml").write_text(_TABLE.format(url=url), encoding="utf-8")
    (folder / "test_it.py").write_text(_TEST.format(tests=TESTS), encoding="utf-8")
    return folder


def _run(folder: Path) -> _Spent:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(
        [*command, "-p", "no:randomly"], cwd=folder, capture_output=True, check=False
    )
    wall, after = time.perf_counter() - began, os.times()
    if done.returncode:
        raise SystemExit(done.stdout.decode() + done.stderr.decode())
    shutil.rmtree(folder / ".redhanded", ignore_errors=True)
    user = after.children_user - before.children_user
    return _Spent(wall, user + after.children_system - before.children_system or wall)
