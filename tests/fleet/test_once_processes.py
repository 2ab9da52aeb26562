"""`once` between real processes: one of them works, the others take its result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from redhanded.fleet.once import Once, OnceFailed
from tests.fleet.worker_processes import Worker, spawning

WORKER = Path(__file__).with_name("once_worker.py")
Start: TypeAlias = Callable[[str], Worker]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The file that gets a line for each run of the function."""
    return tmp_path / "log"


@pytest.fixture
def start(tmp_path: Path, log: Path) -> Iterator[Start]:
    """Starts a worker of this run; all of them are ended with the test."""
    with spawning(WORKER) as spawn:
        yield lambda mode: spawn(tmp_path / "run", "login", log, mode)


def _answers(start: Start, mode: str) -> list[object]:
    started = [start(mode) for _ in range(8)]
    assert [worker.hear() for worker in started] == ["ready"] * 8
    for worker in started:
        worker.begin()
    return [json.loads(worker.hear()) for worker in started]


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
    holder.go()
    assert holder.hear() == "inside"

    with pytest.raises(OnceFailed) as caught:
        Once(tmp_path / "run", seconds=0)("login", lambda: "mine")

    assert str(caught.value) == (
        'once("login") waited 0 s for another worker that is still running its function; '
        "look at what that function waits for."
    )
