"""Attempts as the page reads them: facts of what passed, all that was told of what did not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from redhanded.core.attempt import Failure, Phase, Wait
from redhanded.core.events import Breached, Examined, RemovalFailed, Stepped, Tracked
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.reports.dossier.case import Case
from redhanded.reports.html.attempts import phases
from redhanded.reports.html.details import Step, Thing
from redhanded.reports.html.payload import PHASES
from tests.reports.html.made import (
    NOON,
    attempts,
    body,
    dossier,
    exchange,
    failed,
    page,
    round_,
    row,
    sent,
)

LOST = Failure("reset_before_byte", Phase.WAIT, "ReadError", "reset")


@pytest.mark.parametrize(
    "marks, elapsed, lasted",
    [
        pytest.param(
            ((Phase.SEND, 0.001), (Phase.WAIT, 0.003), (Phase.READ, 0.010), (Phase.DONE, 0.011)),
            0.02,
            {"pool": 10, "send": 20, "wait": 70, "read": 10},
            id="reused-connection",
        ),
        pytest.param(
            ((Phase.CONNECT, 0.0), (Phase.TLS, 0.002), (Phase.SEND, 0.005), (Phase.WAIT, 0.006)),
            0.010,
            {"connect": 20, "tls": 30, "send": 10, "wait": 40},
            id="lost-in-the-wait",
        ),
        pytest.param((), 0.5, {"pool": 5_000}, id="no-marks"),
        pytest.param(((Phase.CONNECT, 0.002),), 0.001, {"pool": 20}, id="ends-before-it-began"),
    ],
)
def test_phases_last_until_the_next_begins(
    marks: Sequence[tuple[Phase, float]], elapsed: float, lasted: dict[str, int]
) -> None:
    """A waterfall adds up to what was measured."""
    found = phases(exchange(marks=tuple(marks), elapsed=elapsed))

    told = {PHASES[place]: took for place, took in enumerate(found) if took}
    assert told == lasted


def test_what_passed_keeps_its_facts_alone(tmp_path: Path) -> None:
    """20,000 tests have one page: headers and bodies of what passed are no evidence."""
    made = sent(exchange(number=2, reused=True), response=None)
    case = Case(row=row(), rounds=(round_(made, trace_id="ab" * 16),))

    index, (detail,) = page(dossier(case), tmp_path)

    (told,) = attempts(detail)
    assert told.told is None
    assert index["rows"]["route"] == [index["words"].index("GET /orders/{id}")]
    assert (told.number, told.status, told.is_reused) == (2, 200, 1)
    assert told.body == made.exchange.body_digest[:10]
    assert detail["rounds"][0]["trace"] == "ab" * 16
    assert "bodies" not in detail


def test_bodies_that_a_run_kept_of_a_pass_are_shown(tmp_path: Path) -> None:
    """Whoever sets `evidence = "all"` wants them."""
    case = Case(row=row(), rounds=(round_(sent(response=body('{"id":7}'))),))

    _, (detail,) = page(dossier(case), tmp_path)

    assert [one["text"] for one in detail["bodies"].values()] == ['{"id":7}']


def test_what_did_not_hold_is_told_in_full(tmp_path: Path) -> None:
    """Whoever mends it needs the request, the answer, and why no answer came."""
    lost = exchange(
        status=None, failure=LOST, marks=((Phase.WAIT, 0.001),), peer="127.0.0.1:80",
        request_body=b"{}", call_id="c1", notes=("resent",), row="reset_before_byte",
        wait=Wait(0.25, "backoff"),
    )  # fmt: skip
    case = Case(row=failed(), rounds=(round_(sent(lost, request=body("{}"), stall=0.1)),))

    _, (detail,) = page(dossier(case), tmp_path)

    (one,) = attempts(detail)
    assert one.told is not None
    assert (one.status, one.wait) == (0, 2_500)
    assert one.told["failure"] == {"phase": "wait", "error": "ReadError", "message": "reset"}
    assert [*map(tuple, one.told["request_headers"])] == [("Accept", "*/*")]
    assert detail["bodies"][one.told["request"]]["text"] == "{}"
    assert "response" not in one.told
    assert (one.told["call"], one.told["stall"], one.told["notes"]) == ("c1", 1_000, ["resent"])


def test_attempts_of_one_call_share_its_number(tmp_path: Path) -> None:
    """The page stacks the attempts of a call."""
    made = [sent(exchange(call_id=call)) for call in ("a", "a", "b", "a")]

    _, (detail,) = page(dossier(Case(row=row(), rounds=(round_(*made),))), tmp_path)

    assert [one.call for one in attempts(detail)] == [0, 0, 1, 0]


def test_steps_are_known_by_their_place(tmp_path: Path) -> None:
    """A step's id is long, and its place is not."""
    told = [
        Stepped(test_id="t", id="s1", parent="", name="call", at=NOON + 1.5, seconds=0.2),
        Stepped(
            test_id="t", id="s2", parent="s1", name="pay", at=NOON + 2, seconds=0.1, error="no"
        ),
    ]
    case = Case(
        row=row(), rounds=(round_(sent(step="s2"), sent(step="unknown"), steps=tuple(told)),)
    )

    _, (detail,) = page(dossier(case), tmp_path)

    assert [one.step for one in attempts(detail)] == [1, -1]
    assert [Step(*one) for one in detail["rounds"][0]["steps"]] == [
        Step("call", -1, 5_000, 2_000),
        Step("pay", 0, 10_000, 1_000, "no"),
    ]


def test_evidence_names_attempts_by_their_place(tmp_path: Path) -> None:
    """Findings, questions, breaches and things each lead to the attempt that they rest on."""
    first, second = sent(), sent()
    ids = [one.exchange.id for one in (first, second)]
    violation = Violation("body.schema", "$.items[2].sku", "missing", "required", "required")
    unknown = Violation("contract.body_undeclared", "status", "1", "none", suggestion="{}")
    told = round_(
        first,
        second,
        verdict="defect",
        is_over=False,
        findings=(Finding(Verdict.DEFECT, "status", "200", ids[1], (violation,), ("fact",)),),
        examined=(
            Examined(
                test_id="t", attempt_id=ids[1], question="Q?", answer="A", speaks="api",
                asked=(ids[0], "elsewhere"),
            ),
        ),
        breached=(
            Breached("t", "elsewhere", "openapi.yaml", "document", "GET /", unknown, 2, "warning"),
        ),
        tracked=(
            Tracked(
                test_id="t", kind="order", id="7", state="made", at=NOON + 1, attempt_id=ids[0]
            ),
        ),
        removals=(
            RemovalFailed("t", "DELETE /order/{id}", 500, "order", "7", NOON, ids[0], ("twice",)),
        ),
    )  # fmt: skip

    _, (detail,) = page(dossier(Case(row=failed(), rounds=(told,))), tmp_path)

    made = detail["rounds"][0]
    assert made["is_cut"] is True
    assert made["findings"][0]["attempt"] == 1
    assert made["findings"][0]["violations"][0]["pointer"] == "/items/2/sku"
    assert made["questions"][0]["asked"] == [0]
    assert made["breaches"][0]["attempt"] == -1
    assert made["breaches"][0]["violation"]["is_undeclared"] is True
    assert made["breaches"][0]["violation"]["pointer"] is None
    assert [Thing(*one) for one in made["things"]] == [Thing("order", "7", "made", 0, 0)]
    assert made["removals"] == ["DELETE /order/{id} answered 500 for order 7: twice"]


def test_a_place_that_is_none_has_no_pointer(tmp_path: Path) -> None:
    """What a contract of a project calls a place need not be one of ours."""
    odd = Finding(Verdict.DEFECT, "x", "x", violations=(Violation("x", "$[not a path", "", ""),))

    _, (detail,) = page(dossier(Case(row=failed(), rounds=(round_(findings=(odd,)),))), tmp_path)

    assert detail["rounds"][0]["findings"][0]["violations"][0]["pointer"] is None


def test_long_output_keeps_its_ends(tmp_path: Path) -> None:
    """What a test printed begins with its setting and ends with its failure."""
    case = Case(
        row=failed(),
        output="a" * 100_000 + "b" * 100_000,
        story="short",
        place="test_a.py:4",
        properties={"owner": "shop"},
    )

    _, (detail,) = page(dossier(case), tmp_path)

    assert detail["output"].startswith("aaa")
    assert detail["output"].endswith("bbb")
    assert "68,928 characters" in detail["output"]
    assert len(detail["output"]) < 140_000
    assert (detail["story"], detail["place"]) == ("short", "test_a.py:4")
    assert detail["properties"] == {"owner": "shop"}
