"""Folders and checkouts as people have them: spaces, umlauts, emoji, long names, line ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from redhanded.lab.process import running
from tests.lean import LEAN
from tests.portability.children import python

TEST = """from redhanded import expect


def test_health(api):
    expect(api.get("/health"), 200)
"""
FOLDERS = {
    "words": "Prüfungen für Zoë (2)",
    "signs": "🦊 100% of $HOME & more",
    "long": "/".join(["a" * 60] * 4),
}
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the demo API answers."""
    with running(tmp_path_factory.mktemp("api") / "demo.sqlite") as demo:
        yield demo.url


def project(folder: Path, url: str, *, ends: str = "\n") -> Path:
    """A project with one green test, its lines ending like that."""
    folder.mkdir(parents=True)
    table = f'[tool.pytest]\nminversion = "9.0"\n[tool.redhanded]\nbase_url = "{url}"\n'
    (folder / "pyproject.toml").write_bytes(table.replace("\n", ends).encode())
    (folder / "test_health.py").write_bytes(TEST.replace("\n", ends).encode())
    (folder / ".env").write_bytes(f"NAME=värde{ends}REDHANDED_HEALTH=/health{ends}".encode())
    return folder


@pytest.mark.parametrize("name", FOLDERS)
def test_a_project_may_stand_in_any_folder(tmp_path: Path, api: str, name: str) -> None:
    """A run there is green, leaves its page, and is found again by a command."""
    folder = project(tmp_path / FOLDERS[name], api)

    done = python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *LEAN)
    told = python(folder, "-m", "redhanded.cli", "report", "--as", "junit=out/ünit.xml")

    assert done.returncode == 0, done.stdout
    assert list(folder.glob(".redhanded/runs/*/report.html"))
    assert told.returncode == 0, told.stdout
    assert (folder / "out" / "ünit.xml").exists()


@pytest.mark.parametrize("ends", ["\r\n", "\n"], ids=["windows", "posix"])
def test_a_checkout_may_have_other_line_ends(tmp_path: Path, api: str, ends: str) -> None:
    """Settings, `.env` and tests are read alike whatever ends their lines."""
    folder = project(tmp_path / "checkout", api, ends=ends)

    shown = python(folder, "-m", "redhanded.cli", "config", "show")
    done = python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *LEAN)

    assert "/health" in shown.stdout
    assert "\\r" not in shown.stdout
    assert done.returncode == 0, done.stdout
