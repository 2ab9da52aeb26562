"""Serves one WSGI application on a free loopback port until its standard input ends.

Run as a script: `python -P wsgi_host.py MODULE:ATTRIBUTE PORT_FILE SETTINGS`. SETTINGS is a JSON
object for an application factory, or `null` where the attribute is the application itself.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import waitress

THREADS = 16


def application(target: str, settings: dict[str, str] | None) -> Any:  # noqa: ANN401
    """The WSGI callable that the target names, made with the settings where it is a factory."""
    module, _, attribute = target.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    return found if settings is None else found({}, **settings)


def announce(port: int, port_file: Path) -> None:
    """Writes the port in one step, so that a reader never sees half a number."""
    draft = port_file.with_suffix(".draft")
    draft.write_text(str(port), encoding="ascii")
    draft.replace(port_file)


def end_with_parent() -> None:
    """Ends this process when the parent closes the pipe, or dies and so closes it."""
    # Read below Python's buffer: its lock would abort an interpreter that ends meanwhile.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(0)


def main(target: str, port_file: str, settings: str) -> None:
    """Binds, announces the port, serves."""
    # Ctrl-C reaches the whole terminal group; the parent's clean-up may still need this server.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    app = application(target, json.loads(settings))
    # The server binds port 0 itself, so no other process can take the number in between.
    server = waitress.create_server(app, listen="127.0.0.1:0", threads=THREADS)
    announce(int(server.effective_port), Path(port_file))
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
