"""An example suite, run as its team would run it: a pytest of its own, with the plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from redhanded.reports.spool import read_spool

EXAMPLES = Path(__file__).parents[2] / "examples"
LONGEST_RUN = 300.0  # seconds; an idle machine needs a tenth


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run said and left: exit code, text, the spool of each process; what it was told."""

    exit_code: int
    text: str
    spools: Mapping[str, list[dict[str, Any]]]
    variables: Mapping[str, str]

    @property
    def verdicts(self) -> Counter[str]:
        """How many tests ended with each verdict."""
        return Counter(event["verdict"] for event in self.events("test_ended"))

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        """Every attempt that was recorded, logins and cleanup included."""
        return [event["exchange"] for event in self.events("attempt_ended")]

    def without(self, file: str) -> Outcome:
        """The outcome as if the tests of that file had not been there."""
        spools = {
            process: [event for event in spool if not _is_of(event, file)]
            for process, spool in self.spools.items()
        }
        return replace(self, spools=spools)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The events of one name, by process."""
        return [
            event for spool in self.spools.values() for event in spool if event["event"] == name
        ]

    def written(self) -> str:
        """All that the run put down, for whoever looks for secrets."""
        return self.text + repr(self.spools)


def run_suite(folder: Path, *arguments: str, into: Path, **variables: str) -> Outcome:
    """The outcome of the suite in a folder, its evidence written to another one."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-ra", *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        env=_environment(REDHANDED_FOLDER=str(into), **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LONGEST_RUN,
        check=False,
    )
    spools = {path.stem: list(read_spool(path)) for path in into.glob("runs/*/spool/*.ndjson")}
    return Outcome(done.returncode, done.stdout, spools, variables)


def _is_of(event: Mapping[str, Any], file: str) -> bool:
    return str(event.get("test_id", "")).startswith(f"{file}::")


def _environment(**variables: str) -> dict[str, str]:
    """This process's environment without what concerns this process's own tests.

    Nor is it measured which lines a suite covers: it is hundreds of tests, and none is for that.
    """
    foreign = ("PYTEST_", "REDHANDED_", "KINTO_", "DEMO_", "COVERAGE_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    return kept | {"PYTHONUTF8": "1"} | variables
