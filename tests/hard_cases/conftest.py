"""What the hard cases share: servers, and what happens while a run waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from redhanded.lab.process import Running, running
from redhanded.lab.weather.process import Running as Proxy
from redhanded.lab.weather.process import blowing
from redhanded.session.session import Session
from tests.hard_cases.stage import Stage
from tests.plugin.suites import suite

__all__ = ["Meanwhile", "suite"]

Meanwhile = Callable[[Callable[[], None]], None]


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo API, for all hard cases."""
    with running(tmp_path_factory.mktemp("lab") / "lab.sqlite") as served:
        yield served


@pytest.fixture(scope="session")
def proxy(lab: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The weather before it, for all hard cases."""
    log = tmp_path_factory.mktemp("weather") / "calm.ndjson"
    with blowing(lab.url, {"rules": []}, log=log) as made:
        yield made


@pytest.fixture
def stage(
    lab: Running, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """Both without a fault, and the secrets with which a suite logs in."""
    monkeypatch.setenv("PASSWORD", "password123")
    monkeypatch.setenv("TRADER", "lab-trader-secret")
    folder = tmp_path / "stage"
    folder.mkdir()
    made = Stage(lab, proxy, folder)
    made.spoil()
    made.blow()
    yield made
    made.spoil()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Arranges what happens each time before a run in this process waits for the API."""
    wait = Session.await_round

    def arrange(happen: Callable[[], None]) -> None:
        def waited(session: Session, seconds: float) -> bool:
            happen()
            return wait(session, seconds)

        monkeypatch.setattr(Session, "await_round", waited)

    return arrange
