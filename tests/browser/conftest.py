"""One browser for all tests of this folder, and the reports that they look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest
from playwright.sync_api import Browser

from redhanded.reports.dossier.case import Row
from redhanded.reports.dossier.reading import Spooled
from redhanded.reports.html import report
from tests.browser import chromium
from tests.browser.run import supplement, tell
from tests.browser.view import View, window
from tests.servers.fixtures import or_fail, or_skip

HERE = Path(__file__).parent


class Told(NamedTuple):
    """A report, and the record of the run that it is of."""

    path: Path
    dossier: Spooled

    def row(self, test_id: str) -> Row:
        """The row of a test."""
        return next(row for row in self.dossier.rows if row.test_id == test_id)


class Opens(Protocol):
    """Opens the report in a window that is closed, and held to what it noted, after the test."""

    def __call__(self, fragment: str = "", **options: Any) -> View:  # noqa: ANN401
        """The window, with Playwright's options of a context."""
        ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the tests of the browser first and together, so that one worker has them all.

    Each worker that had some of them would start a browser of its own.
    """
    items.sort(key=lambda item: HERE not in item.path.parents)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser for the tests of this folder, which ends with the last of them.

    Without one on this machine the test is skipped, or fails where TESTS_NEED names it.
    """
    or_skip("chromium", chromium.program)
    with or_fail(chromium.browsing) as started:
        yield started


@pytest.fixture(scope="package")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The report of a run with something of everything."""
    folder = tmp_path_factory.mktemp("told")
    dossier = tell(folder / "run")
    report.write(dossier, folder / "report.html", supplement())
    return Told(folder / "report.html", dossier)


@pytest.fixture
def opens(browser: Browser, told: Told) -> Iterator[Opens]:
    """Opens the report in windows of the test's own; none of them may have noted anything."""
    views: list[View] = []
    with ExitStack() as stack:

        def open_(fragment: str = "", **options: Any) -> View:  # noqa: ANN401
            context = stack.enter_context(window(browser, **options))
            views.append(View.on(context, told.path, fragment))
            return views[-1]

        yield open_
    assert [noted for view in views for noted in view.noted] == []


@pytest.fixture(scope="package")
def reader(browser: Browser, told: Told) -> Iterator[View]:
    """One window for all tests that change nothing of the window itself."""
    with window(browser) as context:
        yield View.on(context, told.path)


@pytest.fixture
def seen(reader: View, told: Told) -> Iterator[View]:
    """The report, opened anew; it may not have noted anything by the end of the test."""
    reader.noted.clear()
    reader.show(told.path)
    yield reader
    assert reader.noted == []


@pytest.fixture(scope="module")
def shown(browser: Browser, told: Told) -> Iterator[View]:
    """The report as it is when it is opened, for tests that only look."""
    with window(browser) as context:
        view = View.on(context, told.path)
        yield view
    assert view.noted == []
