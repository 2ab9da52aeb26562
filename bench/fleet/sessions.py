"""A real pytest session of the suite, while its Redis meets what it may meet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bench.fleet import onlooker
from bench.switching import listening
from bench.truth import results
from redhanded.lab.process import Running, running
from redhanded.lab.weather.process import Running as ApiProxy
from redhanded.lab.weather.process import blowing

ROOT = Path(__file__).parents[2]
SUITE = Path(__file__).with_name("suite")
PLAN: Mapping[str, Any] = {
    "seed": 1,
    "rules": [
        {"fault": "E15", "nth": 1, "route": "GET /booking/2"},  # one answer is cut
        {"fault": "E30", "shape": "always", "route": "GET /booking/3"},  # a portal answers
    ],
}
_OTHERS = (
    *("cacheprovider", "randomly", "asyncio", "anyio", "timeout", "xdist", "rerunfailures"),
    *("faker", "hypothesispytest"),
)
_LONGEST = 180.0  # seconds of a session; what takes longer has hung


class Timed(NamedTuple):
    """One act of the shared layer: when it began, how long it took in seconds, what it gave."""

    act: str
    began: float
    seconds: float
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a session ended: each test's verdict, and what the shared layer took."""

    exit_code: int
    verdicts: Mapping[str, str]
    times: tuple[Timed, ...]
    said: str


@dataclass(slots=True)
class Lane:
    """The API behind its weather, for one session after another."""

    lab: Running
    proxy: ApiProxy
    folder: Path
    _count: int = field(default=0)

    def run(
        self, *, settings: Mapping[str, str], reach: Callable[[str], None] = lambda _: None
    ) -> Ended:
        """The end of a session with these settings; `reach` hears its stage before each test."""
        self._count += 1
        folder = self.folder / str(self._count)
        folder.mkdir()
        self.proxy.replan(PLAN, log=folder / "weather.ndjson")

        def switch(said: str) -> None:
            stage, _, defect = said.partition(" ")
            self.lab.switch(*([defect] if defect else []), served=folder / "served.ndjson")
            reach(stage)

        with listening(switch) as desk:
            code, said = _session(folder, {**settings, **self._environ(folder, desk)})
        return _ended(folder, code, said)

    def _environ(self, folder: Path, desk: str) -> dict[str, str]:
        return {
            onlooker.DESK: desk,
            onlooker.TARGET: str(folder / "times.json"),
            "DEMO_TRADING_SECRET": "lab-trader-secret",
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
            "REDHANDED_BASE_URL": self.proxy.url,
        }


@contextmanager
def lane() -> Iterator[Lane]:
    """A lane that is open as long as the block."""
    with tempfile.TemporaryDirectory(prefix="fleet-") as name:
        top = Path(name)
        with (
            running(top / "lab.sqlite") as lab,
            blowing(lab.url, PLAN, log=top / "weather.ndjson") as proxy,
        ):
            yield Lane(lab, proxy, top)


def _session(folder: Path, environ: Mapping[str, str]) -> tuple[int, str]:
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", onlooker.__name__),
        *(word for name in _OTHERS for word in ("-p", f"no:{name}")),
        *("-o", "junit_family=xunit1"),
        f"--rh-folder={folder}",
        f"--rh-junit={folder / 'junit.xml'}",
    ]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("REDHANDED")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled modules are kept, as a user's are
    done = subprocess.run(
        command,
        cwd=SUITE,
        env={**kept, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_LONGEST,
        check=False,
    )
    return done.returncode, done.stdout.decode(errors="replace")


def _ended(folder: Path, code: int, said: str) -> Ended:
    times = folder / "times.json"
    return Ended(
        exit_code=code,
        verdicts={
            test: seen.verdict for test, seen in results.verdicts(folder / "junit.xml").items()
        },
        times=tuple(Timed(*each) for each in json.loads(times.read_text("utf-8")))
        if times.exists()
        else (),
        said=said,
    )
