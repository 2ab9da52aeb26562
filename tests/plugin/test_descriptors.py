"""What a process and its children write below Python, past pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes below Python need POSIX")

PROGRAM = """
    import os, subprocess, sys
    from redhanded.core.redaction import Redactor
    from redhanded.plugin.descriptors import Descriptors
    from redhanded.plugin.streams import Door

    secret = "q7Rk2v" + "Xw9LmT4bZs"
    door = Door()
    door.hang()
    door.gate = Redactor()
    door.gate.register(secret, name="TOKEN")
    descriptors = Descriptors(door)
    descriptors.lay()
    print("python", secret, flush=True)
    os.write(1, f"low {secret}\\n".encode())
    subprocess.run([sys.executable, "-c", "import sys; print('child', sys.argv[1])", secret])
    os.write(2, f"err {secret[:8]}".encode())
    os.write(2, f"{secret[8:]}\\n".encode())
    subprocess.run([sys.executable, "-c", "print('x' * 300000)"])
    sys.stderr.fileno(), sys.stdout.fileno()
    descriptors.lift()
    print("after", secret)
    door.unhang()
    os.write(1, b"end\\n")
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """What the program above shows."""
    file: Path = tmp_path_factory.mktemp("program") / "program.py"
    file.write_text(dedent(PROGRAM))
    ran = subprocess.run([sys.executable, file], capture_output=True, text=True, check=True)
    return ran.stdout, ran.stderr


def test_whoever_writes_is_masked(told: tuple[str, str]) -> None:
    """Python, the descriptor itself, and a child that has inherited it."""
    mask = "masked_TOKEN_16chars"

    assert {f"python {mask}", f"low {mask}", f"child {mask}"} <= set(told[0].splitlines())
    assert told[1] == f"err {mask}\n"


def test_nothing_is_lost(told: tuple[str, str]) -> None:
    """More than a pipe holds comes through, and what comes later is in its place."""
    assert "x" * 300_000 in told[0]
    assert told[0].endswith("after masked_TOKEN_16chars\nend\n")
