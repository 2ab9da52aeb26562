"""A process that takes part in a run: `python once_worker.py FOLDER KEY LOG MODE`.

It says "ready", waits for a line, asks for the key, and prints what came of it as JSON. With the
mode `hold` the function says "inside" and waits for a line that nobody sends.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from redhanded.fleet.once import Once, OnceFailed


def main(folder: str, key: str, log: str, mode: str) -> None:
    """Asks once and tells what came of it."""

    def work() -> dict[str, int]:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
        if mode == "hold":
            say("inside")
            sys.stdin.readline()
        if mode == "fail":
            raise ConnectionError("the login is dead")
        return {"pid": os.getpid()}

    once = Once(Path(folder))
    say("ready")
    sys.stdin.readline()
    try:
        say(json.dumps(once(key, work)))
    except (ConnectionError, OnceFailed) as error:
        say(json.dumps([type(error).__name__, str(error)]))


def say(line: str) -> None:
    """Writes one line to the process that waits for it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
