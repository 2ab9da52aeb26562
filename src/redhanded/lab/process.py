"""The demo API as a child process, for tests and demonstrations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_LONGEST_START = 30.0  # seconds; a loaded machine needs a few, an idle one less than one
_LONGEST_END = 5.0


class LabError(Exception):
    """A demo API that did not start; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where the demo API is."""

    url: str
    pid: int
    build: str


@contextmanager
def running(
    data: Path, *, build: str = "1", start_seconds: float = _LONGEST_START
) -> Iterator[Running]:
    """A demo API with the data file, which ends with the block, or with this process.

    Raises LabError when it does not start in time.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "redhanded.lab"),
                *("--data", str(data), "--build", build, "--with-parent"),
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
    output = process.stdout
    assert output  # noqa: S101 - it was asked for
    lines: list[bytes] = []
    reader = threading.Thread(target=lambda: lines.append(output.readline()), daemon=True)
    reader.start()
    reader.join(seconds)
    if not lines:
        raise LabError(f"the demo API did not start within {seconds:g} s; is this machine busy?")
    if not lines[0]:
        process.wait(_LONGEST_END)
        raise LabError(_last_words(errors))
    return Running(**json.loads(lines[0]))


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
