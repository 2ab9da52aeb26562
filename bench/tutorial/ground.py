"""Where the tutorial is followed: an empty home, a bare Python, what its install line installs."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.tutorial.page import Command, Step

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "tutorial" / "first-bug.md"
PORT: Final = 8000
"""Where the API of the page answers."""
_INSTALLS: Final = ("python3 -m venv ", ". .venv/bin/activate", "pip install ")
_LOCK: Final = ROOT / "requirements" / "run.txt"


class NotHere(Exception):
    """The tutorial cannot be followed on this machine; the text says why."""


def bare(python: Path | None, folder: Path) -> dict[str, str]:
    """The variables of a reader who has CPython alone; pip finds this tree's wheel by them.

    The wheel is not on an index, and the lock says which versions of others are tried.
    """
    found = python or _system_python()
    wheels, lock = folder / "wheels", folder / "lock.txt"
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels)]
    subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    lock.write_text(versions(_LOCK.read_text("utf-8")), "utf-8")
    links = f"{wheels} {os.environ.get('PIP_FIND_LINKS', '')}".strip()
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    ours = {"PIP_FIND_LINKS": links, "PIP_CONSTRAINT": str(lock), "PIP_NO_CACHE_DIR": "1"}
    return {**_reader(folder, _only(folder, found)), **pip, **ours}


def beside(environment: Path, folder: Path) -> dict[str, str]:
    """The variables of a reader who has installed it, into an environment that stands.

    It may hold more than the page installs: another order of the tests is not the page's.
    """
    scripts = environment.resolve() / "bin"
    if not (scripts / "redhanded").exists():
        raise NotHere(f"{environment} holds no redhanded.")
    path = f"{scripts}{os.pathsep}{os.defpath}"
    return {**_reader(folder, path), "PYTEST_ADDOPTS": "-p no:randomly"}


def installed(steps: list[Step]) -> list[Step]:
    """The page without its commands that install, which an environment stands for."""
    return [
        replace(step, acts=[act for act in step.acts if not _is_install(act)]) for step in steps
    ]


def versions(lock: str) -> str:
    """The versions of a lock without their hashes, which pip wants for all packages or none."""
    return re.sub(r" *\\\n +--hash=\S+", "", lock)


def port() -> int:
    """The port of the page, or a free one where another program has that."""
    for wanted in (PORT, 0):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                tried.bind(("127.0.0.1", wanted))
                return int(tried.getsockname()[1])
    raise NotHere("this machine has no free port.")


def _is_install(act: object) -> bool:
    return isinstance(act, Command) and act.line.startswith(_INSTALLS)


def _reader(folder: Path, path: str) -> dict[str, str]:
    home = folder / "home"
    home.mkdir()
    locale = {"LANG": "C.UTF-8", "TERM": "dumb", "NO_COLOR": "1"}
    return {"PATH": path, "HOME": str(home), "TMPDIR": str(folder), **locale}


def _only(folder: Path, python: Path) -> str:
    """A PATH with `python3` and the system's own commands, and nothing of ours."""
    named = folder / "bin"
    named.mkdir()
    starter = named / "python3"
    starter.write_text(f'#!/bin/sh\nexec "{python}" "$@"\n', "utf-8")
    starter.chmod(0o755)
    return f"{named}{os.pathsep}{os.defpath}"


def _system_python() -> Path:
    """The CPython that our own environment was made from, or the system's."""
    base = Path(sys.base_prefix) / "bin" / "python3"
    system = shutil.which("python3", path=os.defpath)
    for python in [*([Path(system)] if system else []), base]:
        if _is_new_enough(python):
            return python
    raise NotHere("there is no CPython 3.11 or newer with venv.")


def _is_new_enough(python: Path) -> bool:
    asked = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))"
    done = subprocess.run([str(python), "-c", asked], check=False, stderr=subprocess.DEVNULL)
    return done.returncode == 0
