"""The page of a very long run opens, is scrolled to its end, searched, and opens any test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.view import View, window
from tests.reports.html.sample import page, sample
from tests.reports.html.sample.stories import STORIES

TESTS = 20_000


class Long(NamedTuple):
    """The window, and the names of the tests behind it."""

    view: View
    tests: list[str]


@pytest.fixture(scope="module")
def long(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Long]:
    """A run of 20,000 tests, opened; its data is the sample's, which is made in no time."""
    path = tmp_path_factory.mktemp("long") / "report.html"
    index, chunks = sample(TESTS)
    path.write_text(page(index, chunks), encoding="utf-8")
    with window(browser) as context:
        view = View.on(context, path)
        yield Long(view, index["rows"]["test"])
    assert view.noted == []


def test_it_says_how_many_there_are_and_draws_few(long: Long) -> None:
    """Rows that nobody sees are not in the page."""
    long.view.go()

    assert long.view.text("#count") == "20,000 tests, the worst first"
    assert len(long.view.listed()) < 100


def test_the_last_of_all_rows_is_reached(long: Long) -> None:
    """INVARIANT: no test is out of reach of the list."""
    long.view.go()
    long.view.ask("(box => box.scrollTop = box.scrollHeight)(document.getElementById('list'))")
    last = long.view.of(f"#rows tr[aria-rowindex='{TESTS + 1}']")

    expect(last).to_be_visible()
    assert long.tests[-1] in str(last.text_content())
    last.locator("a").click()
    expect(long.view.of("#h-test")).to_contain_text(long.tests[-1])
    expect(long.view.of(".path")).to_contain_text("20,000 of 20,000")


def test_every_stretch_of_the_list_has_its_rows(long: Long) -> None:
    """Wherever it is scrolled to, what is in sight is what should stand there."""
    long.view.go()
    for share in (0.1, 0.37, 0.5, 0.999):
        long.view.ask(
            f"(box => box.scrollTop = {share} * box.scrollHeight)(document.getElementById('list'))"
        )
        number = round(share * TESTS)

        expect(long.view.of(f"#rows tr[aria-rowindex='{number}']")).to_be_visible()


def test_a_search_finds_one_of_them(long: Long) -> None:
    """The whole run is searched, whatever of it is in the page."""
    long.view.go()
    name = long.tests[-2]
    long.view.of("#f-q").fill(name)

    expect(long.view.of("#count")).to_have_text("1 of 20,000 tests")
    assert name in long.view.rows()[0][1]


def test_failures_come_first(long: Long) -> None:
    """Twelve failures among 20,000 tests are what is seen on the first look."""
    long.view.go()
    held = {"recovered", "redhanded.quarantine", "pytest.skip", "pytest.xfail"}
    failed = sum(kind not in held for kind, *_ in STORIES)

    assert "pass" not in [cells[0] for cells in long.view.rows()][:failed]
