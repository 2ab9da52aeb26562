"""The list of tests is filtered, searched, sorted and walked through, and its address says how."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from redhanded.reports.dossier.case import Row
from tests.browser.conftest import Opens, Told
from tests.browser.run import CREATE, LOST, TOTALS
from tests.browser.view import View

COLUMNS = {
    "kind": (0, "v=&s=kind"),
    "test": (1, "s=test"),
    "route": (2, "s=route"),
    "attempts": (3, "s=attempts"),
    "took": (4, "s=took"),
    "worker": (5, "s=worker"),
}


def count(view: View) -> int:
    """How many tests the list says it shows."""
    return int(view.text("#count").split()[0])


def test_each_count_of_the_banner_filters_the_list(seen: View, told: Told) -> None:
    """A count is a link to the tests that it counts."""
    for kind, wanted in told.dossier.head.counts.items():
        if wanted:
            seen.of(f"#counts a[data-kind='{kind}']").click()
            beside = sum(row.is_beside and row.kind == kind for row in told.dossier.rows)

            expect(seen.of("#count")).to_contain_text(f"{wanted + beside} of ")
            assert seen.fragment == f"v={kind}"
            assert {cells[0] for cells in seen.rows()} == {seen.rows()[0][0]}
            assert seen.focused == "h-tests"


def test_chips_add_up_and_are_taken_back(seen: View, told: Told) -> None:
    """Verdicts are chosen one by one, pressed says which, and clear takes all of it back."""
    slow, drift = (seen.of(f"#f-kinds [data-kind={kind}]") for kind in ("slow", "drift"))

    slow.click()
    drift.click()
    assert (count(seen), seen.fragment) == (2, "v=slow,drift")
    assert [one.get_attribute("aria-pressed") for one in (slow, drift)] == ["true", "true"]
    slow.click()
    assert (count(seen), seen.fragment) == (1, "v=drift")
    seen.of("#f-clear").click()
    assert count(seen) == len(told.dossier.rows)
    assert seen.focused == "f-q"
    assert seen.of("#f-clear").is_hidden()


@pytest.mark.parametrize(
    "words, fits",
    [
        pytest.param("test_total", lambda row: "test_total" in row.test_id, id="name"),
        pytest.param("DELETE", lambda row: row.test_id == LOST, id="endpoint"),
        pytest.param("latency", lambda row: row.code == "latency", id="code"),
        pytest.param('"90.00"', lambda row: row.test_id == CREATE, id="message"),
        pytest.param("orders drift", lambda row: row.test_id == CREATE, id="two words"),
        pytest.param("no such thing", lambda _: False, id="nothing"),
    ],
)
def test_a_search_finds_what_is_said_of_a_test(
    seen: View, told: Told, words: str, fits: Callable[[Row], bool]
) -> None:
    """Names, endpoints, codes, verdicts and messages are searched, for all words at once."""
    seen.of("#f-q").fill(words)

    wanted = {row.id for row in told.dossier.rows if fits(row)}
    assert {*seen.listed()} == wanted
    assert count(seen) == len(wanted)
    if not wanted:
        assert "No test fits" in seen.text("#rows tbody")


def test_endpoint_and_worker_are_chosen_of_lists(seen: View, told: Told) -> None:
    """Both narrow what the other left."""
    seen.of("#f-w").select_option("gw0")
    workers = sum(row.worker == "gw0" for row in told.dossier.rows)
    assert count(seen) == workers
    seen.of("#f-e").select_option("POST /orders")

    assert [cells[1] for cells in seen.rows()] == [CREATE]
    assert seen.fragment == "e=POST+/orders&w=gw0"


def test_an_endpoint_of_the_map_leads_to_its_tests(seen: View) -> None:
    """The coverage map and the list are one click apart."""
    seen.of("#endpoints a").filter(has_text="POST /orders").click()

    expect(seen.of("#count")).to_contain_text("1 of ")
    assert [cells[1] for cells in seen.rows()] == [CREATE]


def test_a_group_leads_to_all_of_its_tests(seen: View) -> None:
    """What the group does not list itself, the list has."""
    group = seen.of("#failures .group").first
    group.get_by_text("show 2 of 2 more").click()
    assert group.locator("li").count() == TOTALS
    group.get_by_text(f"list all {TOTALS}").click()

    expect(seen.of("#count")).to_contain_text(f"{TOTALS} of ")
    assert "of one failure" in seen.text("#count")


@pytest.mark.parametrize("key", [pytest.param(key, id=key) for key in COLUMNS])
def test_a_column_sorts_up_then_down_then_not_at_all(seen: View, told: Told, key: str) -> None:
    """A click on the head orders the list by it, and the head says so."""
    head = seen.of(f"#rows th[data-sort={key}]")
    first = seen.listed()
    orders = []
    for wanted in ("ascending", "descending"):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == wanted
        orders.append([cells[COLUMNS[key][0]] for cells in seen.rows()])
    head.locator("button").click()

    assert head.get_attribute("aria-sort") == "none"
    assert seen.listed() == first
    if key == "took":
        by_id = {row.id: row for row in told.dossier.rows}
        seen.go("s=-took")
        times = [by_id[one].seconds for one in seen.listed()]
        assert times == sorted(times, reverse=True)
    elif key in {"test", "worker"}:
        assert orders[0][0] < orders[1][0]


@pytest.mark.parametrize(
    "fragment",
    [
        pytest.param("v=defect,drift", id="verdicts"),
        pytest.param("q=orders&s=-took", id="search and order"),
        pytest.param("e=GET+/orders/{id}&w=gw1", id="endpoint and worker"),
        pytest.param("q=many&v=pass&s=test", id="all at once"),
    ],
)
def test_a_link_opens_the_same_view_for_another_reader(
    seen: View, opens: Opens, fragment: str
) -> None:
    """INVARIANT: all that is chosen stands behind `#`."""
    whole = count(seen)
    seen.go(fragment)
    other = opens(seen.fragment)

    assert (seen.listed(), seen.text("#count")) == (other.listed(), other.text("#count"))
    assert count(seen) < whole
    for field in ("#f-q", "#f-e", "#f-w"):
        assert seen.of(field).input_value() == other.of(field).input_value()


@pytest.mark.parametrize(
    "fragment",
    [
        pytest.param("v=nonsense", id="no such verdict"),
        pytest.param("g=99", id="no such group"),
        pytest.param("s=-past", id="no such order"),
        pytest.param("e=GET /nowhere", id="no such endpoint"),
        pytest.param("%E0%A4%A", id="no address at all"),
        pytest.param("x=1&__proto__=2&q=%00", id="of somebody else"),
    ],
)
def test_a_link_that_nobody_made_breaks_nothing(seen: View, fragment: str) -> None:
    """A seen of nothing is a seen, from which `clear` leads back."""
    seen.go(fragment)

    assert seen.of("#alert").inner_text() == ""
    assert seen.of("#rows tbody tr").count() > 0


def test_a_link_to_a_test_of_another_run_says_so(seen: View) -> None:
    """An id that is not here is told, and the overview stays."""
    seen.go("t=00000000")

    expect(seen.of("#alert")).to_contain_text("no test of the id 00000000")
    assert seen.of("#overview").is_visible()


@pytest.mark.parametrize("section", ["failures", "latency", "provenance"])
def test_a_link_leads_to_a_section(seen: View, section: str) -> None:
    """The section is at the top, and has the focus for who reads by ear."""
    seen.go(section)

    assert seen.focused == f"h-{section}"
    assert seen.ask(f"document.getElementById('{section}').getBoundingClientRect().top") < 900


def test_rows_come_and_go_as_the_list_is_scrolled(seen: View, told: Told) -> None:
    """Only what is in sight is in the page, and the last row is reached."""
    most = len(told.dossier.rows)
    assert len(seen.listed()) < most

    seen.ask("(box => box.scrollTop = box.scrollHeight)(document.getElementById('list'))")
    last = seen.of(f"#rows tr[aria-rowindex='{most + 1}']")

    expect(last).to_be_visible()
    assert len(seen.listed()) < most
