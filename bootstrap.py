"""Runs a command in the project's own environment, which it first makes from the lock.

    python3 bootstrap.py redhanded demo
    python3 bootstrap.py nox

The standard library is enough; uv, where it is found, only makes it faster.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# What cannot be set up judges nothing, so it must not look like a red test (1).
NOTHING_JUDGED = 75

# No syntax in this file is newer than 3.6, so that an old interpreter can still say this.
if sys.version_info < (3, 11):
    sys.stderr.write("redhanded needs Python 3.11 or newer: start bootstrap.py with such a one.\n")
    sys.exit(NOTHING_JUDGED)

import tomllib

USAGE = "Say what to run: python3 bootstrap.py redhanded demo, or python3 bootstrap.py nox"
NEEDS_VENV = "On Debian and Ubuntu install python3-venv; if .venv is something else, move it away."
NEEDS_INDEX = "Check the network and pip's settings, then run the same command again."

Runner = Callable[[list[str]], "subprocess.CompletedProcess[str]"]


class SetupFailed(Exception):
    """The environment could not be made; the text says why and what to do."""


class Environment:
    """The `.venv` of one checkout, stamped with the lock that it was made from."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.scripts = self.folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.scripts / ("python.exe" if os.name == "nt" else "python")

    def holds(self, lock: str) -> bool:
        """Whether all that the lock names is installed; the dev lock contains the run lock."""
        stamps = {name: self.folder / f"made-from-{name}" for name in (lock, "dev")}
        return self.python.exists() and any(
            stamp.exists() and stamp.read_text("ascii") == self._fingerprint(name)
            for name, stamp in stamps.items()
        )

    def stamp(self, lock: str) -> None:
        """Note that the environment is complete; only then is it trusted."""
        (self.folder / f"made-from-{lock}").write_text(self._fingerprint(lock), "ascii")

    def _fingerprint(self, lock: str) -> str:
        """One hash of all that the environment depends on, its place and interpreter too."""
        project = tomllib.loads((self.root / "pyproject.toml").read_text("utf-8")).get("project")
        locked = (self.root / "requirements" / f"{lock}.txt").read_text("utf-8")
        facts = (locked, project, sys.version, sys.base_prefix, str(self.root))
        return hashlib.sha256(repr(facts).encode()).hexdigest()


def installers(python: Path, uv: str | None) -> list[list[str]]:
    """The install commands to try in turn: uv, then pip, which may know a mirror uv does not."""
    fast = [[uv, "pip", "install", "--quiet", "--python", str(python)]] if uv else []
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return [*fast, [*pip, "--no-input"]]


def ready(environment: Environment, lock: str, *, run: Runner, uv: str | None) -> None:
    """Install the lock and the project; what was left half-made or is outdated is made anew."""
    if not environment.holds("run"):
        fresh = [sys.executable, "-m", "venv", "--clear", str(environment.folder)]
        step(run, fresh, advice=NEEDS_VENV)
    *faster, last = installers(environment.python, uv)
    for installer in faster:
        with suppress(SetupFailed):
            install(environment, lock, installer, run=run)
            return
    install(environment, lock, last, run=run)


def install(environment: Environment, lock: str, installer: list[str], *, run: Runner) -> None:
    """Install exactly what the lock names, then the project itself, editable, and stamp it."""
    locked = environment.root / "requirements" / f"{lock}.txt"
    project = ["--no-deps", "--no-build-isolation", "-e", str(environment.root)]
    # The lock is whole, and where packages disagree without need it has the last word.
    whole = ["--no-deps", "--require-hashes", "-r", str(locked)]
    step(run, [*installer, *whole], advice=NEEDS_INDEX)
    step(run, [*installer, *project], advice=NEEDS_INDEX)
    environment.stamp(lock)


def step(run: Runner, command: list[str], *, advice: str) -> None:
    """Run one command of the setup, or raise with the end of what it printed."""
    done = run(command)
    if done.returncode:
        tail = "".join(f"  {line}\n" for line in done.stdout.splitlines()[-15:])
        raise SetupFailed(f"{tail}Setting up failed at `{' '.join(command)}`. {advice}")


def quietly(command: list[str]) -> "subprocess.CompletedProcess[str]":
    """The finished command, with all that it printed in `stdout`."""
    return subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep other bootstraps of this checkout waiting; a process that dies lets go by itself."""
    with (root / ".venv.lock").open("a") as file:
        if sys.platform == "win32":
            import msvcrt

            while True:
                with suppress(OSError):  # raised after ten seconds of waiting
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def launch(environment: Environment, command: list[str]) -> int:
    """Become the command; on Windows, where a process cannot, the command's exit code."""
    program = shutil.which(command[0], path=str(environment.scripts))
    if program is None:
        print(f"There is no command `{command[0]}` in .venv. {USAGE}", file=sys.stderr)
        return 2
    path = os.pathsep.join([str(environment.scripts), os.environ.get("PATH", os.defpath)])
    variables = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(environment.folder)}
    variables.pop("PYTHONHOME", None)
    if os.name != "nt":
        os.execve(program, command, variables)
    child = subprocess.Popen([program, *command[1:]], env=variables)
    while True:
        with suppress(KeyboardInterrupt):  # the console interrupts the command as well
            return child.wait()


def main(command: list[str], *, root: Path, run: Runner = quietly) -> int:
    """The exit code of the command, run in an environment that holds its lock."""
    if not command or command[0].startswith("-"):
        print(USAGE, file=sys.stderr)
        return 2
    environment = Environment(root)
    lock = "run" if command[0] == "redhanded" else "dev"
    try:
        if not environment.holds(lock):
            print(f"Setting up .venv from requirements/{lock}.txt, once.", file=sys.stderr)
            with alone(root):
                if not environment.holds(lock):  # else another one made it while we waited
                    ready(environment, lock, run=run, uv=shutil.which("uv"))
    except KeyboardInterrupt:
        print("Interrupted while setting up; the next run starts over.", file=sys.stderr)
        return 130
    except (SetupFailed, OSError, ValueError) as error:
        print(f"{error}\nNothing was run, since .venv could not be made.", file=sys.stderr)
        return NOTHING_JUDGED
    return launch(environment, command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], root=Path(__file__).resolve().parent))
