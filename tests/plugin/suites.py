"""Suites as strings, run by a real pytest against a scripted server."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any, Protocol

import pytest

import redhanded
from redhanded.plugin.signals import NAMES
from redhanded.reports.spool import read_spool
from tests.lean import LEAN
from tests.servers.fixtures import StartRaw as Serve

__all__ = ["LEAN", "Ran", "Serve", "Suite", "measured", "suite"]

HEAD = """\
[tool.pytest]
filterwarnings = ["error"]
strict = true
asyncio_default_fixture_loop_scope = "function"
"""
_OUR_FRAMES = re.compile(r"redhanded[/\\]\w+[/\\]\w+\.py")

# A run inside of this process forgets the modules that it imported, but not what others hold of
# them: what is imported by then stays.
# What redhanded imports when it needs it stays as well.
for _lazy in ("dirty_equals", "dotenv"):
    importlib.import_module(_lazy)
_APART = ("redhanded.lab", "redhanded.cli", "redhanded.history.migrations")  # the last: Alembic's
for _module in pkgutil.walk_packages(redhanded.__path__, "redhanded."):
    if not _module.name.startswith(_APART):
        importlib.import_module(_module.name)


@dataclass(frozen=True)
class Ran:
    """What a run of a small suite left: pytest's own result, and the evidence."""

    result: pytest.RunResult
    folder: Path

    @property
    def ret(self) -> int:
        """The exit code."""
        return int(self.result.ret)

    @property
    def text(self) -> str:
        """Everything that the terminal showed."""
        return self.result.stdout.str() + "\n" + self.result.stderr.str()

    @property
    def shows_our_frames(self) -> bool:
        """Whether a traceback leads into redhanded, or something went wrong inside of pytest."""
        return bool(_OUR_FRAMES.search(self.text)) or "INTERNALERROR" in self.text

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of all workers."""
        return [event for path in self.files("spool", "*.ndjson") for event in read_spool(path)]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of one kind."""
        return [event for event in self.events if event["event"] == kind]

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of all workers' logs."""
        files = self.files("logs", "*.jsonl")
        return [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]

    @property
    def verdicts(self) -> dict[str, str | None]:
        """The verdict of each test, by its function's name."""
        ended = self.of("test_ended")
        return {event["test_id"].rpartition("::")[2]: event["verdict"] for event in ended}

    @property
    def codes(self) -> dict[str, list[str]]:
        """The causes of each test, by its function's name."""
        return {
            event["test_id"].rpartition("::")[2]: [found["code"] for found in event["findings"]]
            for event in self.of("test_ended")
        }

    @property
    def paths(self) -> list[str]:
        """The path of each attempt in the evidence, in the order in which they were sent."""
        urls = [event["exchange"]["url"] for event in self.of("attempt_ended")]
        return ["/" + url.split("/", 3)[-1] for url in urls]

    @property
    def section(self) -> list[str]:
        """The lines of the last section `redhanded`, without its title."""
        whole = self.result.stdout.str().rpartition("= redhanded =")[2]
        lines = whole.splitlines()[1:]
        ends = [number for number, line in enumerate(lines) if line.startswith("===")]
        return lines[: ends[0]] if ends else lines

    def files(self, kind: str, pattern: str) -> list[Path]:
        """What the run left of one kind, wherever its folder is below the suite's."""
        return sorted(self.folder.glob(f".redhanded/runs/*/{kind}/{pattern}"))


class Suite(Protocol):
    """Runs a suite: its source, then pytest's arguments."""

    def __call__(
        self,
        source: str,
        *arguments: str,
        base_url: str | None = None,
        toml: str = "",
        head: str = HEAD,
        apart: bool = False,
    ) -> Ran:
        """What came of it; `apart` runs it in a process of its own."""
        ...


@contextmanager
def heard() -> Iterator[None]:
    """While the block runs, neither this process ignores signals nor one that it starts.

    What is ignored is handed down from process to process: SIGHUP by nohup, SIGINT by a shell
    that starts something in the background.
    """
    usual = {
        getattr(signal, name): signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
        for name in (*NAMES, "SIGINT")
        if hasattr(signal, name)
    }
    ignored = [one for one in usual if signal.getsignal(one) is signal.SIG_IGN]
    for one in ignored:
        signal.signal(one, usual[one])
    yield
    for one in ignored:
        signal.signal(one, signal.SIG_IGN)


@pytest.fixture
def measured() -> None:
    """Whoever asks for this has the coverage of the processes measured that its suites start.

    It costs them a third of their time, and nearly all that they run is run inside of this one
    as well: only tests that are about processes need it.
    """


@pytest.fixture
def suite(
    request: pytest.FixtureRequest, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Suite]:
    """Runs a suite against the API at `base_url`, in an environment that says nothing of itself."""
    if "measured" not in request.fixturenames:
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    for name in ("CI", "BUILD_NUMBER", "NO_COLOR", "FORCE_COLOR", "PY_COLORS", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def run(
        source: str,
        *arguments: str,
        base_url: str | None = None,
        toml: str = "",
        head: str = HEAD,
        apart: bool = False,
    ) -> Ran:
        (pytester.path / "test_suite.py").write_text(dedent(source), "utf-8")
        url = f'base_url = "{base_url}"\n' if base_url else ""
        patience = "" if "requeue" in toml else "requeue = { seconds = 0 }\n"
        table = f"[tool.redhanded]\n{url}{patience}{toml}" if url or toml else ""
        (pytester.path / "pyproject.toml").write_text(head + table, "utf-8")
        start = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        return Ran(start(*LEAN, *arguments), pytester.path)

    with heard():
        yield run
