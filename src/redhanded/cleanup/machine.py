"""The machine that a process runs on, as far as it tells whether another process still lives."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine since it was started; empty texts are unknown, and never equal.

    `boot` is another one after each start, and the same in all containers of one kernel. `space`
    is the set of process numbers: containers have sets of their own.
    """

    host: str
    boot: str
    space: str

    def has_kernel_of(self, other: Machine) -> bool:
        """Whether the kernel that runs here is the one that ran there."""
        return bool(self.boot) and self.boot == other.boot

    def has_processes_of(self, other: Machine) -> bool:
        """Whether a process number means the same here and there."""
        return self.has_kernel_of(other) and self.space == other.space


def this_machine(proc: Path = _PROC, system: str = sys.platform) -> Machine:
    """The machine that we run on."""
    boot = _sysctl("kern.bootsessionuuid") if system == "darwin" else _boot(proc)
    return Machine(platform.node(), boot, _space(proc))


def started(pid: int, proc: Path = _PROC) -> str:
    """When that process of this machine started, in the kernel's own count; empty if unknown.

    A number is given to another process after a while, which started at another time. No clock
    that can be set is in it. A process that is dead and only not yet waited for has no start.
    """
    with suppress(OSError, IndexError):
        # The command's name stands in parentheses, and may hold some of its own (proc(5)).
        fields = (proc / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    return ""


def runs(pid: int, since: str, proc: Path = _PROC, system: str = sys.platform) -> bool:
    """Whether the process of that number, which started then, may still run on this machine."""
    if since and (proc / str(pid)).exists():
        return started(pid, proc) == since
    # On Windows a signal of 0 would end it.
    return system == "win32" or _exists(pid)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _boot(proc: Path) -> str:
    with suppress(OSError):
        return (proc / "sys/kernel/random/boot_id").read_text("utf-8", "replace").strip()
    return ""


def _sysctl(name: str) -> str:
    with suppress(OSError, subprocess.SubprocessError):
        command = ["/usr/sbin/sysctl", "-n", name]
        done = subprocess.run(command, capture_output=True, timeout=5, check=True)
        return done.stdout.decode(errors="replace").strip()
    return ""


def _space(proc: Path) -> str:
    with suppress(OSError):
        return str((proc / "self/ns/pid").readlink())
    return ""
