"""The last words of a run: one sentence, causes grouped with the worst first, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.reports.account import Account
from redhanded.reports.terminal import Ending, Line, details

GREEN: Mapping[Verdict, int] = MappingProxyType({Verdict.PASS: 3})


def ending(
    *lines: Line,
    counts: Mapping[Verdict, int] = GREEN,
    account: Account | None = None,
    refusal: str = "",
) -> Ending:
    """A run that ended with these lines."""
    return Ending(
        lines=lines,
        counts=counts,
        account=account or Account(),
        refusal=refusal,
        folder=".rh/runs/1",
        seed=7,
    )


def line(
    test_id: str,
    headline: str = "DEFECT status: 404, want 200",
    *,
    verdict: Verdict = Verdict.DEFECT,
    cause: str = "status",
) -> Line:
    """A line of a test that ended with a defect, unless it says otherwise."""
    return Line(test_id, verdict, cause, headline)


@pytest.mark.parametrize(
    "counts, refusal, sentence, tone",
    [
        pytest.param({Verdict.PASS: 3}, "", "Green: all 3 tests held.", "green", id="green"),
        pytest.param(
            {Verdict.PASS: 3}, "nothing sent", "Not green: nothing sent.", "yellow", id="refused"
        ),
        pytest.param(
            {Verdict.DEFECT: 1}, "nothing sent", "Red: 1 defect; 0 of 1 test held.", "red", id="red"
        ),
        pytest.param(
            {Verdict.INCONCLUSIVE: 1, Verdict.PASS: 1},
            "",
            "Not judged: 1 of 2 tests kept from judging by the environment; 1 of 2 tests held.",
            "yellow",
            id="inconclusive",
        ),
        pytest.param(
            {Verdict.INCONCLUSIVE: 1, Verdict.RECOVERED: 1},
            "too much weather",
            "Not judged: 1 of 2 tests kept from judging by the environment; 1 of 2 tests held, "
            "1 of them recovered from weather. Not green: too much weather.",
            "yellow",
            id="inconclusive-and-refused",
        ),
    ],
)
def test_the_sentence_says_what_the_run_means(
    counts: dict[Verdict, int], refusal: str, sentence: str, tone: str
) -> None:
    """Red wins; a refusal is added to what could not be judged, and takes the place of green."""
    ended = ending(counts=counts, refusal=refusal)

    assert (ended.verdict, ended.tone) == (sentence, tone)


def test_equal_findings_share_a_line_with_their_number() -> None:
    """Of the tests behind a cause three are named, or all where that is asked for."""
    lines = [line(f"test_{number}") for number in range(5)]

    assert list(details(ending(*lines)))[:-1] == [
        "  DEFECT status: 404, want 200 (5 tests)",
        "    test_0",
        "    test_1",
        "    test_2",
        "    + 2 more",
    ]
    assert "    test_4" in details(ending(*lines), are_all_named=True)


@pytest.mark.parametrize(
    "first, second, are_one",
    [
        pytest.param('404 ("no order 17")', '404 ("no order 18")', True, id="data-in-quotes"),
        pytest.param("$.items[2].sku is missing", "$.items[7].sku is missing", True, id="index"),
        pytest.param("GET /orders/17: late", "GET /orders/18: late", True, id="path"),
        pytest.param("404, want 200", "409, want 200", False, id="status"),
        pytest.param("$.a is missing", "$.b is missing", False, id="place"),
    ],
)
def test_findings_are_equal_whatever_their_data(first: str, second: str, *, are_one: bool) -> None:
    """Numbers in quotes, paths and indices are data; a status is not."""
    told = list(details(ending(line("test_a", first), line("test_b", second))))

    assert (f"  {first} (and the like in 2 tests)" in told) is are_one


def test_the_worst_stands_first_then_what_most_tests_met() -> None:
    """Within a verdict the largest group comes first."""
    lines = [
        line("a", "RECOVERED x", verdict=Verdict.RECOVERED, cause="x"),
        line("b", "SLOW x", verdict=Verdict.SLOW, cause="x"),
        line("c", "DEFECT one"),
        line("d", "DEFECT two"),
        line("e", "DEFECT two"),
    ]

    causes = [told for told in details(ending(*lines)) if told.startswith("  ") and told[2] != " "]
    assert causes == ["  DEFECT two (2 tests)", "  DEFECT one", "  SLOW x", "  RECOVERED x"]


def test_one_outage_is_one_cause() -> None:
    """Weather is grouped by its cause alone, whatever each test asked for."""
    lines = [
        line(name, f"GET /{name}: refused", verdict=Verdict.INCONCLUSIVE, cause="net.refused")
        for name in "ab"
    ]

    assert next(details(ending(*lines))) == "  GET /a: refused (and the like in 2 tests)"


def test_at_most_ten_causes_are_told_and_always_what_recovered() -> None:
    """The short summary names every test that failed, and none that recovered."""
    lines = [line(f"t{number}", f"DEFECT status: {number}") for number in range(12)]
    lines += [line("t", "RECOVERED net.reset", verdict=Verdict.RECOVERED, cause="net.reset")]

    told = list(details(ending(*lines)))
    every = list(details(ending(*lines), are_all_named=True))

    assert told[20:23] == ["  + 2 more causes", "  RECOVERED net.reset", "    t"]
    assert sum(text.startswith("  DEFECT") for text in told) == 10
    assert sum(text.startswith("  DEFECT") for text in every) == 12


def test_notes_evidence_and_seed_come_last() -> None:
    """The seed is told only where data was made from it."""
    account = Account(masked=3, notes=["left behind"])

    assert list(details(ending(account=account))) == [
        "note: left behind",
        "evidence: .rh/runs/1 (3 values masked)",
    ]
    account.made = 1
    assert list(details(ending(account=account)))[-1] == "the same data again: --rh-seed=7"


def test_accounts_of_processes_add_up() -> None:
    """Counts are added, a note that two of them tell counts once, and silence counts nothing."""
    whole = Account(attempts=1, notes=["a"])

    whole.add(Account(attempts=2, checks=3, asked=1, made=1, masked=4, notes=["a", "b"]).record())
    whole.add({})

    assert whole == Account(3, 3, 1, 1, 4, ["a", "b"])
