"""Drift: what a contract says as a finding, and which of two contracts is behind."""

from __future__ import annotations

from typing import Literal

import pytest

from redhanded.core.attempt import Attempt
from redhanded.core.verdicts import Verdict
from redhanded.core.violation import Violation
from redhanded.verdict import drift
from redhanded.verdict.drift import Opinion
from redhanded.verdict.findings import verdict_of
from redhanded.verdict.words import headline
from tests.verdict.answers import answered

BODY = Violation("contract.body_schema", "$.id", "null", "integer", rule="type", source="api#/x")
MEDIA = Violation("contract.media_type_undocumented", "header Content-Type", '"text/html"', "JSON")
STATUS = Violation("contract.status_undocumented", "status", "418", "200 or 404")
HEADER = Violation("contract.header_missing", "header ETag", "missing", "required")
PAGE = b"<!DOCTYPE html><title>Sorry</title>"
HTML = (("Content-Type", "text/html"), ("Server", "edge"))
PORTAL = (("Location", "https://login.portal.test/?back=1"),)


def test_breaches_of_a_contract_are_drift() -> None:
    """One finding says the first, and how many more there are."""
    found = drift.of_breaches([STATUS, BODY], answered(418), "a fact")

    assert (found.verdict, found.code) == (Verdict.DRIFT, "contract.status_undocumented")
    assert headline(found).endswith("GET /booking/7: status 418, want 200 or 404 (+1)")
    assert found.evidence[0].startswith("a whole answer came")
    assert found.evidence[-1] == "a fact"
    assert verdict_of(BODY) is Verdict.DRIFT


def test_a_contract_of_any_kind_finds_drift() -> None:
    """A code of which nobody here has heard is no defect."""
    found = drift.of_breaches([Violation("pact.body", "$", "1", "2")], answered())

    assert (found.verdict, found.code) == (Verdict.DRIFT, "pact.body")


@pytest.mark.parametrize(
    "attempt, violation, verdict",
    [
        pytest.param(
            answered(response_body=PAGE, received=HTML), MEDIA, Verdict.INCONCLUSIVE, id="a page"
        ),
        pytest.param(
            answered(404, response_body=PAGE, received=HTML), STATUS, Verdict.INCONCLUSIVE, id="404"
        ),
        pytest.param(
            answered(response_body=PAGE, received=(*HTML, ("X-Build", "7"))),
            MEDIA,
            Verdict.DRIFT,
            id="its own page",
        ),
        pytest.param(
            answered(response_body=PAGE, received=HTML), HEADER, Verdict.DRIFT, id="a page is right"
        ),
        pytest.param(
            answered(302, received=PORTAL), STATUS, Verdict.INCONCLUSIVE, id="a portal elsewhere"
        ),
        pytest.param(
            answered(302, received=(*PORTAL, ("X-Build", "7"))),
            STATUS,
            Verdict.DRIFT,
            id="sent there by itself",
        ),
        pytest.param(
            answered(301, received=(("Location", "/v2/booking/7"),)),
            STATUS,
            Verdict.DRIFT,
            id="moved",
        ),
        pytest.param(
            answered(301, received=(("Location", "http://127.0.0.1:8000/v2"),)),
            STATUS,
            Verdict.DRIFT,
            id="moved, said in full",
        ),
        pytest.param(answered(received=()), BODY, Verdict.DRIFT, id="an answer in JSON"),
    ],
)
def test_what_others_sent_is_no_drift(
    attempt: Attempt, violation: Violation, verdict: Verdict
) -> None:
    """A gateway's page or a portal's redirect, without the API's stamp, is not judged."""
    found = drift.of_breaches([violation], attempt)

    assert found.verdict is verdict
    assert found.code == (violation.code if verdict is Verdict.DRIFT else "provenance.foreign")


KEPT_MODEL, BROKEN_MODEL = (Opinion("Booking", "code", is_kept) for is_kept in (True, False))
KEPT_PAPER, BROKEN_PAPER = (Opinion("api.yaml", "document", is_kept) for is_kept in (True, False))


@pytest.mark.parametrize(
    "opinions, of, words",
    [
        pytest.param(
            [BROKEN_MODEL, KEPT_PAPER],
            "code",
            "api.yaml allows it: the model Booking is behind"
            " (or the API has drifted from the code)",
            id="the document allows it",
        ),
        pytest.param(
            [KEPT_MODEL, BROKEN_PAPER],
            "document",
            "the model Booking allows it: api.yaml is behind"
            " (or the model asks for less, and the API has drifted)",
            id="the model allows it",
        ),
        pytest.param(
            [BROKEN_MODEL, BROKEN_PAPER],
            "document",
            "api.yaml and the model Booking agree: the API has drifted",
            id="both say no",
        ),
        pytest.param(
            [BROKEN_MODEL, BROKEN_PAPER],
            "code",
            "api.yaml and the model Booking agree: the API has drifted",
            id="both, said beside the model",
        ),
    ],
)
def test_two_contracts_tell_which_is_behind(
    opinions: list[Opinion], of: Literal["code", "document"], words: str
) -> None:
    """Code and document are judged apart, and each says what the other thinks."""
    assert [*drift.words(opinions, of=of)] == [words]


@pytest.mark.parametrize(
    "opinions",
    [
        pytest.param([], id="nobody"),
        pytest.param([BROKEN_MODEL], id="one alone"),
        pytest.param([KEPT_MODEL, KEPT_PAPER], id="both content"),
    ],
)
def test_one_contract_alone_is_behind_nothing(opinions: list[Opinion]) -> None:
    """There is nothing to compare it with."""
    assert [*drift.words(opinions, of="code")] == []


@pytest.mark.parametrize(
    "violation, is_about_body",
    [
        pytest.param(BODY, True, id="document"),
        pytest.param(Violation("body.schema", "$", "1", "2"), True, id="model"),
        pytest.param(MEDIA, True, id="media type"),
        pytest.param(STATUS, False, id="status"),
        pytest.param(HEADER, False, id="header"),
        pytest.param(
            Violation("contract.request_body_schema", "request $", "1", "2"), False, id="request"
        ),
    ],
)
def test_both_kinds_of_contract_judge_bodies(violation: Violation, *, is_about_body: bool) -> None:
    """A model knows nothing of statuses, headers and requests."""
    assert drift.is_about_body(violation) is is_about_body
