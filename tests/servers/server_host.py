"""Runs a server as a user of its own until this process's input ends: with its parent, that is.

python server_host.py USER PROGRAM ARGUMENT...   (USER is empty for the one who asks)
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading

SECONDS_TO_END = 3  # less than whoever ends this process waits for it
_PR_SET_PDEATHSIG = 1  # prctl(2)


def main(user: str, *command: str) -> None:
    """Start the server, wait, end it."""
    # Ctrl-C is for the tests, whose clean-up may still need the server.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("SIGTERM", "SIGHUP"):  # a whole group of processes may be ended by one
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), leave)
    server = subprocess.Popen(
        command,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        user=user or None,
        group=user_group(user) if user else None,
        extra_groups=[] if user else None,
        preexec_fn=die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
    )

    def follow() -> None:
        os._exit(server.wait())

    threading.Thread(target=follow, daemon=True).start()
    try:
        sys.stdin.buffer.read()
    finally:
        stop(server)


def leave(signum: int, frame: object) -> None:
    """End as if the input had ended."""
    del signum, frame
    sys.exit()


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server, by force where it takes its time."""
    if os.name == "posix":
        server.send_signal(signal.SIGCONT)  # a test may have stopped it
        server.send_signal(signal.SIGINT)  # its connections are ended, too
    else:
        server.terminate()
    try:
        server.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def die_with_parent() -> None:
    """Have the system kill the server where this process is killed. Nothing else runs here yet."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def user_group(user: str) -> int:
    """The number of a user's own group."""
    import pwd

    return pwd.getpwnam(user).pw_gid


if __name__ == "__main__":
    main(*sys.argv[1:])
