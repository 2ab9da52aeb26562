"""The page is for every reader: by the rules of WCAG 2, level AA, in both themes, on any screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Told
from tests.browser.run import AWAY, CREATE, LOST
from tests.browser.view import View, window

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
SECTIONS = (
    *("summary", "failures", "tests", "endpoints", "latency", "health", "trends", "provenance"),
)
WIDTHS = (320, 1440)
SCREENS = [
    pytest.param((theme, width), id=f"{theme} {width} px")
    for theme in ("light", "dark")
    for width in WIDTHS
]


@pytest.fixture(scope="module", params=SCREENS)
def screen(request: pytest.FixtureRequest, browser: Browser, told: Told) -> Iterator[View]:
    """The report on a narrow and a wide screen, in light and dark, ready to be examined."""
    theme, width = cast("tuple[Literal['light', 'dark'], int]", request.param)
    size: Any = {"width": width, "height": 900}
    with window(browser, viewport=size, color_scheme=theme) as context:
        view = View.on(context, told.path)
        yield view
    assert view.noted == []


def breaches(view: View, within: str) -> list[str]:
    """What axe finds wrong with a part of the page, a line for each."""
    found = Axe().run(view.page, within, RULES).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:200]}"
        for one in found
        for node in one["nodes"][:3]
    ]


def overview(view: View) -> View:
    """The view, with no test open."""
    view.ask("location.hash = 'v='")
    expect(view.of("#overview")).to_be_visible()
    return view


def open_test(view: View, told: Told, test_id: str) -> View:
    """The view, with the test open and all its requests unfolded."""
    view.ask(f"location.hash = 't={told.row(test_id).id}'")
    expect(view.of("#h-test")).to_have_text(test_id)
    for toggle in view.of(".fall .toggle[aria-expanded=false]").all():
        toggle.click()
    return view


def test_overview_breaks_no_rule(screen: View) -> None:
    """Contrast, names, roles, order and structure of every section are as they must be."""
    assert breaches(overview(screen), "body") == []


@pytest.mark.parametrize(
    "test_id",
    [
        pytest.param(CREATE, id="broken contract"),
        pytest.param(LOST, id="lost attempt"),
        pytest.param(AWAY, id="rounds"),
    ],
)
def test_an_open_test_breaks_no_rule(screen: View, told: Told, test_id: str) -> None:
    """So are its steps, its waterfall, its bodies and its questions."""
    assert breaches(open_test(screen, told, test_id), "body") == []


def test_help_breaks_no_rule(screen: View) -> None:
    """A dialog has a name, and holds the focus."""
    overview(screen).of("#keys").click()

    assert breaches(screen, "#help") == []
    screen.press("Escape")


@pytest.mark.parametrize("test_id", ["", CREATE, LOST], ids=["overview", "contract", "lost"])
def test_no_screen_is_too_narrow(screen: View, told: Told, test_id: str) -> None:
    """The page never scrolls sideways; what is wider scrolls in a box of its own."""
    view = open_test(screen, told, test_id) if test_id else overview(screen)
    whole, inner = view.ask("[document.documentElement.scrollWidth, innerWidth]")

    assert whole <= inner


def test_controls_are_large_enough_for_a_finger(screen: View) -> None:
    """Buttons and fields are 24 px high at least (WCAG 2.2, 2.5.8)."""
    small = overview(screen).ask(
        "[...document.querySelectorAll('main button, header button, input, select')]"
        ".filter(one => one.checkVisibility() && !one.closest('p, li'))"
        ".map(one => [one.textContent, one.getBoundingClientRect()])"
        ".filter(([, box]) => box.height < 23.5 || box.width < 23.5)"
        ".map(([text, box]) => `${text} ${box.width} x ${box.height}`)"
    )

    assert small == []


def test_tables_name_their_columns_and_rows(screen: View) -> None:
    """Each table has a caption and heads with a scope, for who reads it cell by cell."""
    unnamed = overview(screen).ask(
        "[...document.querySelectorAll('table')].filter(one => !one.caption"
        " || !one.querySelector('th[scope=col]')).map(one => one.outerHTML.slice(0, 200))"
    )

    assert unnamed == []


def test_a_verdict_is_never_a_colour_alone(screen: View) -> None:
    """Beside each colour stand a sign and a word."""
    alone = overview(screen).ask(
        "[...document.querySelectorAll('.k')].filter(one => !one.textContent.trim()"
        " || !one.querySelector('svg')).map(one => one.outerHTML)"
    )

    assert alone == []
