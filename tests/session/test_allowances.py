"""What is let pass although a contract is broken, and what is not any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from redhanded.core.contracting import Ignore
from redhanded.core.errors import SettingsError
from redhanded.core.violation import Violation
from redhanded.session.allowances import Allowances
from redhanded.session.baseline import EMPTY, Baseline, Entry
from redhanded.session.breach_causes import cause_of, place_of

TODAY = date(2026, 3, 1)
READ = "GET /booking/{id}"
NOTE = Violation("contract.body_schema", "$.items[3].note", "7", "string", rule="type")
MODEL = Violation("body.schema", "$.note", "7", "string", rule="string_type")
TEAPOT = Violation("contract.status_undocumented", "status", "418", "200 or 404")
WARNING = Violation("contract.header_undeclared", "header X-A", "1", "nothing", level="warning")


def allowances(
    *ignores: Ignore, baseline: Baseline = EMPTY, notes: list[str] | None = None, **modes: bool
) -> Allowances:
    """What a run lets pass today."""
    told: list[str] = [] if notes is None else notes
    return Allowances(ignores, baseline, TODAY, told.append, **modes)


def ignore(**facts: Any) -> Ignore:  # noqa: ANN401  each fact has a type of its own
    """An ignore for a reason."""
    return Ignore(**{"reason": "agreed with the team"} | facts)


def why(given: Allowances, violation: Violation, operation: str = READ) -> str:
    """Why a breach is let pass."""
    return given.why(cause_of(operation, violation), violation)


@pytest.mark.parametrize(
    "facts, violation, is_passed",
    [
        pytest.param({"code": "body_schema"}, NOTE, True, id="by its code"),
        pytest.param({"code": "body_schema"}, MODEL, True, id="of a model as well"),
        pytest.param({"code": "header_schema"}, NOTE, False, id="another code"),
        pytest.param({"operation": "GET /booking/*"}, NOTE, True, id="by operation"),
        pytest.param({"operation": "POST *"}, NOTE, False, id="another operation"),
        pytest.param({"at": "$.items[*].note"}, NOTE, True, id="by place"),
        pytest.param({"at": "$.**.note"}, MODEL, True, id="at any depth"),
        pytest.param({"at": "$.items"}, NOTE, False, id="not what is below"),
        pytest.param({"at": "status 418"}, TEAPOT, True, id="one status"),
        pytest.param({"at": "status"}, TEAPOT, True, id="any status"),
        pytest.param({"at": "status 404"}, TEAPOT, False, id="another status"),
        pytest.param({"at": "header X-*"}, WARNING, True, id="a header"),
        pytest.param({"code": "body_schema", "at": "$.x"}, NOTE, False, id="all must hold"),
    ],
)
def test_an_ignore_means_what_all_of_its_parts_mean(
    facts: dict[str, Any], violation: Violation, *, is_passed: bool
) -> None:
    """What it does not name may be anything."""
    assert (why(allowances(ignore(**facts)), violation) == "ignored") is is_passed


def test_an_ignore_holds_on_its_last_day_and_is_told_after_it() -> None:
    """Then the breach fails its test, and one sentence says why it did not before."""
    notes: list[str] = []
    over = ignore(code="body_schema", until=date(2026, 2, 28))

    assert why(allowances(ignore(code="body_schema", until=TODAY)), NOTE) == "ignored"
    assert why(allowances(over, notes=notes), NOTE) == ""
    assert "ended on 2026-02-28 and passes no more (agreed with the team)" in notes[0]


def test_a_known_breach_passes_until_its_day() -> None:
    """The same place of another index is the same breach; the entry's end is told."""
    cause = cause_of(READ, NOTE)
    notes: list[str] = []
    holds = Baseline({cause: Entry(cause, TODAY, TODAY)})
    over = Baseline({cause: Entry(cause, TODAY, date(2026, 2, 1), "next sprint")})
    other = Violation("contract.body_schema", "$.items[9].note", "8", "string", rule="type")

    assert why(allowances(baseline=holds), other) == "baseline"
    assert why(allowances(baseline=holds), MODEL) == ""
    assert why(allowances(baseline=over, notes=notes), NOTE) == ""
    assert "(next sprint) ended on 2026-02-01 and passes no more" in notes[0]


def test_entries_that_end_without_a_reason_are_told_as_one() -> None:
    """What one update wrote ends on one day, and a note for each would hide all others."""
    notes: list[str] = []
    causes = [cause_of(READ, NOTE), cause_of(READ, MODEL)]
    over = Baseline({cause: Entry(cause, TODAY, date(2026, 2, 1)) for cause in causes})

    assert [why(allowances(baseline=over, notes=notes), each) for each in (NOTE, MODEL)] == ["", ""]
    assert len(set(notes)) == 1
    assert notes[0].startswith("what the baseline let pass ended on 2026-02-01")


@pytest.mark.parametrize(
    "modes, violation, passed",
    [
        pytest.param({}, NOTE, "", id="a breach"),
        pytest.param({}, WARNING, "warning", id="a warning"),
        pytest.param({"is_recording": True}, NOTE, "baseline", id="recorded"),
        pytest.param({"is_recording": True}, WARNING, "warning", id="a warning is not recorded"),
        pytest.param({"is_lenient": True}, NOTE, "drift", id="preset drift"),
        pytest.param({"is_lenient": True}, WARNING, "warning", id="a warning of preset drift"),
    ],
)
def test_modes_let_breaches_pass(
    modes: Mapping[str, Any], violation: Violation, passed: str
) -> None:
    """A run that writes the baseline fails of nothing, and neither does the preset `drift`."""
    assert why(allowances(**modes), violation) == passed


def test_an_ignore_at_no_place_stops_the_run() -> None:
    """It would pass nothing over, and nobody would know."""
    with pytest.raises(SettingsError, match=r"contract\.ignore\[1\]\.at: .*no place in a body"):
        allowances(ignore(at="$.a"), ignore(at="$.a[b"))


@pytest.mark.parametrize(
    "violation, place",
    [
        pytest.param(NOTE, "$.items[*].note", id="indices are left open"),
        pytest.param(TEAPOT, "status 418", id="a status is named"),
        pytest.param(WARNING, "header X-A", id="a header"),
        pytest.param(Violation("c", "query ids[0]", "", ""), "query ids[0]", id="no body"),
    ],
)
def test_a_place_is_the_same_for_equal_breaches(violation: Violation, place: str) -> None:
    """Two statuses that are not documented are two causes, two items of a list are one."""
    assert place_of(violation) == place
