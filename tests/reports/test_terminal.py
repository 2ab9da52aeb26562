"""The last words of a run: one sentence, causes grouped with the worst first, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.reports.account import Account
from redhanded.reports.groups import Line
from redhanded.reports.terminal import Ending, Lead, details
from tests.reports.lines import line, weather

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
        seed="7@2026-11-22",
    )


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
        "  D DEFECT status: 404, want 200: 5 tests",
        "    test_0",
        "    test_1",
        "    test_2",
        "    + 2 more",
    ]
    assert "    test_4" in details(ending(*lines), are_all_named=True)


def test_one_undocumented_status_is_one_sentence() -> None:
    """How many tests met it on how many routes, three of which are named."""
    lines = [
        line(f"test_{number}", "418, want 200", route=f"GET http://api.test/route{number % 5}")
        for number in range(77)
    ]

    told = list(details(ending(*lines)))

    assert told[0] == "  D DEFECT status: 418, want 200: 77 tests on 5 routes"
    assert told[5] == "    on GET /route0, GET /route1, GET /route2 + 2 more"


@pytest.mark.parametrize(
    "only, told",
    [
        pytest.param(
            line("a", route="POST http://api.test/orders"),
            "  D DEFECT status: 404, want 200: POST /orders",
            id="route",
        ),
        pytest.param(line("a"), "  D DEFECT status: 404, want 200", id="no-route"),
        pytest.param(
            weather("a"), "  I INCONCLUSIVE net.refused: GET /x: connection refused", id="named"
        ),
    ],
)
def test_a_single_finding_names_its_route_once(only: Line, told: str) -> None:
    """The headline of weather names the request already."""
    assert list(details(ending(only)))[:2] == [told, "    a"]


def test_an_outage_is_told_once_with_the_calls_that_were_not_sent() -> None:
    """The calls that a circuit held back are counted where the outage is told."""
    held = [weather(str(number), "call.blocked", fact="GET /x: open") for number in range(199)]

    assert next(details(ending(weather("first"), *held))) == (
        "  I INCONCLUSIVE net.refused: connection refused: 200 tests on GET /x, "
        "199 of them not sent"
    )


def test_facts_that_differ_in_data_are_told_by_example() -> None:
    """The reader sees one of them, and that there are others like it."""
    lines = [line(name, f'404, want 200 ("no order {name}")') for name in "ab"]

    assert next(details(ending(*lines))) == (
        '  D DEFECT status: 404, want 200 ("no order a") and the like: 2 tests'
    )


def test_at_most_ten_causes_are_told_and_always_what_recovered() -> None:
    """The short summary names every test that failed, and none that recovered."""
    lines = [line(f"t{number}", f"{number}, want 200") for number in range(12)]
    lines += [weather("t", "net.reset", fact="reset", verdict=Verdict.RECOVERED)]

    told = list(details(ending(*lines)))
    every = list(details(ending(*lines), are_all_named=True))

    assert told[20:23] == [
        "  + 2 more causes in 2 tests: -v names them all",
        "  R RECOVERED net.reset: reset: GET /x",
        "    t",
    ]
    assert sum(text.startswith("  D DEFECT") for text in told) == 10
    assert sum(text.startswith("  D DEFECT") for text in every) == 12


def test_no_flood_of_one_verdict_hides_another() -> None:
    """Of each verdict the largest group is told, however many defects there are."""
    lines = [line(f"t{number}", f"{number}, want 200") for number in range(20)]
    lines += [line("drift", verdict=Verdict.DRIFT), line("bug", verdict=Verdict.TEST_BUG)]
    lines += [weather("weather"), weather("other", "net.reset")]

    shown = [text for text in details(ending(*lines)) if text.startswith("  ")]
    told = [text for text in shown if text[2] != " "]

    assert [text[2] for text in told] == [*"DDDDDDDCTI", "+"]
    assert told[-1] == "  + 14 more causes in 14 tests: -v names them all"


def test_notes_evidence_and_seed_come_last() -> None:
    """The seed is told only where data was made from it."""
    account = Account(masked=3, notes=["left behind"])

    assert list(details(ending(account=account))) == [
        "note: left behind",
        "evidence: .rh/runs/1 (3 values masked)",
    ]
    account.made = 1
    last = list(details(ending(account=account)))[-1]

    assert last == "the same data again: --rh-seed=7@2026-11-22"


def test_accounts_of_processes_add_up() -> None:
    """Counts are added, a note told twice counts once, and silence counts nothing."""
    whole = Account(attempts=1, notes=["a"])
    other = Account(2, 3, 1, 1, 4, 5, 6, 7, notes=["a", "b"])

    whole.add(other.record())
    whole.add({})

    assert whole == Account(3, 3, 1, 1, 4, 5, 6, 7, ["a", "b"])


@pytest.mark.parametrize(
    "account, told",
    [
        pytest.param(Account(answered=9, not_found=9), "every one of 9 answers was 404", id="404"),
        pytest.param(Account(answered=3, denied=3), "3 answers was 401 or 403", id="403"),
        pytest.param(Account(answered=9, not_found=8), "", id="one other"),
        pytest.param(Account(answered=9, not_found=4, denied=5), "", id="a mixture"),
        pytest.param(Account(answered=2, not_found=2), "", id="too few"),
        pytest.param(Account(), "", id="none"),
    ],
)
def test_a_run_that_met_nothing_of_the_api_was_none(account: Account, told: str) -> None:
    """INVARIANT: everything 404, or everything refused, is no test run."""
    assert told in account.no_test_run
    assert bool(account.no_test_run) is bool(told)


def test_one_test_of_each_of_the_worst_causes_has_a_replay() -> None:
    """Three commands to copy, each with its test, and the trace where there is a link to it."""
    lines = [line(f"t{number}", f"{number}, want 200") for number in range(5)]
    leads = {f"t{number}": Lead(f"redhanded replay {number}") for number in range(1, 5)}
    leads["t2"] = Lead("redhanded replay 2", "http://traces.test/2")
    ended = replace(ending(*lines, line("t1", "1, want 200")), leads=leads)

    assert list(details(ended))[-4:] == [
        "replay: redhanded replay 1  # t1",
        "replay: redhanded replay 2  # t2",
        "  trace: http://traces.test/2",
        "replay: redhanded replay 3  # t3",
    ]


def test_a_test_that_recovered_needs_no_replay() -> None:
    """Its answer was right in the end."""
    recovered = weather("t", verdict=Verdict.RECOVERED)
    ended = replace(ending(recovered), leads={"t": Lead("redhanded replay 1")})

    assert not any("replay" in text for text in details(ended))


def test_paces_and_reports_stand_around_the_notes() -> None:
    """What was measured comes before what is to be known, and that before where all of it is."""
    ended = replace(
        ending(account=Account(notes=["left behind"])),
        paces=["slowest"],
        reports=["report: r.html"],
    )

    assert list(details(ended)) == [
        "slowest",
        "note: left behind",
        "report: r.html",
        "evidence: .rh/runs/1 (0 values masked)",
    ]


def test_a_long_line_on_contracts_is_folded() -> None:
    """Each part has at most a hundred characters, and nothing is lost of it."""
    told = "contract: " + ", ".join(f"{number} of 99 properties of things" for number in range(7))
    ended = replace(ending(), contracts=[told, "contract: short"])

    folded = [text for text in details(ended) if not text.startswith("evidence")]

    assert max(map(len, folded)) <= 100
    assert " ".join(text.strip() for text in folded[:-1]) == told
    assert folded[-1] == "contract: short"
