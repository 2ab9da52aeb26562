"""Suites as strings, run by a real pytest against a scripted server."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from redhanded.reports.spool import read_spool
from tests.servers.raw.server import RawServer

Serve = Callable[..., RawServer]


@dataclass(frozen=True)
class Ran:
    """What a run of a small suite left: pytest's own result, and the evidence."""

    result: pytest.RunResult
    folder: Path

    @property
    def text(self) -> str:
        """Everything that the terminal showed."""
        return self.result.stdout.str() + self.result.stderr.str()

    @property
    def events(self) -> list[dict[str, object]]:
        """The events of all workers."""
        return [event for path in self._of("spool", "*.ndjson") for event in read_spool(path)]

    @property
    def log(self) -> list[dict[str, object]]:
        """The lines of all workers' logs."""
        files = self._of("logs", "*.jsonl")
        return [json.loads(line) for path in files for line in path.read_text().splitlines()]

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each test, by its function's name."""
        return {
            str(event["test_id"]).rpartition("::")[2]: str(event["verdict"])
            for event in self.events
            if event["event"] == "test_ended"
        }

    def _of(self, kind: str, pattern: str) -> list[Path]:
        return sorted(self.folder.glob(f".redhanded/runs/*/{kind}/{pattern}"))


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs a suite: its source, then pytest's arguments; `base_url` is the API under test."""
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)

    def run(source: str, *arguments: str, base_url: str | None = None, toml: str = "") -> Ran:
        pytester.makepyfile(test_suite=source)
        head = "[tool.pytest]\nfilterwarnings = ['error']\nstrict = true\n"
        url = f'base_url = "{base_url}"\n' if base_url else ""
        table = f"[tool.redhanded]\n{url}{toml}" if url or toml else ""
        pytester.makepyprojecttoml(head + table)
        result = pytester.runpytest_inprocess("-p", "no:randomly", *arguments)
        return Ran(result, pytester.path)

    return run
