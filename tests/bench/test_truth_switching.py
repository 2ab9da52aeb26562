"""Defects are switched test by test, from inside a session."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.switching import listening
from bench.truth import switching, witnesses

ROOT = Path(__file__).parents[2]
SUITE = """
import pytest

@pytest.mark.defect("D33")
def test_one(): pass

def test_two(): pass

@pytest.mark.defect("D78", seconds=0.7, calls=2)
def test_three(): assert False
"""


def run(
    folder: Path, plugin: str, *options: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    """A session of the suite with that plugin."""
    (folder / "test_it.py").write_text(SUITE, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = defect\n", "utf-8")
    quiet = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:redhanded")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *quiet, "-p", plugin, *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_test_has_its_own_defect_and_no_other(tmp_path: Path) -> None:
    """On before its setup, off after its teardown, also where it failed."""
    asked: list[str] = []

    with listening(asked.append) as address:
        done = run(tmp_path, switching.__name__, **{switching.ADDRESS: address})

    assert "1 failed, 2 passed" in done.stdout
    assert asked == ["D33", "", "", "", "D78:seconds=0.7,calls=2", ""]


def test_a_defect_that_cannot_be_switched_is_no_passing_test(tmp_path: Path) -> None:
    """A witness without its defect would look like a masked one."""

    def refuse(_: str) -> None:
        raise LookupError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("socketserver.BaseServer.handle_error", lambda *_: None)
        with listening(refuse) as address:
            done = run(tmp_path, switching.__name__, **{switching.ADDRESS: address})

    assert "passed" not in done.stdout
    assert "was not switched" in done.stdout


def test_witnesses_are_found_by_their_switch(tmp_path: Path) -> None:
    """With the numbers that they want; the others under none."""
    target = tmp_path / "found.json"

    run(tmp_path, witnesses.__name__, "--collect-only", **{witnesses.TARGET: str(target)})

    assert target.read_text("utf-8") == (
        '{"defect": {"D33": ["test_it.py::test_one"], "": ["test_it.py::test_two"], '
        '"D78:seconds=0.7,calls=2": ["test_it.py::test_three"]}, '
        '"glimpse": {"": ["test_it.py::test_one", "test_it.py::test_two", '
        '"test_it.py::test_three"]}}'
    )
