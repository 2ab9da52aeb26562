"""Every section of the page says what the record says."""

from __future__ import annotations

import re
from collections import Counter

from redhanded.reports.html.payload import CHUNK
from tests.browser.conftest import Told
from tests.browser.run import CREATE, ORIGIN, PASSED, SENTENCE, TOTALS
from tests.browser.view import View

SECTIONS = ("summary", "failures", "tests", "endpoints", "latency", "health", "trends")
HELD = {"pass", "pytest.skip", "pytest.xfail"}
ORDER = [
    *("slow", "drift", "test_bug", "inconclusive", "inconclusive", "recovered"),
    "redhanded.quarantine",
]
WORDS = {
    "test_bug": "test bug",
    "redhanded.quarantine": "quarantined",
    "pytest.xfail": "expected to fail",
    "pytest.skip": "skipped",
}


def test_every_section_is_there_in_its_order_with_a_link_to_it(shown: View) -> None:
    """The order is that of the questions that are asked of a run."""
    found = shown.ask("[...document.querySelectorAll('#overview > section')].map(one => one.id)")
    links = shown.ask("[...document.querySelectorAll('#nav a')].map(one => one.hash)")

    assert found == [*SECTIONS, "provenance"]
    assert links == [f"#{one}" for one in found]


def test_banner_says_the_verdict_and_what_it_is_of(shown: View, told: Told) -> None:
    """The first words are those that the terminal ended with."""
    head = told.dossier.head
    facts = dict(
        zip(shown.texts("#summary dt"), shown.texts("#summary dd"), strict=True),
    )

    assert shown.text("#h-summary") == head.sentences[0] == SENTENCE
    assert shown.text("#summary .verdict .k") == f"red · exit code {head.exit_code}"
    assert facts["target"] == head.parts[0].target
    assert facts["environment"] == head.parts[0].env
    assert facts["commit"] == head.parts[0].source["commit"]
    assert facts["seed"] == str(head.parts[0].seed)
    assert facts["secrets"] == f"{head.masked} values masked"
    assert facts["lasted"] == f"{head.ended - head.began:.2f} s"
    assert shown.texts("#summary .notice") == [*head.missing]


def test_counts_are_those_of_the_record(shown: View, told: Told) -> None:
    """INVARIANT: no test is lost between the record and the banner."""
    counts = {kind: count for kind, count in told.dossier.head.counts.items() if count}
    words = {WORDS.get(kind, kind): count for kind, count in counts.items()}

    assert {text.partition(" ")[2]: int(text.split()[0]) for text in shown.texts("#counts li")} == (
        words
    )


def test_failures_stand_by_signature_the_worst_first(shown: View, told: Told) -> None:
    """INVARIANT: what did not hold stands in one group, with all that failed for one reason."""
    failed = Counter(row.kind for row in told.dossier.rows if row.kind not in HELD)
    groups = shown.ask(
        "[...document.querySelectorAll('#failures .group')].map("
        "one => [one.dataset.kind, one.querySelector('.meta').textContent])"
    )
    found: Counter[str] = Counter()
    for kind, text in groups:
        found[kind] += int(re.findall(r"(\d+) tests?$", text)[0])
    kinds = [kind for kind, _ in groups]

    assert found == failed
    assert kinds == ["defect", "defect", *ORDER]


def test_group_shows_some_of_its_tests_and_leads_to_all(shown: View) -> None:
    """A reason that took hundreds does not push the next one out of sight."""
    group = shown.of("#failures .group").filter(has_text=f"{TOTALS} tests")

    assert group.locator("li").count() == 5
    assert group.get_by_text(f"list all {TOTALS}").count() == 1
    assert group.locator("h3").inner_text() == "500, want 200"


def test_list_has_every_test_the_worst_first(shown: View, told: Told) -> None:
    """INVARIANT: each row of the record is a row of the list, with its numbers."""
    rows = shown.rows()
    byname = {row.test_id: row for row in told.dossier.rows}
    created = next(cells for cells in rows if cells[1] == CREATE)

    assert shown.text("#count") == f"{len(told.dossier.rows)} tests, the worst first"
    assert shown.of("#rows").get_attribute("aria-rowcount") == str(len(told.dossier.rows) + 1)
    assert {cells[1].removesuffix(" on the run as a whole") for cells in rows} <= {*byname}
    assert created[0] == "drift"
    assert created[2] == "POST /orders"
    row = byname[CREATE]
    assert created[3] == f"{row.attempts} ({row.calls} call)"
    assert created[4] == f"{1000 * row.seconds:.0f} ms"
    assert created[5] == row.worker
    assert [cells[0] for cells in rows][: TOTALS + 1] == ["defect"] * (TOTALS + 1)


def test_endpoints_are_held_against_their_document(shown: View, told: Told) -> None:
    """Calls and statuses are counted of what was sent, not of what is declared."""
    sent = [
        one
        for case in told.dossier.cases()
        for round_ in case.rounds
        for one in round_.sent
        if one.exchange.purpose == "test"
    ]
    calls = Counter(one.operation for one in sent if one.exchange.number == 1)
    rows = {
        cells[0]: cells
        for cells in shown.ask(
            "[...document.querySelectorAll('#endpoints tbody tr')]"
            ".map(row => [...row.cells].map(cell => cell.textContent))"
        )
    }

    assert {name: int(cells[3]) for name, cells in rows.items() if int(cells[3])} == calls
    assert next(iter(rows)).startswith("GET /never")
    assert rows["GET /never deprecated"][1] == "never called"
    failed = sum(one.exchange.status == 500 for one in sent)
    assert f"! 500 \N{MULTIPLICATION SIGN}{failed}" in rows["GET /orders/{id}"][2]
    assert shown.texts("#endpoints .shares dd") == [
        *("67 % 4 of 6", "56 % 5 of 9", "\N{EN DASH} 0 of 0"),
    ]


def test_latency_says_its_samples_and_its_objectives(shown: View) -> None:
    """A histogram has its limit as a line, and one of few answers says that it is no judgement."""
    known = shown.of("#latency .card[data-operation='GET /orders/{id}']")
    thin = shown.of("#latency .card[data-operation='POST /orders']")

    assert known.locator("svg .limit").count() == 1
    assert known.locator("svg .hist").count() > 3
    assert "9 of 70 beyond it" in known.inner_text()
    assert "missed" in known.inner_text()
    assert "thin" in str(thin.get_attribute("class")).split()
    assert "too few to judge" in thin.inner_text()
    assert "n = 1" in thin.inner_text()


def test_health_has_a_lane_for_each_process_canary_and_circuit(shown: View, told: Told) -> None:
    """Who ran when, and whether the API was well, stand on one scale of time."""
    lanes = shown.texts("#health .lanes th[scope=row]")
    workers = [process.worker for process in told.dossier.head.processes]
    ends = dict(zip(lanes, shown.texts("#health .lanes tbody td:last-child"), strict=False))

    assert sorted(lanes) == sorted(
        [*workers, f"canary {ORIGIN}", f"circuit {ORIGIN}"],
    )
    assert ends["gw2"] == "killed"
    assert ends[f"canary {ORIGIN}"] == "3 of 4 ill"
    assert ends[f"circuit {ORIGIN}"] == f"{len(told.dossier.head.turned)} changes"


def test_health_tells_turns_waits_requeues_and_the_budget(shown: View, told: Told) -> None:
    """What held requests back is told with how often and how long."""
    told_turns = shown.texts("#health tbody tr:has(td.nowrap)")
    again = sum(round_.number > 0 for case in told.dossier.cases() for round_ in case.rounds)

    assert [text for text in told_turns if "circuit open" in text]
    assert [text for text in told_turns if "circuit half open" in text]
    assert len(told_turns) == len(told.dossier.head.turned) + again
    assert "connection refused1250 ms" in shown.texts("#health tbody tr")
    assert "10 tokens at the most, 7 at the least" in shown.text("#health")


def test_trends_tell_runs_suspects_and_paces(shown: View) -> None:
    """History is shown beside the run, each run with its counts."""
    assert shown.of("#trends .runs svg g").count() == 12
    assert "12 runs" in shown.text("#trends .runs h3")
    assert shown.texts("#trends .suspects tbody th") == [CREATE, "tests/test_gone.py::test_it"]
    assert shown.of("#trends .suspects tbody a").count() == 1
    assert "GET /orders/{id}" in shown.text("#trends")


def test_provenance_says_how_to_make_the_run_again(shown: View, told: Told) -> None:
    """Versions, plugins, settings with their origin, masks by name, and files beside the page."""
    part = told.dossier.head.parts[0]
    text = shown.text("#provenance")

    for name, version in (*part.versions.items(), *part.plugins.items()):
        assert f"{name} {version}" in text
    assert f"base_url {ORIGIN} profile" in text
    assert "History was away." in text
    assert "Authorization" in text
    assert shown.of("#provenance a[href='junit.xml']").count() == 1


def test_nothing_of_the_page_is_empty(shown: View) -> None:
    """A heading without anything below it would be a section that was forgotten."""
    sizes = shown.ask(
        "[...document.querySelectorAll('#overview > section')].map(one => one.offsetHeight)"
    )

    assert all(size > 120 for size in sizes), dict(zip(SECTIONS, sizes, strict=False))


def test_the_record_is_as_large_as_the_tests_of_it_count_on(told: Told) -> None:
    """The list is longer than what is drawn of it at once, and is in one chunk."""
    assert PASSED < len(told.dossier.rows) < CHUNK
