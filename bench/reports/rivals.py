"""The same tests with pytest-html and Allure, where they are installed: size and time to open."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from bench.figures import Figure
from bench.reports.browser import browsing, opened
from bench.server import serving

TESTS = 5_000
_SUITE = Path(__file__).with_name("suite")
_LISTED = "test_an_item_is_there"
_OURS = "redhanded"
_PYTEST_HTML = "pytest-html, self-contained"
_ALLURE = "Allure 3, one file"
_MISSING = "skipped: requirements/rivals.txt holds it"
_GENERATOR = ("--yes", "allure@3", "awesome", "--single-file", "--output")


def figures() -> Iterator[Figure]:
    """A line for each that is here; all show the exchanges of all tests as far as they can."""
    with tempfile.TemporaryDirectory() as name, serving() as url, browsing() as browser:
        for what, page in _pages(Path(name), url):
            title = f"{TESTS:,} tests of 4 exchanges, a run of {what}"
            if page is None:
                yield Figure(name=title, measured=_MISSING)
                continue
            size = f"{page.stat().st_size / 1e6:.1f} MB"
            if browser is None:
                yield Figure(name=title, measured=size)
                continue
            seen = opened(browser, page, listed=_LISTED)
            times = f"a test after {seen.listed:.2f} s, heap {seen.heap:.0f} MB"
            yield Figure(name=title, measured=f"{size}, {times}")


def _pages(folder: Path, url: str) -> Iterator[tuple[str, Path | None]]:
    ours = _project(folder / "ours", f'[tool.redhanded]\nbase_url = "{url}"\nfolder = "out"\n')
    _run(ours)
    yield _OURS, next(ours.glob("out/runs/*/report.html"))
    theirs = _project(folder / "theirs")
    fixture = f"\n\n@pytest.fixture(scope='session')\ndef base_address():\n    return {url!r}\n"
    conftest = (_SUITE / "evidence.py").read_text("utf-8") + fixture
    (theirs / "conftest.py").write_text(conftest, encoding="utf-8")
    yield _PYTEST_HTML, of_pytest_html(theirs)
    yield _ALLURE, of_allure(theirs)


def _project(folder: Path, table: str = "") -> Path:
    folder.mkdir()
    text = f'[tool.pytest]\nlog_level = "INFO"\n{table}'
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    shutil.copy(_SUITE / "test_items.py", folder)
    return folder


def _run(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"]
    environ = {**os.environ, "BENCH_TESTS": f"{TESTS}"}
    done = subprocess.run(
        [*command, "-p", "no:randomly", *arguments],
        cwd=folder, env=environ, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode != 1:  # some of the tests fail on purpose
        raise SystemExit(done.stdout.decode() + done.stderr.decode())


def of_pytest_html(folder: Path) -> Path | None:
    """The page of pytest-html; None where it is not installed."""
    if find_spec("pytest_html") is None:
        return None
    _run(folder, "-p", "no:redhanded", "--html=page.html", "--self-contained-html")
    return folder / "page.html"


def of_allure(folder: Path) -> Path | None:
    """The page of Allure, made by its own generator from npm; None where it is not to be had."""
    npx = shutil.which("npx")
    if find_spec("allure_pytest") is None or npx is None:
        return None
    _run(folder, "-p", "no:redhanded", "--alluredir=results")
    command = [npx, *_GENERATOR, "page", "results"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return folder / "page" / "index.html" if done.returncode == 0 else None
