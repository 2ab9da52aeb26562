"""A server of the lab as a child process: started, spoken to in lines of JSON, and ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

_LONGEST_END = 5.0  # seconds
_LONGEST_ANSWER = 10.0


class ChildError(Exception):
    """A child that did not start or does not answer; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running child, and what it said when it was ready."""

    name: str
    process: subprocess.Popen[bytes]
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, question: Mapping[str, object]) -> dict[str, Any]:
        """What the child answers to a line of JSON.

        Raises ChildError when it does not, or answers with an error.
        """
        with self.lock:
            assert self.process.stdin  # noqa: S101 - it was asked for
            try:
                self.process.stdin.write(json.dumps(question).encode() + b"\n")
                self.process.stdin.flush()
            except (OSError, ValueError):  # the other end is closed, or ours
                raise ChildError(f"{self.name} has ended") from None
            line = self.read(_LONGEST_ANSWER)
        if not line:
            raise ChildError(f"{self.name} gave no answer; is it still there?")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ChildError(f"{self.name} refused: {answer['error']}")
        return answer

    def read(self, seconds: float) -> bytes | None:
        """The child's next line: empty at the end, None where none came in time."""
        output = self.process.stdout
        assert output  # noqa: S101 - it was asked for
        lines: list[bytes] = []
        reader = threading.Thread(target=lambda: lines.append(output.readline()), daemon=True)
        reader.start()
        reader.join(seconds)
        return lines[0] if lines else None


@contextmanager
def started(
    name: str, arguments: Sequence[str], *, seconds: float
) -> Iterator[tuple[Child, dict[str, Any]]]:
    """A child of this interpreter with what it announced; it ends with the block.

    Raises ChildError when it does not announce itself in time.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-P", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(),
            # Ctrl-C is the parent's: its tests still clean up what they made here.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        try:
            child = Child(name, process)
            yield child, _announced(child, errors, seconds)
        finally:
            end(process, seconds=_LONGEST_END)


def end(process: subprocess.Popen[bytes], *, seconds: float) -> None:
    """Ends the process by the end of its input, as every system can, and after that by force."""
    with process:
        assert process.stdin  # noqa: S101 - it was asked for
        process.stdin.close()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()


def _announced(child: Child, errors: IO[bytes], seconds: float) -> dict[str, Any]:
    line = child.read(seconds)
    if line is None:
        raise ChildError(f"{child.name} did not start within {seconds:g} s; is this machine busy?")
    if not line:
        child.process.wait(_LONGEST_END)
        raise ChildError(f"{child.name} did not start: {_last_words(errors)}")
    announced: dict[str, Any] = json.loads(line)
    return announced


def _environment() -> dict[str, str]:
    """This process's environment, in which the child finds the same package as this process did."""
    root = str(Path(__file__).parents[2])
    rest = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, rest] if rest else [root])}


def _last_words(errors: IO[bytes]) -> str:
    errors.seek(0)
    said = errors.read().decode(errors="replace").strip().splitlines()
    return said[-1] if said else "it gave no reason"
