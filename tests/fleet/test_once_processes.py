"""`once` between real processes: one of them works, the others take its result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TypeAlias

import pytest

from redhanded.fleet.once import Once, OnceFailed

WORKER = Path(__file__).with_name("once_worker.py")
Start: TypeAlias = Callable[[str], "Worker"]


class Worker:
    """A started process, spoken to by lines."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin: IO[str] = process.stdin
        self._stdout: IO[str] = process.stdout

    def hear(self) -> str:
        return self._stdout.readline().strip()

    def go(self) -> None:
        self._stdin.write("go\n")
        self._stdin.flush()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The file that gets a line for each run of the function."""
    return tmp_path / "log"


@pytest.fixture
def start(tmp_path: Path, log: Path) -> Iterator[Start]:
    """Starts a worker of this run; all of them are ended with the test."""
    with ExitStack() as stack:

        def started(mode: str) -> Worker:
            process = subprocess.Popen(
                [sys.executable, str(WORKER), str(tmp_path / "run"), "login", str(log), mode],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return Worker(process)

        yield started


def _answers(start: Start, mode: str) -> list[object]:
    workers = [start(mode) for _ in range(8)]
    assert [worker.hear() for worker in workers] == ["ready"] * 8
    for worker in workers:
        worker.go()
    return [json.loads(worker.hear()) for worker in workers]


def test_eight_processes_run_the_function_once(start: Start, log: Path) -> None:
    """INVARIANT: whoever comes first works, and all get the same result."""
    answers = _answers(start, "work")

    ran = log.read_text("utf-8").split()
    assert answers == [{"pid": int(ran[0])}] * 8
    assert len(ran) == 1


def test_eight_processes_share_one_failure(start: Start, log: Path) -> None:
    """A dead login is asked once; the first caller gets its exception, the others its words."""
    answers = _answers(start, "fail")

    assert len(log.read_text("utf-8").split()) == 1
    shared = (
        'once("login") failed earlier in this run and is not tried again: '
        "ConnectionError: the login is dead"
    )
    assert answers.count(["ConnectionError", "the login is dead"]) == 1
    assert answers.count(["OnceFailed", shared]) == 7


def test_a_killed_process_lets_the_next_one_in(start: Start, tmp_path: Path, log: Path) -> None:
    """A worker that dies inside the function leaves nothing behind that blocks the others."""
    holder = start("hold")
    assert holder.hear() == "ready"
    holder.go()
    assert holder.hear() == "inside"

    holder.process.kill()
    holder.process.wait()
    result = Once(tmp_path / "run", seconds=10)("login", lambda: "mine")

    assert result == "mine"
    assert len(log.read_text("utf-8").split()) == 1


def test_a_process_does_not_wait_longer_than_it_may(start: Start, tmp_path: Path) -> None:
    """A worker that never comes back is named as what is waited for."""
    holder = start("hold")
    assert holder.hear() == "ready"
    holder.go()
    assert holder.hear() == "inside"

    with pytest.raises(OnceFailed) as caught:
        Once(tmp_path / "run", seconds=0)("login", lambda: "mine")

    assert str(caught.value) == (
        'once("login") waited 0 s for another worker that is still running its function; '
        "look at what that function waits for."
    )
