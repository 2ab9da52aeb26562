"""A terminal in which a reader types: a shell behind a pseudo-terminal of this system."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

# The exit code of the last command, and how many there were: ^C prints a prompt without one.
_PROMPT: Final = re.compile(r"[^\n]*@@ (\d+) (\d+) @@")
_COLUMNS: Final = 100
_ROWS: Final = 50
_PRESSES: Final = 3
_PATIENCE: Final = 10.0
_CTRL_C: Final = b"\x03"


class TookTooLong(Exception):
    """What was waited for did not come; the text is what came instead."""


@dataclass(slots=True)
class Terminal(AbstractContextManager["Terminal"]):
    """A shell in a folder, with what stands on its screen since the last command."""

    folder: Path
    environ: Mapping[str, str]
    code: int = 0
    _text: str = ""
    _count: int = 0
    _before: int = 0
    _master: int = -1
    _shell: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Open it, and wait for its first prompt."""
        self._master, slave = pty.openpty()
        modes = termios.tcgetattr(slave)
        modes[3] &= ~termios.ECHO  # what is typed is known
        modes[3] |= termios.NOFLSH  # what is typed after a Ctrl-C is kept
        termios.tcsetattr(slave, termios.TCSANOW, modes)
        termios.tcsetwinsize(slave, (_ROWS, _COLUMNS))
        shell = ["bash", "--noprofile", "--norc", "--noediting", "-i"]
        self._shell = subprocess.Popen(
            shell,
            cwd=self.folder,
            env={**self.environ, "PS1": r"@@ $? \# @@"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509  no thread of ours is running
        )
        os.close(slave)
        self.finish(seconds=10)
        return self

    def __exit__(self, *_: object) -> None:
        """End what runs in it, and the shell."""
        if self._shell is None:
            return
        with contextlib.suppress(TookTooLong, OSError):
            if not self.is_waiting():
                self.interrupt()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._shell.pid, signal.SIGHUP)
        os.close(self._master)
        try:
            self._shell.wait(5)
        except subprocess.TimeoutExpired:
            self._shell.kill()

    def type(self, line: str) -> None:
        """Type a line, and Enter."""
        self._text = ""
        self._before = self._count
        os.write(self._master, f"{line}\n".encode())

    def finish(self, *, seconds: float) -> list[str]:
        """The lines of the answer, once the prompt is there again."""
        return self.wait(self.is_waiting, seconds=seconds)

    def interrupt(self) -> list[str]:
        """Press Ctrl-C, and wait for the prompt; between two commands a shell may not heed it."""
        for _ in range(_PRESSES - 1):
            os.write(self._master, _CTRL_C)
            with contextlib.suppress(TookTooLong):
                return self.finish(seconds=_PATIENCE)
        os.write(self._master, _CTRL_C)
        return self.finish(seconds=_PATIENCE)

    def stands_in(self) -> Path:
        """The folder that its shell works in; asked of it, so only while it waits."""
        self.type("pwd -P")
        return Path(self.finish(seconds=10)[0])

    def is_waiting(self) -> bool:
        """Whether it waits for a command."""
        for prompt in _PROMPT.finditer(self._text):
            self.code, self._count = int(prompt[1]), int(prompt[2])
        return self._count > self._before

    def wait(self, is_there: Callable[[], bool], *, seconds: float) -> list[str]:
        """The lines that came, once there is what is waited for."""
        end = time.monotonic() + seconds
        while not is_there():
            left = end - time.monotonic()
            if left <= 0:
                raise TookTooLong(self._text)
            self._read(left)
        return self.lines

    @property
    def lines(self) -> list[str]:
        """What stands on the screen of the answer so far, as it can be read there."""
        text = _PROMPT.sub("", self._text).replace("\r\n", "\n")
        return [line.rpartition("\r")[2].rstrip() for line in text.splitlines()]

    def _read(self, seconds: float) -> None:
        ready, _, _ = select.select([self._master], [], [], min(seconds, 1.0))
        if ready:
            self._text += os.read(self._master, 65536).decode("utf-8", "replace")


def _take_terminal() -> None:
    """Make the new terminal the one that controls the shell, so that Ctrl-C reaches it."""
    import fcntl

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
