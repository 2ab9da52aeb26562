"""The gate runs every check that the project has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GATE = ROOT / ".ci" / "run"
# By hand: the long forms of parts of the gate, and what writes files.
ELSEWHERE = {"bench", "lock", "tutorial"}
BASH = shutil.which("bash") if os.name == "posix" else None
# Stands for the interpreter: notes what is asked of it, and fails where it is told to.
PYTHON = """#!/bin/sh
[ "$1" = -c ] && exit 0
mkdir -p .redhanded && echo 1 >.redhanded/a.ndjson
for name; do :; done
echo "$name" >>called
[ "$name" = "$FAILS" ] && exit 3
[ "$name" = nox ] && echo "=== 7 passed in 1 s ==="
exit 0
"""


def by_default() -> list[str]:
    """What the README's first command runs."""
    text = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    [listed] = re.findall(r"^nox\.options\.sessions = \[(.*)\]", text, re.MULTILINE)
    return re.findall(r'"(\w+)"', listed)


def sessions() -> set[str]:
    """The names of all that nox can run."""
    text = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    return set(re.findall(r"^def (\w+)\(session: nox\.Session\)", text, re.MULTILINE))


def test_every_session_is_run_once() -> None:
    """INVARIANT: a check that is added to nox is one of the gate, too."""
    commands = re.findall(
        r"bootstrap\.py nox(?: -s (\w+))?(?: [12&>]|$)", commanded(), re.MULTILINE
    )

    assert sorted([*filter(None, commands), *by_default()]) == sorted(sessions() - ELSEWHERE)
    assert commands.count("") == 1, "the README's first command"


@pytest.mark.parametrize("server", ["postgresql", "redis", "chromium"])
def test_what_tests_can_do_without_the_gate_needs(server: str) -> None:
    """INVARIANT: no test that is skipped elsewhere is skipped in the gate."""
    assert re.search(rf"^need [\w-]+ {server}$", commanded(), re.MULTILINE)


@pytest.fixture
def gate(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the gate in a folder of its own, where nothing that it calls is what it seems."""
    if BASH is None or shutil.which("timeout") is None:
        pytest.skip("there is no bash here, or no timeout")
    folder = tmp_path / ".ci"
    folder.mkdir()
    shutil.copy(GATE, folder)
    for name, text in (("python", PYTHON), ("apt-get", "#!/bin/sh\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        given = {**os.environ, "PYTHON": str(tmp_path / "python"), **variables}
        given["PATH"] = f"{tmp_path}{os.pathsep}{given['PATH']}"
        command = [str(BASH), str(folder / "run")]
        return subprocess.run(command, env=given, capture_output=True, text=True, check=False)

    return run


def test_a_green_gate_has_run_everything(
    gate: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """It ends with the counts of the tests, whatever was measured after them."""
    done = gate()
    called = (tmp_path / "called").read_text().split()

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "=== 7 passed in 1 s ==="
    assert called[0] == "nox"
    assert {*called[1:]} == (sessions() - ELSEWHERE - {*by_default()}) | {"demo"}


@pytest.mark.parametrize("name", ["nox", "truth", "history", "secrets", "demo"])
def test_one_red_check_is_a_red_gate(
    gate: Callable[..., subprocess.CompletedProcess[str]], name: str
) -> None:
    """INVARIANT: wherever it is run, a check that fails ends the gate, which says which it was."""
    done = gate(FAILS=name)

    assert done.returncode == 3
    assert re.search(rf"CI failed while .*\b{name}\b.* \(exit code 3\)", done.stderr)


def commanded() -> str:
    """What the gate runs, without what it says of it."""
    lines = GATE.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith(("step=", "#")))
