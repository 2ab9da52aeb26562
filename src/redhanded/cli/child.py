"""A child process in the same terminal, which is given time to end in its own way."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_GRACE = 5.0
_TERMINATED = 143  # 128 + SIGTERM, as shells count


def run(command: Sequence[str], *, environ: Mapping[str, str], grace: float = _GRACE) -> int:
    """The child's exit code; it never outlives this call.

    Raises KeyboardInterrupt once the child, which an interrupt of the terminal reaches as well,
    has cleaned up, reported and ended. `grace` is how many seconds it is given to do so, and then
    again after it was told.
    """
    with _ending_on_sigterm():
        process = subprocess.Popen(list(command), env=dict(environ))
        try:
            return process.wait()
        except KeyboardInterrupt:
            _await_end(process, grace)
            raise
        finally:
            if process.poll() is None:
                process.terminate()
                _await_end(process, grace)


def _await_end(process: subprocess.Popen[bytes], grace: float) -> None:
    """Wait for the child; one that was not told, or does not listen, is told and then ended."""
    for impatience in (_interrupt, subprocess.Popen.kill):
        try:
            process.wait(grace)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):  # a second Ctrl-C is impatience
            impatience(process)
    process.wait()


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        process.send_signal(signal.SIGINT)
    else:  # no such signal can be sent to one process alone
        process.terminate()


@contextmanager
def _ending_on_sigterm() -> Iterator[None]:
    """While the block runs, SIGTERM unwinds this process, so that nothing it started is left."""

    def end(_number: int, _frame: object) -> None:
        raise SystemExit(_TERMINATED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
