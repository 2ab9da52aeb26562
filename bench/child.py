"""A process of a benchmark's own: its exit code, and all that it said."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

NEVER = -1
"""The exit code of a process that had to be ended."""


def ended(
    command: Sequence[str], *, cwd: Path, environ: Mapping[str, str], longest: float
) -> tuple[int, str]:
    """The exit code and the text of a process, which is ended after `longest` seconds."""
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=longest,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return NEVER, (late.stdout or b"").decode(errors="replace")
    return done.returncode, done.stdout.decode(errors="replace")
