"""What the tests of the command line share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from click.testing import CliRunner, Result

from redhanded.cli import group, init_questions

_TELLING = ("REDHANDED_", "NO_COLOR", "FORCE_COLOR", "TERM")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Run(Protocol):
    """Calls redhanded in the test's own folder."""

    def __call__(self, *arguments: str, **environ: str) -> Result:
        """What came of it; an error that is no sentence fails the test."""
        ...


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: empty, in an environment that says nothing to redhanded."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(_TELLING) or name.lower() in _PROXIES:
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Calls redhanded with these arguments and variables."""

    def call(*arguments: str, **environ: str) -> Result:
        runner = CliRunner(catch_exceptions=False)
        return runner.invoke(group, arguments, prog_name="redhanded", env=environ)

    return call


@pytest.fixture
def hotel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder that has a good name, on a machine without uv."""
    made = folder / "hotel"
    made.mkdir()
    monkeypatch.chdir(made)
    monkeypatch.setattr("shutil.which", lambda _: None)
    return made


@pytest.fixture
def ask(hotel: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Calls init as on a terminal, with these lines typed."""
    monkeypatch.setattr(init_questions, "is_terminal", lambda: True)

    def call(typed: str, *arguments: str) -> Result:
        runner = CliRunner(catch_exceptions=False)
        return runner.invoke(group, ["init", *arguments], input=typed, prog_name="redhanded")

    return call
