"""What redhanded costs a whole pytest run, in wall time, beside the same run without it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_PLAIN = """
import httpx2
import pytest


@pytest.fixture(scope="session")
def pool():
    transport = httpx2.HTTPTransport()
    yield transport
    transport.close()


class Shared(httpx2.BaseTransport):
    def __init__(self, pool):
        self.handle_request = pool.handle_request


@pytest.fixture
def api(pool):
    with httpx2.Client(transport=Shared(pool), base_url="{url}") as client:
        yield client
"""
_TESTS = """
import pytest


@pytest.mark.parametrize("number", range({tests}))
def test_one_call(api, number):
    assert api.get("/item").status_code == 200
"""
_EMPTY = "def test_nothing():\n    assert True\n"
_OTHERS = (
    *("randomly", "asyncio", "anyio", "timeout", "xdist", "faker", "hypothesispytest", "cov"),
    "schemathesis",  # of the rivals, where they are installed
)


def _pytest(folder: Path, *arguments: str) -> float:
    """Wall seconds of one pytest run in that folder."""
    without = [word for name in _OTHERS for word in ("-p", f"no:{name}")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *without, *arguments]
    # Compiled modules are kept, as they are on a user's machine.
    unset = ("REDHANDED", "PYTHONDONTWRITEBYTECODE")
    environ = {key: value for key, value in os.environ.items() if not key.startswith(unset)}
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=False)
    spent = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(done.stdout.decode() + done.stderr.decode())
    return spent


def _project(folder: Path, name: str, tests: str, conftest: str = "", table: str = "") -> Path:
    project = folder / name
    project.mkdir()
    (project / "pyproject.toml").write_text(f"[tool.pytest]\n{table}", encoding="utf-8")
    (project / "test_it.py").write_text(tests, encoding="utf-8")
    (project / "conftest.py").write_text(conftest, encoding="utf-8")
    return project


def one_call_tests(url: str, *, rounds: int, tests: int) -> list[float]:
    """Wall of a run of one-call tests with redhanded, over pytest with a pooled httpx2 client."""
    with tempfile.TemporaryDirectory() as name:
        folder, source = Path(name), _TESTS.format(tests=tests)
        table = f'[tool.redhanded]\nbase_url = "{url}"\n'
        ours = _project(folder, "ours", source, table=table)
        plain = _project(folder, "plain", source, conftest=_PLAIN.replace("{url}", url))
        pairs = [(_pytest(ours), _pytest(plain, "-p", "no:redhanded")) for _ in range(rounds + 1)]
    return [mine / theirs for mine, theirs in pairs[1:]]


def unused_seconds(*, rounds: int) -> list[float]:
    """Wall seconds that an installed, unused plugin adds to a pytest run."""
    with tempfile.TemporaryDirectory() as name:
        project = _project(Path(name), "empty", _EMPTY)
        pairs = [
            (_pytest(project), _pytest(project, "-p", "no:redhanded")) for _ in range(rounds + 1)
        ]
    return [with_us - without for with_us, without in pairs[1:]]


def history_seconds(url: str, *, rounds: int, tests: int) -> list[float]:
    """Wall seconds that history adds to a run of one-call tests in the loop of its author."""
    without = "--rh-set=history.enabled=false"
    with tempfile.TemporaryDirectory() as name:
        table = f'[tool.redhanded]\nbase_url = "{url}"\n'
        project = _project(Path(name), "ours", _TESTS.format(tests=tests), table=table)
        pairs = [(_pytest(project), _pytest(project, without)) for _ in range(rounds + 1)]
    return [remembered - forgotten for remembered, forgotten in pairs[1:]]


def contract_seconds(
    url: str, document: bytes, *, rounds: int, tests: int
) -> tuple[list[float], list[float]]:
    """CPU seconds of runs of one-call tests held against a document, and of such runs without."""
    with tempfile.TemporaryDirectory() as name:
        folder, source = Path(name), _TESTS.format(tests=tests)
        table = f'[tool.redhanded]\nbase_url = "{url}"\n'
        free = _project(folder, "free", source, table=table)
        held = _project(folder, "held", source, table=f'{table}openapi = "openapi.json"\n')
        (held / "openapi.json").write_bytes(document)
        pairs = [(_pytest_cpu(held), _pytest_cpu(free)) for _ in range(rounds + 1)]
    return [checked for checked, _ in pairs[1:]], [unchecked for _, unchecked in pairs[1:]]


def _pytest_cpu(folder: Path) -> float:
    """CPU seconds of one pytest run in that folder; on Windows, which does not tell, its wall."""
    before = os.times()
    wall = _pytest(folder)
    after = os.times()
    user, system = before.children_user, before.children_system
    return (after.children_user - user) + (after.children_system - system) or wall
