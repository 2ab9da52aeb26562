"""Processes of a fleet as a test starts them, and speaks to them by lines."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TypeAlias


class Worker:
    """A started process; it says `ready`, and begins when it is told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin: IO[str] = process.stdin
        self._stdout: IO[str] = process.stdout

    def hear(self) -> str:
        """The next line that it says."""
        return self._stdout.readline().strip()

    def go(self) -> None:
        """Let it begin."""
        assert self.hear() == "ready"
        self.begin()

    def begin(self) -> None:
        """Let one begin that was heard to be ready."""
        self._stdin.write("go\n")
        self._stdin.flush()


Spawn: TypeAlias = Callable[..., Worker]


@contextmanager
def spawning(script: Path) -> Iterator[Spawn]:
    """A function that starts the script with its arguments; all are killed at the end."""
    with ExitStack() as stack:

        def spawn(*arguments: str | Path) -> Worker:
            process = subprocess.Popen(
                [sys.executable, str(script), *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return Worker(process)

        yield spawn
