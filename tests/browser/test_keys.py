"""The page by keys alone, its colours, its paper, and what it does without its script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from redhanded.reports.html.failures import failures
from tests.browser.conftest import Opens, Told
from tests.browser.run import CREATE, SENTENCE, TOTALS
from tests.browser.view import View, window

STOPS = 400
NO_STORAGE = """
Object.defineProperty(window, 'localStorage', {
    get() { throw new DOMException('blocked', 'SecurityError'); },
});
"""
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def here(view: View) -> int:
    """The number of the row that has the focus, from 0."""
    return int(view.ask("document.activeElement.closest('tr').getAttribute('aria-rowindex')")) - 2


def test_j_and_k_walk_through_the_list(seen: View) -> None:
    """They start at the top, and stop at both ends."""
    seen.press("j")
    assert here(seen) == 0
    seen.press("j", "j", "k")
    assert here(seen) == 1
    seen.press("k", "k", "k")
    assert here(seen) == 0


def test_j_goes_on_where_rows_are_not_drawn_yet(seen: View, told: Told) -> None:
    """Rows that the list scrolls to take the focus as those in sight do."""
    most = len(told.dossier.rows)
    seen.press(*["j"] * (most + 2))

    assert here(seen) == most - 1


def test_f_goes_from_failure_to_failure_and_round(seen: View, told: Told) -> None:
    """What is not red is passed over; after the last one comes the first."""
    seen.go("s=test")
    red = {row.id for row in told.dossier.rows if row.kind in {"defect", "drift", "slow"}}
    red |= {row.id for row in told.dossier.rows if row.kind == "test_bug"}
    met = []
    for _ in range(len(red) + 1):
        seen.press("f")
        met.append(seen.ask("document.activeElement.closest('tr').dataset.test"))

    assert {*met} == red
    assert met[-1] == met[0]


def test_enter_opens_the_row_and_escape_comes_back_to_it(seen: View) -> None:
    """The focus is where the reader left, in the overview as in the test."""
    seen.press("j", "j")
    number = here(seen)
    seen.press("Enter")
    expect(seen.of("#h-test")).to_be_focused()
    assert seen.fragment.startswith("t=")
    assert seen.of("#overview").is_hidden()

    seen.press("Escape")
    expect(seen.of("#overview")).to_be_visible()
    expect(seen.of("#test")).to_be_hidden()
    assert here(seen) == number


def test_keys_lead_from_one_open_test_to_the_next(seen: View) -> None:
    """In an open test j and k turn pages, and f turns to the next failure."""
    seen.press("j", "j", "Enter")
    expect(seen.of("#h-test")).to_be_focused()
    names = [seen.text("#h-test")]
    for key in ("j", "k", "f"):
        seen.press(key)
        expect(seen.of("#h-test")).not_to_have_text(names[-1])
        names.append(seen.text("#h-test"))

    assert names[0] == names[2] != names[1]


def test_slash_searches_and_typing_is_no_command(seen: View) -> None:
    """What is typed into a field goes there; Escape leaves it."""
    seen.press("/")
    assert seen.focused == "f-q"
    seen.page.keyboard.type("jkf/?c")

    assert seen.of("#f-q").input_value() == "jkf/?c"
    seen.press("Escape")
    assert seen.focused != "f-q"


def test_slash_leaves_an_open_test(seen: View) -> None:
    """The list is where one searches."""
    seen.press("j", "Enter")
    expect(seen.of("#h-test")).to_be_focused()
    seen.press("/")

    assert seen.focused == "f-q"
    assert "t=" not in seen.fragment


@pytest.mark.parametrize("way", ["?", "click"])
def test_help_tells_every_key_and_is_closed_by_one(seen: View, way: str) -> None:
    """It is a dialog of the browser's own: what lies behind is out of reach meanwhile."""
    seen.press(way) if way == "?" else seen.of("#keys").click()
    assert seen.of("#help").is_visible()
    told = "".join(seen.texts("#help kbd"))
    assert told == "/jkfEnterEscapec?"

    seen.press("j")
    assert seen.of("#rows tr.here").count() == 0
    seen.press("Escape")
    assert seen.of("#help").is_hidden()


def test_c_copies_the_request_that_is_open(opens: Opens, told: Told) -> None:
    """What it copies is said to who cannot see it."""
    view = opens(f"t={told.row(CREATE).id}", permissions=["clipboard-read", "clipboard-write"])
    expect(view.of("#h-test")).to_be_focused()
    view.press("c")
    expect(view.of("#status")).to_have_text("curl copied")

    assert view.ask("navigator.clipboard.readText()").startswith("curl --max-time 30 ")


def test_c_says_what_is_missing_where_nothing_is_open(seen: View) -> None:
    """A key that did nothing would leave its reader in doubt."""
    seen.press("c")

    expect(seen.of("#status")).to_have_text("open a request first")


def test_every_control_is_reached_by_tab_and_shows_it(seen: View) -> None:
    """INVARIANT: what can be clicked has a place on the way of the Tab key, and a ring there."""
    seen.ask(
        "[...document.querySelectorAll('a[href], button, select, input')]"
        ".filter(one => one.checkVisibility()).forEach((one, n) => one.dataset.stop = n)"
    )
    wanted = int(seen.ask("document.querySelectorAll('[data-stop]').length"))
    found = set()
    for _ in range(STOPS):
        seen.press("Tab")
        stop, ring = seen.ask(
            "(on => [on.dataset.stop, getComputedStyle(on).outlineStyle])(document.activeElement)"
        )
        if stop is not None:
            assert ring != "none", seen.focused
            found.add(int(stop))
        if len(found) == wanted:
            break

    assert found == {*range(wanted)}


def test_first_stop_leads_past_the_head(seen: View) -> None:
    """Who reads by keys need not pass the sections again and again."""
    seen.press("Tab")
    assert seen.focused == "Skip to the report"
    seen.press("Enter")

    expect(seen.of("#h-summary")).to_be_focused()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_colours_follow_the_system_until_the_reader_turns_them(
    opens: Opens, system: Literal["light", "dark"]
) -> None:
    """The button goes from the system's to light to dark and round, and is remembered."""
    view = opens(color_scheme=system)
    seen = [view.ask(BACKGROUND)]
    for wanted in ("light", "dark"):
        view.of("#theme").click()
        assert view.of("#theme").get_attribute("aria-label") == f"Colours: {wanted}"
        seen.append(view.ask(BACKGROUND))

    assert seen[0] == seen[1 if system == "light" else 2]
    assert seen[1] != seen[2]
    view.go()
    assert view.ask(BACKGROUND) == seen[2]
    view.of("#theme").click()
    assert view.ask(BACKGROUND) == seen[0]


def test_page_needs_no_storage(browser: Browser, told: Told) -> None:
    """A browser that forbids to remember shows the page all the same."""
    with window(browser) as context:
        context.add_init_script(NO_STORAGE)
        view = View.on(context, told.path)
        before = view.ask(BACKGROUND)
        view.press("Tab")
        for _ in range(2):
            view.of("#theme").click()

        assert view.ask(BACKGROUND) != before
        assert view.text("#h-summary") == SENTENCE
        assert view.noted == []


def test_calm_readers_see_nothing_move(opens: Opens) -> None:
    """What moves elsewhere stands still for who asked the system for that."""
    moving = (
        "[...document.querySelectorAll('*')].filter(one => {"
        "const s = getComputedStyle(one);"
        "return parseFloat(s.transitionDuration) > 0.01 || parseFloat(s.animationDuration) > 0.01"
        " || s.scrollBehavior === 'smooth' }).length"
    )

    assert opens(reduced_motion="reduce").ask(moving) == 0


def test_paper_has_all_tests_and_none_of_the_tools(opens: Opens, told: Told) -> None:
    """Print is light, shows each row, and leaves out what only a screen can use."""
    seen = opens()
    seen.page.emulate_media(media="print", color_scheme="dark")
    seen.ask("window.dispatchEvent(new Event('beforeprint'))")

    assert {*seen.listed()} == {row.id for row in told.dossier.rows}
    assert seen.of(".tools").is_hidden()
    assert seen.of("#f-q").is_hidden()
    assert seen.ask(BACKGROUND) in {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    last = seen.of("#rows tbody tr[data-test]").last
    assert seen.ask("document.documentElement.scrollHeight") > 30 * len(told.dossier.rows)
    assert last.is_visible()

    seen.page.emulate_media(media="screen")
    seen.ask("window.dispatchEvent(new Event('afterprint'))")
    assert len(seen.listed()) < len(told.dossier.rows)


def test_without_script_the_page_is_the_list_of_failures(browser: Browser, told: Told) -> None:
    """In a mail's preview each failure stands with its verdict, reason and test."""
    with window(browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(told.path.as_uri())
        items = page.locator("noscript li").all_text_contents()
        text = page.locator("noscript").inner_text()

    wanted = failures(told.dossier.head, told.dossier.rows).count("<li>")
    assert len(items) == wanted
    assert SENTENCE in text
    assert sum("test_total" in item for item in items) == TOTALS
    assert any(CREATE in item and "DRIFT" in item for item in items)


@pytest.mark.parametrize(
    "damage, told_of",
    [
        pytest.param(lambda text: text[: text.index("rh-index") + 400], None, id="cut in its data"),
        pytest.param(lambda text: text.replace("H4sI", "H4sX", 1), "damaged", id="data changed"),
        pytest.param(
            lambda text: text[: text.rindex("rh-chunk-") + 60], "damaged", id="cut in its details"
        ),
    ],
)
def test_a_file_that_is_not_whole_says_so(
    browser: Browser,
    told: Told,
    damage: Callable[[str], str],
    told_of: str | None,
) -> None:
    """INVARIANT: nobody takes a part of a report for the whole of it."""
    path = told.path.with_name("damaged.html")
    path.write_text(damage(told.path.read_text("utf-8")), encoding="utf-8")
    with window(browser) as context:
        page = context.new_page()
        page.goto(f"{path.as_uri()}#t={told.row(CREATE).id}")
        words = "If this sentence stays" if told_of is None else told_of

        expect(page.locator("main")).to_contain_text(words)
