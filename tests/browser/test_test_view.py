"""One test, opened: each part of it says what was recorded, and does what it offers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from redhanded.reports.dossier.case import Case
from tests.browser.conftest import Opens, Told
from tests.browser.run import AGAIN, AWAY, BREACHES, CREATE, CUT, LOST, TOKEN
from tests.browser.view import View, window

ANSWER = ".exchange > div:last-child"
PHASES = ["pool", "DNS", "connect", "TLS", "send", "wait", "read"]


@pytest.fixture(scope="module")
def desk(browser: Browser, told: Told) -> Iterator[View]:
    """One window, in which one test after the other is opened."""
    with window(browser, permissions=["clipboard-read", "clipboard-write"]) as context:
        view = View.on(context, told.path)
        yield view
    assert view.noted == []


@pytest.fixture
def created(desk: View, told: Told) -> View:
    """The test that broke its contract, opened."""
    return opened(desk, told, CREATE)


def opened(view: View, told: Told, test_id: str) -> View:
    """The test as it is when it is opened."""
    view.ask("location.hash = 'v='")
    view.of("#overview").wait_for()
    view.ask(f"location.hash = 't={told.row(test_id).id}'")
    expect(view.of("#h-test")).to_have_text(test_id)
    return view


def case_of(told: Told, test_id: str) -> Case:
    """All that was kept of the test."""
    return next(case for case in told.dossier.cases() if case.row.test_id == test_id)


def test_head_says_what_became_of_it(created: View, told: Told) -> None:
    """The verdict, the reason without saying it twice, and how to send it again."""
    row = told.row(CREATE)
    facts = dict(
        zip(created.texts("#test > .facts dt"), created.texts("#test > .facts dd"), strict=True)
    )

    assert created.text(".headline") == 'drift body.schema $.total is "90.00", want number'
    assert facts["replay"] == f"redhanded replay {row.id}"
    assert facts["place"] == "tests/test_orders.py:41"
    assert facts["worker"] == row.worker
    assert facts["calls"] == f"{row.calls} in {row.attempts} attempts"
    assert facts["ticket"] == "SHOP-7"
    assert created.of(".facts svg[aria-label^='last 9 runs']").count() == 1


def test_why_tells_each_question_and_for_whom_its_answer_speaks(created: View, told: Told) -> None:
    """INVARIANT: every step of the diagnosis is in the page, in its order."""
    round_ = case_of(told, CREATE).rounds[-1]
    questions = created.texts("#why .q")

    assert len(questions) == len(round_.examined)
    for shown, asked in zip(questions, round_.examined, strict=True):
        assert shown.startswith(asked.question + asked.answer)
        assert ("request 1" in shown) == bool(asked.asked)
        assert shown.endswith("speaks against the API")
    text = created.text("#why")
    finding = round_.findings[0]
    for words in (finding.message, finding.code, finding.confidence, *finding.evidence):
        assert words in text
    assert "Breaches that were let pass" in text
    assert "shop.yaml POST /orders warning 2" in text


def test_a_question_leads_to_what_was_asked(created: View) -> None:
    """The request of a question is opened, and has the focus."""
    created.of("#why .q").first.get_by_role("button", name="request 1").click()

    assert created.of("tr.more:not([hidden])").count() == 2
    assert created.ask("document.activeElement.getAttribute('aria-expanded')") == "true"


def test_body_stands_beside_its_contract(created: View) -> None:
    """Each breach has the line of its value, what is missing a line, what is unknown is dimmed."""
    marked = created.texts(".tree tr.bad")
    words = " ".join(marked)

    let_pass = 1
    assert len(marked) == let_pass + sum(one.where.startswith("$") for one in BREACHES)
    assert '"total": "90.00"' in words
    assert "want number" in words
    assert '"currency": missing' in words
    assert created.of(".tree tr.dim").count() == 1
    assert "not declared" in str(created.of(".tree tr.dim").text_content())
    assert created.of(".tree tr:has-text('12.50')").count() == 1
    assert "headers.Content-Language" in created.text(".exchange")


def test_tree_folds_and_unfolds(created: View) -> None:
    """One value by its button, all by two others; the focus stays on the button."""
    whole = created.of(f"{ANSWER} .tree tbody tr").count()
    items = created.of(f"{ANSWER} .tree button[aria-label='collapse items']")
    items.click()
    folded = created.of(f"{ANSWER} .tree tbody tr").count()

    assert folded < whole
    assert created.ask("document.activeElement.getAttribute('aria-label')") == "expand items"
    created.press("Enter")
    assert created.of(f"{ANSWER} .tree tbody tr").count() == whole
    created.of(ANSWER).get_by_text("collapse", exact=True).click()
    assert created.of(f"{ANSWER} .tree tbody tr").count() == folded
    created.of(ANSWER).get_by_text("expand all", exact=True).click()
    assert created.of(f"{ANSWER} .tree tbody tr").count() == whole


def test_body_is_shown_raw_too(created: View) -> None:
    """Byte by byte as it came, and back."""
    created.of("[data-body=raw]").last.click()
    raw = created.of("pre[aria-label='Body as text']").last.text_content()
    assert raw is not None
    assert '"price": 1e2' in raw

    created.of("[data-body=tree]").last.click()
    assert created.of(".tree").last.is_visible()


def test_headers_are_masked_with_name_and_length(created: View) -> None:
    """INVARIANT: the value stands nowhere in the file, its name and length do."""
    assert f"Authorization · {len(TOKEN)} chars" in created.texts(".mask")
    assert TOKEN not in created.page.content()
    assert TOKEN not in created.report.read_text("utf-8")


@pytest.mark.parametrize(
    "name, begins",
    [
        pytest.param("curl", "curl --max-time 30 ", id="curl"),
        pytest.param("httpx2", "import ", id="httpx2"),
        pytest.param("pytest", "", id="pytest"),
    ],
)
def test_a_request_is_copied_as_something_to_run(created: View, name: str, begins: str) -> None:
    """What is copied is shown, names the variable of its secret, and Python can read it."""
    created.of(f"[data-copy={name}]").first.click()
    expect(created.of("#status")).to_have_text(f"{name} copied")
    copied = created.ask("navigator.clipboard.readText()")

    assert copied.startswith(begins)
    assert "/orders/7" in copied
    assert created.of("pre[aria-label='what was copied']").first.text_content() == copied
    if name != "pytest":
        assert "API_TOKEN" in copied
    if name != "curl":
        assert ast.parse(copied).body


def test_copying_is_said_where_the_browser_forbids_it(opens: Opens, told: Told) -> None:
    """Without the permission it is copied by the old way, or said; the text is shown anyway."""
    view = opens(f"t={told.row(CREATE).id}", permissions=[])
    view.of("[data-copy=curl]").first.click()

    expect(view.of("#status")).to_contain_text("curl")
    expect(view.of("pre[aria-label='what was copied']").first).to_contain_text("curl --max-time")


def test_waterfall_has_a_bar_for_each_phase(created: View) -> None:
    """The bar of an attempt is as long as it took, and each phase says its time."""
    titles = created.of("#a-0 .bar-cell rect title").all_text_contents()
    widths = created.of("#a-0 .bar-cell rect").evaluate_all(
        "rects => rects.map(one => parseFloat(one.getAttribute('width')))"
    )

    assert [title.split()[0] for title in titles] == PHASES
    assert titles[5] == "wait 85 ms"
    assert widths[5] == max(widths)
    assert created.texts("#requests .legend")[0] == "".join(PHASES)


def test_attempts_of_a_call_stand_below_each_other_with_our_wait(desk: View, told: Told) -> None:
    """A lost attempt is hatched, and between two the wait and its reason are told."""
    view = opened(desk, told, LOST)

    assert view.texts(".fall tr.pause th") == ["waited 250 ms: connection refused"]
    assert view.of(".fall [id^=a-]").count() == 2
    assert view.of("#a-0 rect[fill='url(#hatch)']").count() == 1
    assert view.of("#a-1 rect[fill='url(#hatch)']").count() == 0
    assert view.texts(".fall td .k")[0] == "lost"
    expect(view.of("#x-0")).to_be_visible()
    assert "connection refused" in view.text("#x-0")
    view.of("#a-0 button").click()
    expect(view.of("#x-0")).to_be_hidden()
    view.of("#a-0 button").click()
    expect(view.of("#x-0")).to_be_visible()


def test_steps_are_a_tree(created: View, told: Told) -> None:
    """A step stands below the one around it, with its time, its requests, and why it ended."""
    round_ = case_of(told, CREATE).rounds[-1]

    assert created.of("#steps li").count() == len(round_.steps)
    inner = created.of("#steps li li")
    assert inner.count() == 1
    assert "pay" in inner.inner_text()
    assert "1 request" in inner.inner_text()
    assert "AssertionError" in created.text("#steps .bad >> nth=1")


def test_cleanup_tells_what_became_of_each_thing(created: View) -> None:
    """What was made and could not be removed stands with the API's answer."""
    rows = created.texts("#cleanup tbody tr")

    assert [row.split("order7")[1].split(" ms")[0].rstrip("0123456789") for row in rows] == [
        "made",
        "could not be removed",
    ]
    assert "DELETE /orders/{id} answered 500 for order 7: it said" in created.text("#cleanup")


def test_story_and_output_are_there(created: View) -> None:
    """What the terminal told, and what the test printed and logged."""
    assert created.text("#story pre") == 'E $.total is "90.00", want number'
    assert created.text("#output pre") == "INFO shop: a line"


@pytest.mark.parametrize(
    "test_id, last",
    [pytest.param(AWAY, "inconclusive", id="away"), pytest.param(AGAIN, "pass", id="well again")],
)
def test_rounds_of_a_requeued_test_are_chosen(
    desk: View, told: Told, test_id: str, last: str
) -> None:
    """The last round counts and is shown first; the ones before are a click away."""
    view = opened(desk, told, test_id)
    rounds = view.of("[data-round]")

    assert view.texts("[data-round]") == ["round 1: inconclusive", f"round 2: {last}"]
    assert rounds.last.get_attribute("aria-pressed") == "true"
    rounds.first.click()
    expect(view.of("[data-round]").first).to_have_attribute("aria-pressed", "true")
    expect(view.of("[data-round]").first).to_be_focused()
    assert "connection refused" in view.text("#test .notice")


def test_canaries_stand_beside_the_requests_of_the_test(desk: View, told: Told) -> None:
    """What was sent to find out is told from what the test sent."""
    view = opened(desk, told, AWAY)

    assert view.texts(".fall tr.aside .tag") == ["canary"]


def test_a_cut_test_says_that_it_was(desk: View, told: Told) -> None:
    """Of a process that was killed the page shows what it had written down."""
    view = opened(desk, told, CUT)

    assert "was killed" in view.text("#test .notice")
    assert view.of(".fall [id^=a-]").count() == 1


def test_a_test_that_passed_says_why_there_is_less(desk: View, told: Told) -> None:
    """Method, route, status and times are there; bodies and headers are of the others."""
    view = opened(desk, told, "tests/test_many.py::test_many[0]")
    view.of("#a-0 button").click()

    assert "Headers and bodies are kept of tests that did not simply pass" in view.text("#x-0")
    assert view.of("#why").count() == 0


def test_previous_next_and_back_follow_the_list(seen: View) -> None:
    """The way through the tests is that of the list as it is filtered and sorted."""
    seen.go("q=test_total&s=test")
    ids = seen.listed()
    seen.of("#rows a").first.click()
    expect(seen.of(".path span").first).to_have_text(f"1 of {len(ids)}")
    assert seen.of("#previous").count() == 0
    seen.of("#next").click()
    expect(seen.of(".path span").first).to_have_text(f"2 of {len(ids)}")
    assert f"t={ids[1]}" in seen.fragment
    seen.of("#previous").click()
    expect(seen.of(".path span").first).to_have_text(f"1 of {len(ids)}")
    seen.page.go_back()
    expect(seen.of(".path span").first).to_have_text(f"2 of {len(ids)}")
    seen.of("#back").click()

    expect(seen.of("#overview")).to_be_visible()
    assert seen.listed() == ids
