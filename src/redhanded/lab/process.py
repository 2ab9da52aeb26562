"""The demo API as a child process, for tests and demonstrations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_LONGEST_START = 30.0  # seconds; a loaded machine needs a few, an idle one less than one
_LONGEST_END = 5.0
_LONGEST_ANSWER = 10.0


class LabError(Exception):
    """A demo API that did not start or obey; the sentence says why."""


@dataclass(frozen=True, slots=True)
class _Console:
    """The lines that go to the process and come from it, one at a time."""

    process: subprocess.Popen[bytes]
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, line: str) -> str:
        """The answer to a line; an empty one when none came, for the process may have ended."""
        with self.lock:
            try:
                self._write(f"{line}\n".encode())
            except (OSError, ValueError):
                return ""
            return (self.read(_LONGEST_ANSWER) or b"").decode()

    def _write(self, line: bytes) -> None:
        assert self.process.stdin  # noqa: S101 - it was asked for
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def read(self, seconds: float) -> bytes | None:
        """The next line; an empty one at the end, None when it takes too long."""
        output = self.process.stdout
        assert output  # noqa: S101 - it was asked for
        lines: list[bytes] = []
        reader = threading.Thread(target=lambda: lines.append(output.readline()), daemon=True)
        reader.start()
        reader.join(seconds)
        return lines[0] if lines else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where the demo API is, and its switches."""

    url: str
    pid: int
    build: str
    _console: _Console | None = field(default=None, repr=False, compare=False)

    def switch(self, *defects: str, seed: int = 0, served: Path | None = None) -> None:
        """Turns these defects on and all others off; each wrong answer is a line in `served`.

        Raises LabError, with nothing changed, for an unknown defect or a file that cannot be
        written.
        """
        command = {"defects": defects, "seed": seed, "served": str(served or "")}
        said = self._console.ask(json.dumps(command)) if self._console else ""
        answer = json.loads(said or '{"error": "it does not answer"}')
        if "error" in answer:
            raise LabError(f"the demo API did not switch: {answer['error']}")


@contextmanager
def running(
    data: Path,
    *,
    build: str = "1",
    start_seconds: float = _LONGEST_START,
    defects: Iterable[str] = (),
    seed: int = 0,
    served: Path | None = None,
) -> Iterator[Running]:
    """A demo API with the data file, which ends with the block, or with this process.

    It has these defects; each wrong answer is a line in the file `served`, and `seed` decides
    when those that come and go do so. Raises LabError when it does not start in time.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "redhanded.lab"),
                *("--data", str(data), "--build", build, "--with-parent"),
                *(word for code in defects for word in ("--defect", code)),
                *("--seed", str(seed)),
                *(("--served", str(served)) if served else ()),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(),
            # Ctrl-C is the parent's: its tests still clean up what they made here.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        try:
            yield _announced(process, errors, start_seconds)
        finally:
            end(process, seconds=_LONGEST_END)


def _environment() -> dict[str, str]:
    """This process's environment, in which the child finds the same package as this process did."""
    root = str(Path(__file__).parents[2])
    rest = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, rest] if rest else [root])}


def _announced(process: subprocess.Popen[bytes], errors: IO[bytes], seconds: float) -> Running:
    console = _Console(process)
    line = console.read(seconds)
    if line is None:
        raise LabError(f"the demo API did not start within {seconds:g} s; is this machine busy?")
    if not line:
        process.wait(_LONGEST_END)
        raise LabError(_last_words(errors))
    return Running(**json.loads(line), _console=console)


def _last_words(errors: IO[bytes]) -> str:
    errors.seek(0)
    said = errors.read().decode(errors="replace").strip().splitlines()
    return f"the demo API did not start: {said[-1] if said else 'it gave no reason'}"


def end(process: subprocess.Popen[bytes], *, seconds: float) -> None:
    """Ends the process by the end of its input, as every system can, and after that by force."""
    with process:
        assert process.stdin  # noqa: S101 - it was asked for
        process.stdin.close()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
