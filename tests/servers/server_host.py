"""Runs a server as a user of its own until this process's input ends: with its parent, that is.

python server_host.py USER PROGRAM ARGUMENT...   (USER is empty for the one who asks)
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

SECONDS_TO_END = 10


def main(user: str, *command: str) -> None:
    """Start the server, wait, end it."""
    # Ctrl-C is for the tests, whose clean-up may still need the server.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = subprocess.Popen(
        command,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        user=user or None,
        group=user_group(user) if user else None,
        extra_groups=[] if user else None,
    )

    def follow() -> None:
        os._exit(server.wait())

    threading.Thread(target=follow, daemon=True).start()
    sys.stdin.buffer.read()
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


def user_group(user: str) -> int:
    """The number of a user's own group."""
    import pwd

    return pwd.getpwnam(user).pw_gid


if __name__ == "__main__":
    main(*sys.argv[1:])
