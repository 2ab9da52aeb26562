"""What a run names can be typed where pytest was started."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from redhanded.plugin.places import typed, typed_id
from tests.plugin.suites import LEAN, Serve, Suite
from tests.servers import raw

SOURCE = """
    from pydantic import BaseModel
    from redhanded import expect

    class New(BaseModel):
        name: str

    def test_it(api, make):
        expect(api.post("/x", json=make(New)), 404)
"""


def test_a_run_that_was_started_elsewhere_names_tests_from_there(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """The replay line runs as printed, and the lists below can be pasted."""
    server = raw_server(raw.answer(200, b"{}"))
    suite(SOURCE, "--collect-only", base_url=server.url)
    folder = pytester.mkdir("shop")
    start = [sys.executable, "-m", "pytest", *LEAN]

    first = subprocess.run(
        [*start, ".."], cwd=folder, capture_output=True, text=True, check=False
    ).stdout
    line = next(line.strip() for line in first.splitlines() if "pytest ../" in line)
    again = subprocess.run(
        [*start, *shlex.split(line)[1:]], cwd=folder, capture_output=True, text=True, check=False
    )

    assert line.startswith("pytest ../test_suite.py::test_it --rh-seed=")
    assert "    ../test_suite.py::test_it\n" in first
    assert again.returncode == 1
    sent = [request.body for request in server.requests if request.path != "/health"]
    assert sent == [sent[0]] * 2


def test_a_path_below_is_told_from_there(tmp_path: Path) -> None:
    """One that lies elsewhere is told whole."""
    assert typed(tmp_path / "runs" / "1", tmp_path) == os.path.join("runs", "1")  # noqa: PTH118
    assert typed(tmp_path, tmp_path / "runs") == str(tmp_path)


def test_an_id_on_another_drive_is_told_whole(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No path leads from one drive to another."""

    def no_way(*_: object) -> str:
        raise ValueError("path is on mount 'C:', start on mount 'D:'")

    class Config:
        rootpath = pytestconfig.rootpath
        invocation_params = pytest.Config.InvocationParams(
            args=(), plugins=None, dir=pytestconfig.rootpath / "elsewhere"
        )

    monkeypatch.setattr("os.path.relpath", no_way)

    told = typed_id("test_a.py::test_it", Config())  # type: ignore[arg-type]

    assert told == f"{pytestconfig.rootpath / 'test_a.py'}::test_it"
