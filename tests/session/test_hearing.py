"""The hearing of a test: which answers are held against contracts, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

import pytest
from pydantic import BaseModel

from redhanded.contracts.registry import ModelRegistry
from redhanded.core.attempt import Attempt
from redhanded.core.errors import UsageError
from redhanded.core.events import Breached, Event
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.pipeline.call import Call, Held
from redhanded.session.allowances import Allowances
from redhanded.session.baseline import EMPTY
from redhanded.session.contracts import Contracts
from redhanded.session.hearing import Hearing
from redhanded.session.judges import Judge, Kind, ModelJudge, OtherJudge, Ruling, judge_of
from redhanded.verdict.drift import Opinion
from tests.verdict.answers import answered, call, lost

HOME = "http://127.0.0.1:8000"
BODY = Violation("contract.body_schema", "$.id", "null", "integer", rule="type", source="api#/x")
STATUS = Violation("contract.status_undocumented", "status", "418", "200", source="api#/y")
FLAW = Violation("contract.document", "api#/z", "a broken $ref", "", source="api#/z")
WARNING = Violation("contract.header_undeclared", "header X-A", "1", "none", level="warning")
REFUSED = Violation("contract.request_refused", "status", "422", "an answer", level="warning")
_NUMBERS = count()


@dataclass
class Stub:
    """A judge that says of every answer what it was told to, by path or of all."""

    violations: Sequence[Violation] = (BODY,)
    name: str = "api.yaml"
    kind: Kind = "document"
    opinion: bool | None = None
    heard: list[Attempt] = field(default_factory=list)

    def rule(self, attempt: Attempt, held: Sequence[Held]) -> Ruling | None:
        """What it was told to say."""
        self.heard.append(attempt)
        said = None if self.opinion is None else Opinion(self.name, self.kind, self.opinion)
        return Ruling("GET /booking/{id}", self.violations, said)


def made(status: int = 200, **facts: Any) -> Attempt:  # noqa: ANN401  each fact has its type
    """An answered attempt with an id of its own."""
    return answered(status, **{"id": f"a{next(_NUMBERS)}", "response_body": b"{}"} | facts)


def heard(
    *judges: Judge,
    calls: Sequence[Call],
    told: list[Event] | None = None,
    foreign: str = "",
    lack: str = "",
) -> Hearing:
    """A hearing before these judges; events go to `told`."""
    events: list[Event] = [] if told is None else told
    contracts = Contracts(
        judges=judges,
        allowances=Allowances((), EMPTY, date(2026, 3, 1), lambda _: None),
        home=HOME,
        emit=events.append,
        mask=lambda text: text.replace("s3cret", "***"),
        foreign_sign=lambda _: foreign,
        lack=lack,
    )
    return Hearing(contracts, "test_it", calls)


def test_what_no_document_could_judge_is_not_judged() -> None:
    """Once a test, with what kept the document away; what others hold against it stands."""
    hearing = heard(Stub(kind="code"), calls=[call(made())], lack="it was out.")

    drift, unheard = hearing.findings()

    assert drift.verdict is Verdict.DRIFT
    assert (unheard.verdict, unheard.code) == (Verdict.INCONCLUSIVE, "run.contract")
    assert unheard.evidence == ("it was out",)
    assert hearing.findings() == []


def test_a_test_without_an_answer_lacks_no_document() -> None:
    """There is nothing that could be held against one."""
    assert heard(calls=[call(made(503))], lack="it was out.").findings() == []


STANDS = made()
REDIRECT = made(302, received=(("Location", "/booking/8"),))


@pytest.mark.parametrize(
    "attempts, stand",
    [
        pytest.param([STANDS], [0], id="an answer"),
        pytest.param([made(404)], [0], id="a refusal"),
        pytest.param([made(500)], [0], id="a fault"),
        pytest.param([made(401)], [0], id="a 401 that stands"),
        pytest.param([made(401), STANDS], [1], id="a 401 before a new token"),
        pytest.param([REDIRECT, made(url=f"{HOME}/booking/8")], [0, 1], id="a redirect"),
        pytest.param([made(302), made(200)], [0, 1], id="a redirect to itself"),
        pytest.param([lost("closed_fresh"), STANDS], [1], id="a lost attempt before it"),
        pytest.param([lost("cut_short", status=200)], [], id="a cut body"),
        pytest.param([made(429)], [], id="throttled"),
        pytest.param([made(503)], [], id="out of service"),
        pytest.param([made(502), STANDS], [1], id="a gateway's before it"),
        pytest.param([made(425), STANDS], [1], id="too early"),
        pytest.param([made(421)], [], id="misdirected"),
        pytest.param([made(500), STANDS], [1], id="a fault that was asked for again"),
        pytest.param([made(url="http://other.test/x")], [], id="another origin"),
        pytest.param([made(url=f"{HOME}:81/x")], [], id="another port"),
        pytest.param([made(purpose="auth"), STANDS], [1], id="a login"),
        pytest.param([made(purpose="cleanup")], [], id="a removal"),
        pytest.param([lost("cancelled", status=None)], [], id="cancelled"),
    ],
)
def test_what_stands_is_heard(attempts: list[Attempt], stand: list[int]) -> None:
    """INVARIANT: weather and what was asked again is held against no contract."""
    judge = Stub(())

    heard(judge, calls=[call(*attempts)]).findings()

    assert judge.heard == [attempts[number] for number in stand]


@pytest.mark.parametrize("is_withheld, count", [(False, 1), (True, 0)], ids=["seen", "withheld"])
def test_a_401_that_no_login_could_replace_is_not_heard(*, is_withheld: bool, count: int) -> None:
    """The test got an error in its place, and never saw it."""
    judge = Stub(())

    heard(judge, calls=[call(made(401), is_withheld=is_withheld)]).findings()

    assert len(judge.heard) == count


def test_a_login_that_failed_later_excuses_no_401_that_was_seen() -> None:
    """It may be another identity's."""
    judge = Stub(())

    login = call(made(400, purpose="auth"), purpose="auth")
    heard(judge, calls=[call(made(401)), login]).findings()

    assert len(judge.heard) == 1


@pytest.mark.parametrize("purpose", ["probe", "canary", "cleanup", "auth"])
def test_what_the_test_did_not_ask_is_not_heard(purpose: str) -> None:
    """A look-up, a canary, a removal: they are ours."""
    judge = Stub()

    assert heard(judge, calls=[call(STANDS, purpose=purpose)]).findings() == []
    assert judge.heard == []


def test_each_answer_is_heard_once() -> None:
    """In a later phase only what came since is."""
    judge, calls = Stub(()), [call(made())]
    hearing = heard(judge, calls=calls)

    hearing.findings()
    calls.append(call(made()))
    hearing.findings()

    assert len(judge.heard) == 2


def test_a_call_that_a_contract_has_judged_is_checked() -> None:
    """So a test that only calls asserts something."""
    made_call = call(made())

    heard(Stub(()), Stub(()), calls=[made_call]).findings()

    assert made_call.checks == 2


def test_equal_breaches_of_a_test_are_one_finding() -> None:
    """It says how many answers show it; another breach is another finding."""
    first, second = made(), made()

    (finding,) = heard(Stub(), calls=[call(first), call(second)]).findings()

    assert (finding.attempt_id, finding.violations) == (first.id, (BODY,))
    assert "2 answers of this test break it in the same way" in finding.evidence


def test_all_breaches_of_an_answer_are_one_finding_for_each_contract() -> None:
    """Code and document are judged apart."""
    answers = [call(made(418))]

    findings = heard(Stub((STATUS, BODY)), Stub((BODY,), name="b.yaml"), calls=answers).findings()

    assert [len(each.violations) for each in findings] == [2, 1]


def test_two_builds_break_a_contract_apart() -> None:
    """One of them may be an old one, and the other is not excused by it."""
    builds = [call(made(received=(("X-Build", build),))) for build in "12"]

    assert len(heard(Stub(), calls=builds).findings()) == 2


def test_many_findings_are_told_in_few() -> None:
    """A document of another API breaks everywhere."""

    class Endless(Stub):
        def rule(self, attempt: Attempt, held: Sequence[Held]) -> Ruling:
            return Ruling(f"GET /{attempt.id}", (BODY,))

    told: list[Event] = []
    hearing = heard(Endless(), calls=[call(made()) for _ in range(250)], told=told)
    findings = hearing.findings()
    hearing.close()

    assert len(findings) == 20
    assert "230 more answers break a contract" in findings[-1].evidence[-1]
    assert len(told) == 200


@pytest.mark.parametrize("violation", [WARNING, FLAW, REFUSED], ids=["warning", "flaw", "refused"])
def test_what_fails_no_test_is_told_all_the_same(violation: Violation) -> None:
    """A warning is told at the end of the run, a broken document is a finding on it."""
    told: list[Event] = []
    hearing = heard(Stub((violation,)), calls=[call(made()), call(made())], told=told)

    assert hearing.findings() == []

    hearing.close()
    (event,) = told
    assert isinstance(event, Breached)
    assert (event.count, event.passed) == (2, "" if violation is FLAW else "warning")


def test_what_is_told_is_masked() -> None:
    """INVARIANT: no secret of an answer stands in an event."""
    leak = Violation("c", "$.s3cret", "s3cret", "not s3cret", suggestion='{"value": "s3cret"}')
    told: list[Event] = []
    hearing = heard(Stub((leak,)), calls=[call(made())], told=told)

    hearing.findings()
    hearing.close()

    assert len(told) == 1
    assert "s3cret" not in repr(told)


def test_a_test_that_nobody_heard_is_heard_when_it_is_closed() -> None:
    """It was skipped, or expected to fail: what it saw counts, and fails nothing."""
    told: list[Event] = []

    heard(Stub(), calls=[call(made())], told=told).close()

    assert [each.passed for each in told if isinstance(each, Breached)] == [""]


def excused(attempt: Attempt) -> Finding:
    """What a review makes of a finding on an answer that was not the API's."""
    return Finding(Verdict.INCONCLUSIVE, "provenance.deploy", "m", attempt.id, (BODY,))


def test_what_a_review_excused_is_no_breach() -> None:
    """INVARIANT: a gateway's answer neither stands in a baseline nor in a suggested patch."""
    attempt = made()
    told: list[Event] = []
    hearing = heard(Stub(), calls=[call(attempt)], told=told)

    hearing.findings()
    hearing.excuse([excused(attempt)])
    hearing.close()

    assert told == []


@pytest.mark.parametrize(
    "attempt, foreign",
    [
        pytest.param(made(response_body=b"<html>"), "", id="a page"),
        pytest.param(made(), "it comes from nginx", id="another server"),
    ],
)
def test_what_others_sent_is_no_breach_where_it_fails_nothing(
    attempt: Attempt, foreign: str
) -> None:
    """No review has looked at it, for nothing was red."""
    told: list[Event] = []

    heard(Stub((WARNING,)), calls=[call(attempt)], told=told, foreign=foreign).close()

    assert told == []


MODEL_SAYS = Finding(
    Verdict.DRIFT, "body.schema", "m", "x", (Violation("body.schema", "$.id", "null", "integer"),)
)


class Booking(BaseModel):
    """What the hotel has noted."""

    id: int


@pytest.mark.parametrize(
    "opinion, words",
    [
        pytest.param(True, "api.yaml allows it: the model Booking is behind", id="allowed"),
        pytest.param(False, "api.yaml and the model Booking agree", id="refused as well"),
        pytest.param(None, "", id="no opinion"),
    ],
)
def test_a_failed_expectation_gets_the_documents_word(opinion: bool | None, words: str) -> None:
    """Which of the two is behind is part of the evidence."""
    attempt = made(id="x")
    made_call = call(attempt, held=(Held("x", Booking, is_kept=False),))
    judge = Stub((BODY,) if opinion is False else (), opinion=opinion)
    hearing = heard(judge, calls=[made_call])
    hearing.findings()

    (found,) = hearing.beside([MODEL_SAYS])

    assert [text for text in found.evidence if text.startswith(words)] == [*found.evidence]
    assert bool(found.evidence) is bool(words)


def test_a_model_that_the_test_held_speaks_beside_the_documents_finding() -> None:
    """What `expect` found well is the code's word on it."""
    made_call = call(made(id="x"), held=(Held("x", Booking, is_kept=True),))

    (finding,) = heard(Stub(opinion=False), calls=[made_call]).findings()

    assert finding.evidence[-1].startswith("the model Booking allows it: api.yaml is behind (or")


@pytest.mark.parametrize("attempt_id", ["x", ""], ids=["expect", "plain assert"])
def test_a_red_test_is_told_that_its_request_follows_the_document(attempt_id: str) -> None:
    """The API requires more than it says."""
    hearing = heard(Stub((REFUSED,)), calls=[call(made(422, id="x"))])
    hearing.findings()
    red = Finding(Verdict.DEFECT, "assert", "m", attempt_id)
    late = Finding(Verdict.RECOVERED, "net.reset", "m", attempt_id)

    said, unsaid = hearing.beside([red, late])

    assert said.evidence == ("the request that was refused follows api.yaml",)
    assert unsaid == late


JSON = (("Content-Type", "application/json"),)
REGISTRY = ModelRegistry({"GET /booking/{id}": Booking})


@pytest.mark.parametrize(
    "held, is_heard",
    [
        pytest.param((), True, id="not held"),
        pytest.param((Held("x", Booking, is_kept=True),), False, id="held"),
        pytest.param((Held("x", Booking, is_kept=False),), False, id="held, and refused"),
        pytest.param((Held("x", list[Booking], is_kept=True),), True, id="held by another"),
        pytest.param((Held("y", Booking, is_kept=True),), True, id="another answer held"),
    ],
)
def test_what_expect_held_is_not_judged_twice(held: tuple[Held, ...], *, is_heard: bool) -> None:
    """One breach is one finding, and one validation."""
    answer = made(id="x", url=f"{HOME}/booking/7", received=JSON, response_body=b'{"id": null}')

    findings = heard(ModelJudge(REGISTRY), calls=[call(answer, held=held)]).findings()

    assert len(findings) == is_heard


def test_a_registry_of_a_conftest_is_read_as_the_projects() -> None:
    """What it says itself stands."""
    known = ModelRegistry({}, below="/api", strict=False, extra="ignore", mask=str)

    judge = judge_of(ModelRegistry({"GET /x": int}, strict=True), lambda _: "", known)

    assert isinstance(judge, ModelJudge)
    assert judge.registry == ModelRegistry(
        {"GET /x": int}, below="/api", strict=True, extra="ignore", mask=str
    )


class Pact:
    """A contract that a project brings."""

    name = "pact"
    kind = "document"

    def check(self, attempt: Attempt) -> list[Violation]:
        """Every breach; fails itself where there is no body."""
        return [Violation("pact.body", "$", str(attempt.response_body or 1 / 0), "2")]


def test_any_contract_may_judge() -> None:
    """Its name and its kind are told with what it finds."""
    judge = judge_of(Pact(), lambda _: "GET /x", REGISTRY)
    told: list[Event] = []
    hearing = heard(judge, calls=[call(made())], told=told)

    (finding,) = hearing.findings()
    hearing.close()

    assert isinstance(judge, OtherJudge)
    assert (finding.verdict, finding.code) == (Verdict.DRIFT, "pact.body")
    assert [(each.contract, each.kind) for each in told if isinstance(each, Breached)] == [
        ("pact", "document")
    ]


def test_a_contract_that_fails_itself_is_named() -> None:
    """It is a mistake of who brought it, and no fault of the API."""
    hearing = heard(judge_of(Pact(), lambda _: "", REGISTRY), calls=[call(made(response_body=b""))])

    with pytest.raises(UsageError, match="The contract pact failed itself, by ZeroDivisionError"):
        hearing.findings()


def test_what_is_no_contract_is_refused() -> None:
    """The sentence says what one has."""
    with pytest.raises(UsageError, match=r"is no contract: .*check\(attempt\)"):
        judge_of(object(), lambda _: "", REGISTRY)  # type: ignore[arg-type]
