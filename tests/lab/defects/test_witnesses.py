"""Every defect is met by its witness: red with it, for the right reason, and green without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from dotenv import dotenv_values

from redhanded.lab.defects.table import DEFECTS
from redhanded.reports.spool import read_spool
from tests.shared import made_once

ROOT = Path(__file__).parents[3]
SUITE = ROOT / "bench" / "truth" / "suite"
MODE = ROOT / "bench" / "truth" / "modes" / "redhanded"
LONGEST_RUN = 240.0  # seconds; an idle machine needs a tenth
# These may end inconclusive, though never green: a whole route that breaks off each answer looks
# like an outage, a POST cannot be replayed, and time is hard to tell on a busy machine.
DOUBTFUL = frozenset({"D77", "D94", *(f"D{number}" for number in range(78, 84))})
# What one witness meets must not keep the next from calling, or from being looked into.
PATIENT = {
    "REDHANDED_BREAKER__CONSECUTIVE": "1000",
    "REDHANDED_BREAKER__MINIMUM": "1000",
    "REDHANDED_DIAGNOSIS__FLOOR": "1000",
    "REDHANDED_REQUEUE__SECONDS": "0",
}

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(not SUITE.is_dir(), reason="the witnesses are in the repository only"),
]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a run of the suite came to."""

    exit_code: int
    text: str
    verdicts: Mapping[str, str]  # by test
    served: Mapping[str, set[str]]  # tests by defect


def rehearse(folder: Path, kind: str) -> Rehearsal:
    """The suite with the defects, or without them."""
    command = [sys.executable, "-m", "tests.lab.defects.rehearsal", str(folder), kind]
    foreign = ("PYTEST_", "REDHANDED_", "DEMO_", "COVERAGE_")  # no test is for a line's sake
    kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    known = dotenv_values(ROOT / "examples" / "demo.env", interpolate=False)
    paths = [str(path) for path in (ROOT / "src", ROOT, MODE)]
    done = subprocess.run(
        command,
        cwd=SUITE,
        env=kept
        | {key: value for key, value in known.items() if value is not None}
        | PATIENT
        | {"REDHANDED_FOLDER": str(folder), "PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LONGEST_RUN,
        check=False,
    )
    spools = list(folder.glob("runs/*/spool/*.ndjson"))
    assert len(spools) == 1, done.stdout
    ended = [event for event in read_spool(spools[0]) if event["event"] == "test_ended"]
    verdicts = {str(event["test_id"]): str(event["verdict"]) for event in ended}
    return Rehearsal(done.returncode, done.stdout, verdicts, _served(folder / "served.ndjson"))


def _served(path: Path) -> dict[str, set[str]]:
    served = defaultdict(set)
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        serving = json.loads(line)
        served[serving["code"]].add(serving["episode"])
    return served


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """Each witness with its defect."""
    return made_once(tmp_path_factory, "faulty", lambda folder: rehearse(folder, "faulty"))


def test_a_correct_api_is_green(tmp_path: Path) -> None:
    """Without defects every witness holds, and none is served."""
    correct = rehearse(tmp_path, "correct")

    assert correct.exit_code == 0, correct.text
    assert set(correct.verdicts.values()) == {"pass"}
    assert correct.served == {}


@pytest.mark.parametrize("code", DEFECTS)
def test_a_defect_is_caught(faulty: Rehearsal, code: str) -> None:
    """A witness is served the defect and ends with the defect's verdict, never green."""
    allowed = {DEFECTS[code].verdict} | ({"inconclusive"} if code in DOUBTFUL else set())
    met = {
        test: verdict
        for test, verdict in faulty.verdicts.items()
        if test in faulty.served.get(code, ())
    }

    assert met, faulty.text
    assert set(met.values()) <= allowed
