"""The index: the list of tests, the groups of failures, how the run itself went."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.core.attempt import Wait
from redhanded.core.events import Turned
from redhanded.core.verdicts import Finding, Verdict
from redhanded.reports.dossier.case import Case, Row
from redhanded.reports.html.failures import MOST, failures
from redhanded.reports.html.payload import Canary, Index, Requeue, Turn
from redhanded.reports.html.supplement import Supplement
from redhanded.reports.html.survey import CANARIES
from tests.reports.html.made import (
    HEAD,
    NOON,
    body,
    dossier,
    exchange,
    failed,
    page,
    round_,
    row,
    sent,
)


def index_of(folder: Path, *rows: Row, supplement: Supplement | None = None) -> Index:
    """The index of tests that sent nothing."""
    made = dossier(*(Case(row=one) for one in rows))
    return page(made, folder, supplement or Supplement())[0]


def test_a_row_says_what_the_list_shows(tmp_path: Path) -> None:
    """Words are written once, and times count from the run's beginning."""
    told = failed("a/test_b.py::TestC::test_d[x::y]", owner="ann", until="2030-01-01", rounds=2)

    made = index_of(tmp_path, told, row("objectives::GET /a p95", is_beside=True), row("odd"))

    rows, words = made["rows"], made["words"]
    assert [words[place] for place in rows["file"]] == ["a/test_b.py", "objectives", ""]
    assert rows["test"] == ["TestC::test_d[x::y]", "GET /a p95", "odd"]
    assert [words[place] for place in rows["kind"]] == ["defect", "pass", "pass"]
    assert (rows["at"], rows["took"]) == ([10_000] * 3, [5_000] * 3)
    assert rows["process"] == [1, 1, 1]
    assert rows["group"] == [0, -1, -1]
    assert [*map(list, rows["quarantine"].values())] == [["ann", "2030-01-01"]]
    assert [*rows["headline"].values()] == ["200, want 404"]
    assert rows["beside"] == [1]


def test_earlier_outcomes_end_with_this_one(tmp_path: Path) -> None:
    """Without a history there is no line of outcomes."""
    supplement = Supplement(past={"a": ".D", "k": "--"})
    rows = [failed("a"), row("b"), row("c", key="k", outcome="skipped", kind="pytest.skip")]

    made = index_of(tmp_path, *rows, failed("a", kind="unjudged"), supplement=supplement)

    assert made["rows"]["past"] == [".DD", "", "---", ".D?"]


def test_groups_stand_defects_first_and_quarantined_last(tmp_path: Path) -> None:
    """Within a kind the largest comes first; what held has no group."""
    kinds = [
        "redhanded.quarantine", "recovered", "inconclusive", "test_bug", "drift", "slow",
        "unjudged", "defect", "pytest.skip", "pytest.xfail", "",
    ]  # fmt: skip
    rows = [failed(f"t{n}", kind=kind, signature=f"s{n}") for n, kind in enumerate(kinds)]
    rows += [failed("many1", signature="m"), failed("many2", signature="m")]

    made = index_of(tmp_path, *rows)

    assert [group["kind"] for group in made["groups"]] == [
        "defect", "defect", "slow", "drift", "test_bug", "unjudged", "inconclusive", "recovered",
        "redhanded.quarantine",
    ]  # fmt: skip
    assert [len(group["tests"]) for group in made["groups"]][:2] == [2, 1]
    assert made["groups"][-1]["is_quarantined"] is True
    assert made["groups"][0]["title"] == "unexpected status"


def test_a_group_names_what_most_of_it_met(tmp_path: Path) -> None:
    """Calls that a circuit held back come last, and their number is told."""
    told = {"kind": "inconclusive", "code": "net.reset", "signature": "net"}
    rows = [
        failed("a", **told | {"code": "call.blocked", "headline": "held back"}),
        failed("b", **told, headline="reset in wait"),
        failed("c", **told, headline="reset in wait"),
        failed("d", **told, headline="reset in read"),
    ]

    (group,) = index_of(tmp_path, *rows)["groups"]

    assert group["tests"] == [1, 2, 3, 0]
    assert group["unsent"] == 1
    assert group["headline"] == "reset in wait and the like"
    assert group["code"] == "net.reset"


def test_a_test_rests_on_the_operation_of_its_finding(tmp_path: Path) -> None:
    """The last call of a test is often its tidying up."""
    first, last = sent(operation="POST /a"), sent(operation="DELETE /a/{}")
    canary = sent(exchange(purpose="canary"), operation="GET /health")
    finding = Finding(Verdict.DEFECT, "status", "200", first.exchange.id)
    cases = [
        Case(row=failed(), rounds=(round_(first, last, canary, findings=(finding,)),)),
        Case(row=row(), rounds=(round_(first, last, canary),)),
        Case(row=row(operations=("GET /kept",))),
        Case(row=row()),
    ]

    made, _ = page(dossier(*cases), tmp_path)

    told = [made["words"][place] for place in made["rows"]["route"]]
    assert told == ["POST /a", "DELETE /a/{}", "GET /kept", ""]
    assert made["groups"][0]["routes"] == ["POST /a"]


def test_the_health_of_a_run_is_what_it_met(tmp_path: Path) -> None:
    """Canaries, circuits, pauses, tokens left for retries, and tests that ran again."""
    made = [
        sent(exchange(bucket=9.0, started_at=NOON + 1, wait=Wait(0.5, "pace"))),
        sent(exchange(bucket=7.0, started_at=NOON + 1, wait=Wait(0.25, "pace"))),
        sent(exchange(bucket=9.0, started_at=NOON + 8, wait=Wait(1.0, "backoff"))),
        sent(exchange(purpose="canary", status=None, url="http://a.test/health", elapsed=0.01)),
    ]
    rounds = round_(*made), round_(number=1, began=NOON + 5, verdict="pass")
    turned = (Turned(origin="http://a.test", state="open", epoch=1, at=NOON + 2, reason="lost"),)

    found, _ = page(dossier(Case(row=row(), rounds=rounds), turned=turned), tmp_path)

    health, words = found["health"], found["words"]
    origin = words.index("http://a.test")
    assert [tuple(one) for one in health["waits"]] == [("backoff", 1, 10_000), ("pace", 2, 7_500)]
    assert [left for _, left in health["budget"]] == [7.0, 9.0]
    assert [Canary(*one) for one in health["canaries"]] == [Canary(10_000, 0, 100, origin)]
    assert [Turn(*one) for one in health["turns"]] == [
        Turn(20_000, "circuit", "open", origin, "lost")
    ]
    assert [Requeue(*one) for one in health["requeues"]] == [Requeue(50_000, 0, 2, "pass")]
    assert [(one["worker"], one["at"], one["end"]) for one in health["processes"]] == [
        ("main", 0, 90_000),
        ("gw0", 10_000, None),
    ]


def test_of_very_many_canaries_the_ill_are_all_shown(tmp_path: Path) -> None:
    """A strip of ten thousand says no more than one of two thousand."""
    moments = [NOON + number / 1000 for number in range(3 * CANARIES)]
    well = [sent(exchange(purpose="canary", started_at=moment)) for moment in moments]
    ill = [sent(exchange(purpose="canary", status=503, started_at=NOON + 9)) for _ in range(5)]

    found, _ = page(dossier(Case(row=row(), rounds=(round_(*well, *ill),))), tmp_path)

    shown = [Canary(*one) for one in found["health"]["canaries"]]
    assert len(shown) <= CANARIES + 5
    assert sum(one.status == 503 for one in shown) == 5


@pytest.mark.parametrize("count, told", [(2, 2), (MOST + 20, MOST)], ids=["few", "many"])
def test_failures_are_listed_without_a_script(count: int, told: int) -> None:
    """Mail previews and `grep` read the worst of them."""
    rows = [failed(f"t{n}", kind="recovered") for n in range(count - 1)]

    text = failures(HEAD, [row(), *rows, failed("worst", headline="<b>&" + "x" * 900)])

    assert text.count("<li>") == told
    assert text.index("worst") < text.index("t0")
    assert "&lt;b&gt;&amp;xxx" in text
    assert len(text) < 700 + 200 * told
    assert ("20 more are not listed" in text) == (count > MOST)


@pytest.mark.parametrize(
    "is_told, masked, shown",
    [
        pytest.param(True, 9, [("token", 2), ("Authorization", 1)], id="shown"),
        pytest.param(False, 9, [("in what this page does not show", 9)], id="passed"),
        pytest.param(False, 0, [], id="none"),
    ],
)
def test_masks_are_counted_by_name(
    is_told: bool, masked: int, shown: list[tuple[str, int]], tmp_path: Path
) -> None:
    """Whoever reads the page sees what was kept from it, and that something was."""
    secret = body('{"a":"masked_token_40chars","b":"masked_token_41chars"}')
    made = exchange(url="http://a.test/?k=masked_Authorization_9chars")
    told = round_(sent(made, response=secret if is_told else None))
    case = Case(row=failed() if is_told else row(), rounds=(told,))

    found, _ = page(dossier(case, masked=masked), tmp_path)

    assert [*map(tuple, found["provenance"]["masked"])] == shown
