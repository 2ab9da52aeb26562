"""Real pytest sessions: the suite under redhanded, and under what people use today."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import child
from bench.truth import switching, witnesses
from bench.truth.grid import Cell

ROOT = Path(__file__).parents[2]
SUITE = Path(__file__).parent / "suite"
MODES_FOLDER = Path(__file__).parent / "modes"

# The limits on recovered tests are off, so that the exit code speaks of verdicts alone.
SETTINGS: Mapping[str, str] = {
    "REDHANDED_REQUEUE__SECONDS": "10",
    "REDHANDED_REQUEUE__ROUNDS": "3",
    "REDHANDED_RECOVERED__LIMIT": "1",
    "REDHANDED_RECOVERED__STATUSES_5XX": "false",
}
_CREDENTIALS = {
    "DEMO_BOOKING_PASSWORD": "password123",
    "DEMO_TRADING_SECRET": "lab-trader-secret",
    "DEMO_AUDIT_SECRET": "lab-auditor-secret",
    "DEMO_ADMIN_KEY": "lab-admin-key",
    "DEMO_AGENT_KEY": "lab-agent-key",
    "DEMO_VIEWER_KEY": "lab-viewer-key",
}
_OTHERS = (
    *("cacheprovider", "randomly", "asyncio", "anyio", "timeout", "xdist", "faker", "cov"),
    "hypothesispytest",
)
_LONGEST = 240.0  # seconds of a session; what takes longer has hung


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A way to run the suite: folders on the path, and options of pytest."""

    name: str
    folders: tuple[str, ...]
    options: tuple[str, ...] = ()
    is_ours: bool = False


_PLAIN = ("-p", "no:redhanded", "-p", "plain_fixtures")
MODES: Mapping[str, Mode] = {
    mode.name: mode
    for mode in (
        Mode(
            name="redhanded",
            folders=("redhanded",),
            options=("-p", "no:rerunfailures"),
            is_ours=True,
        ),
        Mode(name="plain", folders=("plain",), options=(*_PLAIN, "-p", "no:rerunfailures")),
        Mode(name="rerun", folders=("plain",), options=(*_PLAIN, "--reruns", "2")),
        Mode(
            name="tenacity",
            folders=("plain", "tenacity"),
            options=(*_PLAIN, "-p", "tenacity_fixtures", "-p", "no:rerunfailures"),
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a session ended; the exit code is -1 where it had to be ended."""

    exit_code: int
    seconds: float
    said: str


def run(
    cell: Cell,
    mode: Mode,
    *,
    url: str,
    folder: Path,
    settings: Mapping[str, str],
    switch: str = "",
    timings: bool = False,
) -> Ended:
    """The end of the cell's session; its XML and its evidence are in the folder.

    `switch` is the address at which the session turns defects on and off.
    """
    ours = ("--rh-folder", str(folder)) if mode.is_ours else ("--base-url", url)
    xml = "--rh-junit" if mode.is_ours else "--junitxml"
    measured = ("--no-summary",) if timings else (f"{xml}={folder / 'junit.xml'}",)
    switched = ("-p", switching.__name__) if switch else ()
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *(word for name in _OTHERS for word in ("-p", f"no:{name}")),
        *("-o", "junit_family=xunit1"),
        *mode.options,
        *switched,
        *ours,
        *measured,
        *cell.tests,
    ]
    environ = _environ(mode.folders) | {"TRUTH_TURNS": str(cell.turns)}
    environ[switching.ADDRESS] = switch
    if mode.is_ours:
        environ |= {**SETTINGS, "REDHANDED_BASE_URL": url, **cell.settings, **settings}
    return _ended(command, environ)


def _environ(folders: Sequence[str]) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("REDHANDED")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled modules are kept, as a user's are
    path = [str(ROOT / "src"), *(str(MODES_FOLDER / name) for name in folders), str(ROOT)]
    return {**kept, **_CREDENTIALS, "PYTHONPATH": os.pathsep.join(path)}


def _ended(command: Sequence[str], environ: Mapping[str, str]) -> Ended:
    began = time.perf_counter()
    code, said = child.ended(command, cwd=SUITE, environ=environ, longest=_LONGEST)
    return Ended(exit_code=code, seconds=time.perf_counter() - began, said=said)


def collected(folder: Path) -> dict[str, dict[str, list[str]]]:
    """The suite's tests by mark and by the switch of their defect."""
    target = folder / "witnesses.json"
    command = [
        *(sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider"),
        *("-p", witnesses.__name__, *MODES["plain"].options, "--base-url", "http://127.0.0.1:9"),
    ]
    environ = _environ(MODES["plain"].folders) | {witnesses.TARGET: str(target)}
    ended = _ended(command, environ)
    if ended.exit_code:
        raise SystemExit(f"the suite cannot be collected:\n{ended.said}")
    found: dict[str, dict[str, list[str]]] = json.loads(target.read_text("utf-8"))
    return found
