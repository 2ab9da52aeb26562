"""The browser comes, or it is said what is missing; and it is one for all tests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.browser import chromium, conftest
from tests.servers.processes import ServerNotInstalled, ServerNotStarted


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any browser: the folder that its PATH leads to."""
    monkeypatch.delenv(chromium.NAMED, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("nowhere")
def test_a_machine_without_a_browser_is_told_what_to_install() -> None:
    """The sentence names where it was looked for, and what to install."""
    with pytest.raises(ServerNotInstalled, match="on the PATH: install one, such as Debian's"):
        chromium.program()


def test_the_browser_that_is_named_is_taken(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has several says which."""
    monkeypatch.setenv(chromium.NAMED, str(nowhere / "mine"))

    assert chromium.program() == str(nowhere / "mine")


@pytest.mark.parametrize(
    "needed, outcome",
    [
        pytest.param("", {"skipped": 1}, id="nothing is said"),
        pytest.param("redis", {"skipped": 1}, id="something else is needed"),
        pytest.param("redis chromium", {"errors": 1}, id="it is needed"),
    ],
)
@pytest.mark.usefixtures("nowhere")
def test_what_is_needed_is_not_skipped(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    needed: str,
    outcome: dict[str, int],
) -> None:
    """INVARIANT: where TESTS_NEED names the browser, its absence is an error."""
    monkeypatch.setenv("TESTS_NEED", needed)
    pytester.makeconftest("from tests.browser.conftest import browser")
    pytester.makepyfile("def test_it(browser): pass")

    result = pytester.runpytest_inprocess("-rs", "-p", "no:asyncio")

    result.assert_outcomes(**outcome)
    result.stdout.fnmatch_lines(["*no Chromium (chromium, *) is on the PATH*"])


def start() -> None:
    """Start the browser, and end it at once."""
    with chromium.browsing():
        pass


def test_a_browser_that_does_not_start_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The sentence names the program, and no test is run without it."""
    monkeypatch.setenv(chromium.NAMED, str(tmp_path / "none"))

    # A thread of its own: where a browser of other tests runs, this one has its loop.
    with ThreadPoolExecutor(1) as thread, pytest.raises(ServerNotStarted, match="none does not s"):
        thread.submit(start).result()


def test_tests_of_the_browser_come_first_and_together() -> None:
    """One worker has them all, whatever order chance has made."""
    other, own, too = (
        cast("pytest.Item", SimpleNamespace(path=Path(name)))
        for name in ("tests/test_it.py", conftest.HERE / "test_a.py", conftest.HERE / "test_b.py")
    )
    items = [other, too, other, own]

    conftest.pytest_collection_modifyitems(items)

    assert items == [too, own, other, other]
