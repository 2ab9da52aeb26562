"""No memory image of a process that holds secrets, should it crash."""

from __future__ import annotations

from contextlib import suppress


class CoreDumps:
    """Keeps the system from writing one to a file, as far as POSIX lets a process say so.

    Where the kernel pipes images to a program of its own, it asks no process.
    """

    def __init__(self) -> None:
        self._before: tuple[int, int] | None = None

    def forbid(self) -> None:
        """Write none from now on, nor for children that are started; nothing on Windows."""
        with suppress(ImportError, OSError, ValueError):
            from resource import RLIMIT_CORE, getrlimit, setrlimit

            self._before = getrlimit(RLIMIT_CORE)
            setrlimit(RLIMIT_CORE, (0, self._before[1]))

    def allow(self) -> None:
        """What was allowed before."""
        if self._before is not None:
            from resource import RLIMIT_CORE, setrlimit

            setrlimit(RLIMIT_CORE, self._before)
            self._before = None
