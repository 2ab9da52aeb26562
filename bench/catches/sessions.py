"""Real pytest sessions of the example suites, in which each test meets a defect of its own."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from bench import child
from bench.catches import switching
from bench.switching import listening
from redhanded.lab import Running, running
from redhanded.reports.spool import read_spool

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
# How long is waited for an answer that never comes, and for better weather. And how much may be
# asked in diagnoses: a session meets thirty defects, and each may ask as if it were the only one.
PATIENCE = {
    "REDHANDED_DIAGNOSIS__FLOOR": "1000",
    "REDHANDED_DIAGNOSIS__SECONDS": "60",
    "REDHANDED_TIMEOUTS__CONNECT": "2.5",
    "REDHANDED_TIMEOUTS__READ": "2.5",
    "REDHANDED_REQUEUE__SECONDS": "3",
    "REDHANDED_REQUEUE__ROUNDS": "1",
}
_LONGEST = 900.0  # seconds
_OTHERS = ("cacheprovider", "randomly", "xdist", "asyncio", "timeout", "cov", "rerunfailures")


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a test: its verdict, and how often it was served the defect."""

    verdict: str
    served: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A session that is over: what was seen of its tests, and what it said."""

    exit_code: int
    said: str
    seen: Mapping[str, Seen]


@dataclass(slots=True)
class Lane:
    """An API in which one session after another runs, and its switch."""

    lab: Running
    folder: Path
    _switches: Mapping[str, str] = field(default_factory=dict)
    _seed: int = 1
    _current: str = ""
    _before: int = 0
    _served: dict[str, int] = field(default_factory=dict)

    def run(
        self, switches: Mapping[str, str], *, seed: int = 1, paths: Sequence[str] = ()
    ) -> Ended:
        """Each of these tests with its defect on, such as `D78:seconds=0.7`, or none for "".

        With paths, such as a folder of tests, all tests there are run.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._switches, self._seed, self._served = switches, seed, {}
        self._current, self._before = "", 0
        with listening(self._switch) as address:
            code, said = self._session(paths or list(switches), address)
        self.lab.switch()
        verdicts = dict(_verdicts(self.folder))
        seen = {
            test: Seen(verdict, self._served.get(test, 0)) for test, verdict in verdicts.items()
        }
        return Ended(exit_code=code, said=said, seen=seen)

    def _switch(self, test: str) -> None:
        """Called at the begin of a test with its id, at its end with nothing."""
        log = self.folder / "served.ndjson"
        lines = log.read_bytes().count(b"\n") if log.exists() else 0
        if self._current:
            self._served[self._current] = self._served.get(self._current, 0) + lines - self._before
        self._current, self._before = test, lines
        switch = self._switches.get(test, "")
        self.lab.switch(*([switch] if switch else []), seed=self._seed, served=log)

    def _session(self, tests: Sequence[str], address: str) -> tuple[int, str]:
        command = [
            *(sys.executable, "-m", "pytest", "-q", "-p", switching.__name__, *tests),
            *(word for name in _OTHERS for word in ("-p", f"no:{name}")),
        ]
        environ = _environ() | {
            **PATIENCE,
            "REDHANDED_BASE_URL": self.lab.url,
            "REDHANDED_FOLDER": str(self.folder),
            switching.ADDRESS: address,
        }
        return child.ended(command, cwd=EXAMPLES, environ=environ, longest=_LONGEST)


def _verdicts(folder: Path) -> Iterator[tuple[str, str]]:
    """The verdict of each test; of one that was judged in several rounds the last."""
    for spool in folder.glob("runs/*/spool/*.ndjson"):
        for event in read_spool(spool):
            if event["event"] == "test_ended":
                yield event["test_id"], event["verdict"] or "skipped"


def _environ() -> dict[str, str]:
    """This process's environment, with the demo's credentials and without settings of others."""
    foreign = ("PYTEST_", "REDHANDED_", "DEMO_", "COVERAGE_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    known = dotenv_values(EXAMPLES / "demo.env", interpolate=False)
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    given = {name: value for name, value in known.items() if value is not None}
    return {**kept, **given, "PYTHONUTF8": "1", "PYTHONPATH": path}


@contextmanager
def lane() -> Iterator[Lane]:
    """A lane that is open as long as the block."""
    with tempfile.TemporaryDirectory(prefix="catches-") as name:
        top = Path(name)
        with running(top / "lab.db") as lab:
            yield Lane(lab=lab, folder=top / "session")
