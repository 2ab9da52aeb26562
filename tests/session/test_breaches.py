"""What a run broke of its contracts: read from its spools, and said at its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.core.events import Breached, Event, TestStarted
from redhanded.core.verdicts import Verdict
from redhanded.core.violation import Violation
from redhanded.reports.spool import Spool
from redhanded.session.breaches import Breach, breaches_in
from redhanded.session.contract_summary import conclusions, lines

TEAPOT = Violation(
    "contract.status_undocumented", "status", "418", "200", source="api#/t", level="warning"
)
FLAW = Violation(
    "contract.document", "/paths/~1t", "a $ref that leads nowhere", "", source="api#/t"
)
REFUSED = Violation("contract.request_refused", "status", "422", "an answer", level="warning")


class Writer:
    """Writes the spool of one process of a run."""

    def __init__(self, folder: Path, worker: str = "main") -> None:
        self.path = folder / "spool" / f"{worker}.ndjson"
        self.path.parent.mkdir(exist_ok=True)

    def __call__(self, event: Event) -> None:
        """Write an event down."""
        spool = Spool(self.path, print)
        spool(event)
        spool.close()

    def start(self, test: str, round_: int = 0) -> Writer:
        """A round of a test begins."""
        self(TestStarted(test, "t" * 32, 0.0, round_))
        return self

    def breach(
        self,
        test: str,
        violation: Violation = TEAPOT,
        *,
        count: int = 1,
        passed: str = "warning",
        operation: str = "GET /teapot",
    ) -> Writer:
        """A test broke a contract."""
        attempt = f"{test}-attempt"
        self(Breached(test, attempt, "api", "document", operation, violation, count, passed))
        return self


def said(folder: Path, *, are_all_named: bool = False) -> list[str]:
    """The lines at the end of the run."""
    return [*lines(breaches_in(folder), are_all_named=are_all_named)]


def test_a_cause_is_told_once_over_all_workers(tmp_path: Path) -> None:
    """With how often it was met, and in how many tests."""
    Writer(tmp_path, "gw0").breach("a", count=2).breach("b")
    Writer(tmp_path, "gw1").breach("c", count=4)

    (found,) = breaches_in(tmp_path)

    assert (found.count, found.tests, found.attempt_id) == (7, ["a", "b", "c"], "a-attempt")
    assert said(tmp_path) == [
        "contract: broken without failing a test: 1 kind",
        "  status 418, want 200: GET /teapot, 7 times in 3 tests",
    ]


def test_the_latest_round_of_a_test_counts(tmp_path: Path) -> None:
    """A round before it may have met an outage; and the rounds of a test may lie in two spools."""
    Writer(tmp_path, "gw1").start("a", 1).breach("a", count=5)
    Writer(tmp_path, "gw2").start("a").breach("a", count=3)

    (found,) = breaches_in(tmp_path)

    assert found.count == 5


def test_a_test_that_another_plugin_ran_again_counts_once(tmp_path: Path) -> None:
    """It begins twice in one round."""
    Writer(tmp_path).start("a").breach("a", count=3).start("a").breach("a")

    (found,) = breaches_in(tmp_path)

    assert found.count == 1


def test_a_run_without_breaches_says_nothing(tmp_path: Path) -> None:
    """Nor one without a spool."""
    Writer(tmp_path).start("a")

    assert breaches_in(tmp_path, tmp_path / "none") == []
    assert said(tmp_path) == []


def test_a_torn_or_strange_line_is_left_out(tmp_path: Path) -> None:
    """INVARIANT: what a kill left of a spool costs no more than its own line."""
    writer = Writer(tmp_path).breach("a")
    with writer.path.open("a") as spool:
        spool.write('{"event":"breached","violation":7}\n{"event":"breached"}\n{"event":"brea')

    assert [each.count for each in breaches_in(tmp_path)] == [1]


def test_what_is_let_pass_is_counted_by_its_reason(tmp_path: Path) -> None:
    """What fails a test has been told with it, and refusals that were tested are no news."""
    places = [Violation("contract.body_schema", f"$.{name}", "1", "2") for name in "abc"]
    writer = Writer(tmp_path).breach("a", places[0], passed="baseline")
    writer.breach("a", places[1], passed="ignored").breach("a", places[2], passed="ignored")
    writer.breach("a", TEAPOT, passed="").breach("a", REFUSED)

    assert said(tmp_path) == ["contract: let pass 1 by the baseline, 2 by contract.ignore"]


def test_what_is_drift_by_preset_is_told(tmp_path: Path) -> None:
    """It fails nothing, and is what the run is made for."""
    Writer(tmp_path).breach("a", passed="drift").breach("a", REFUSED, passed="drift")

    assert len(said(tmp_path)) == 3


def test_many_kinds_are_named_on_demand(tmp_path: Path) -> None:
    """The most frequent come first."""
    writer = Writer(tmp_path)
    for number in range(12):
        writer.breach("a", operation=f"GET /teapot/{number}", count=number + 1)

    told = said(tmp_path)

    assert told[1].endswith("GET /teapot/11, 12 times")
    assert told[-1] == "  + 2 more: -v names them all"
    assert len(said(tmp_path, are_all_named=True)) == 13


def found_in(tmp_path: Path, *passed: str) -> list[Breach]:
    """Flaws of one document that two operations met."""
    writer = Writer(tmp_path)
    for number, why in enumerate(passed):
        writer.breach("a", FLAW, passed=why, operation=f"GET /{number}")
    return breaches_in(tmp_path)


def test_a_part_of_a_document_that_cannot_be_used_is_a_finding_on_the_run(tmp_path: Path) -> None:
    """One for each place, with the operations that needed it."""
    (conclusion,) = conclusions(found_in(tmp_path, "", ""))

    finding = conclusion.finding
    assert conclusion.name == "contract::api#/t"
    assert (finding.verdict, finding.code) == (Verdict.DRIFT, "contract.document")
    assert finding.message == "api#/t: a $ref that leads nowhere"
    assert "GET /0, GET /1" in finding.evidence[0]


@pytest.mark.parametrize("passed", ["warning", "ignored", "baseline", "drift"])
def test_a_flaw_that_is_let_pass_is_no_finding(tmp_path: Path, passed: str) -> None:
    """Its level, an ignore, the baseline or the preset say so."""
    assert conclusions(found_in(tmp_path, passed)) == []
