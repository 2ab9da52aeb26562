"""What it means that a request was answered so now: the same, different, or nobody can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from redhanded.core.attempt import Failure, Phase
from redhanded.core.redaction import Redactor
from redhanded.core.verdicts import Verdict
from redhanded.session.replay.judgement import cannot, judged
from redhanded.session.replay.outcome import Outcome, whole
from tests.session.replay.records import answered, finding, recorded, step

if TYPE_CHECKING:
    from redhanded.core.attempt import Attempt
    from redhanded.core.verdicts import Finding

REFUSED: dict[str, Any] = {
    "status": None,
    "row": "refused",
    "failure": Failure("refused", Phase.CONNECT, "ConnectError", "refused"),
}
RESET: dict[str, Any] = {
    "status": None,
    "row": "closed_fresh",
    "failure": Failure("closed_fresh", Phase.WAIT, "RemoteProtocolError", "closed"),
}
PAGE = [("Content-Type", "text/html")]


def outcome(
    before: Attempt,
    after: Attempt,
    *findings: Finding,
    keeps: bool = True,
    signed: bool = False,
) -> Outcome:
    """What it means that this came after that."""
    gate = Redactor()
    exchange = gate.exchange(after)
    body = gate.body(after.response_body, after.header("content-type") or "")
    made = step(before, *findings, keeps=keeps)
    return judged(made, after, exchange, body, signed=signed)


@pytest.mark.parametrize(
    "before, after",
    [
        pytest.param({"answer": {"a": 1}}, {"answer": {"a": 1}}, id="equal"),
        pytest.param({"answer": {"a": 1}}, {"answer": {"a": 2}}, id="another-value"),
        pytest.param({"status": 500}, {"status": 500}, id="an-error-again"),
        pytest.param(REFUSED, REFUSED, id="no-answer-again"),
        pytest.param(
            {"received": [("Content-Type", "text/plain; charset=utf-8")]},
            {"received": [("content-type", "text/plain")]},
            id="a-parameter-of-the-type",
        ),
    ],
)
def test_an_answer_is_the_same(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Its status, its type and its form are; values of others' making may differ."""
    assert outcome(answered(**before), answered(**after)).result == "same"


@pytest.mark.parametrize(
    "before, after, where",
    [
        pytest.param({}, {"status": 404}, "status", id="status"),
        pytest.param(REFUSED, {"status": 200}, "status", id="an-answer-after-none"),
        pytest.param({}, {"received": PAGE}, "headers.content-type", id="type"),
        pytest.param({"answer": {"a": 1}}, {"answer": {}}, "$.a", id="form"),
        pytest.param({"status": 200}, {"status": 401}, "status", id="401-without-a-credential"),
    ],
)
def test_an_answer_is_different(before: dict[str, Any], after: dict[str, Any], where: str) -> None:
    """Where, is the first thing that is told."""
    found = outcome(answered(**before), answered(**after))

    assert (found.result, found.differences[0].where) == ("different", where)


@pytest.mark.parametrize(
    "before, after, signed, reason",
    [
        pytest.param({}, REFUSED, False, "no whole answer came", id="no-answer"),
        pytest.param(REFUSED, RESET, False, "no whole answer came", id="lost-otherwise"),
        pytest.param(
            {}, {"status": 429, "row": "throttled"}, False, "weather of the moment", id="weather"
        ),
        pytest.param({}, {"status": 401}, True, "credential", id="a-refused-credential"),
    ],
)
def test_nobody_can_tell(
    before: dict[str, Any], after: dict[str, Any], signed: bool, reason: str
) -> None:
    """What may be the environment's, or our own, speaks for nobody."""
    found = outcome(answered(**before), answered(**after), signed=signed)

    assert found.result == "cannot"
    assert reason in found.reason


def test_a_401_that_was_recorded_is_the_same_as_ever() -> None:
    """A test may be about a credential that is refused."""
    assert outcome(answered(status=401), answered(status=401), signed=True).result == "same"


def test_a_finding_decides_by_its_place_alone() -> None:
    """The value that it speaks of is as it was, or it is not; others are told beside."""
    before = answered(answer={"total": 91, "note": "a"})
    found = finding("$.total", rule="equal")

    same = outcome(before, answered(answer={"total": 91, "note": "b"}), found)
    other = outcome(before, answered(answer={"total": 90, "note": "b"}), found)

    assert (same.result, [one.where for one in same.beside]) == ("same", ["$.note"])
    assert (other.result, [one.where for one in other.differences]) == ("different", ["$.total"])
    assert [one.where for one in other.beside] == ["$.note"]


def test_a_plain_assertion_decides_by_every_value_that_stays() -> None:
    """Nobody knows which of them it was about; ids and times it was hardly about."""
    before = answered(answer={"id": 1, "total": 91})

    same = outcome(before, answered(answer={"id": 2, "total": 91}), finding())
    other = outcome(before, answered(answer={"id": 1, "total": 90}), finding())

    assert (same.result, other.result) == ("same", "different")
    assert [one.where for one in same.beside] == ["$.id"]


def test_a_finding_that_is_nobodys_fault_decides_nothing() -> None:
    """A test that recovered from weather held in the end."""
    found = finding(verdict=Verdict.RECOVERED)
    before, after = answered(answer={"a": 1}), answered(answer={"a": 2})

    assert outcome(before, after, found).result == "same"


def test_a_breach_of_a_body_that_was_not_kept_cannot_be_looked_for() -> None:
    """Status and type are all that there is to compare, and it is said so."""
    before, after = answered(answer={"a": 1}), answered(answer={"b": 1})

    found = outcome(before, after, finding("$.a"), keeps=False)

    assert found.result == "same"
    assert 'evidence = "all" keeps it' in found.notes[0]


@pytest.mark.parametrize(
    "body, media, told",
    [
        pytest.param(b"\x00\x01", "image/png", "no text", id="binary"),
        pytest.param(b"x" * 70_000, "text/plain", "longer than what is kept", id="long"),
    ],
)
def test_bodies_that_are_not_kept_whole_are_not_compared(
    body: bytes, media: str, told: str
) -> None:
    """Their sizes stand beside each other, and a note says why."""
    facts: dict[str, Any] = {"answer": body, "received": [("Content-Type", media)]}

    found = outcome(answered(**facts), answered(**facts))

    assert found.result == "same"
    assert told in found.notes[0]


def test_another_status_leaves_the_rest_untold() -> None:
    """The body of an error is no news beside it."""
    found = outcome(answered(answer={"a": 1}), answered(status=404, answer={"error": "gone"}))

    assert (len(found.differences), found.beside) == (1, ())


def test_both_times_are_told() -> None:
    """Whoever looks for what is slow compares them."""
    found = outcome(answered(elapsed=0.1), answered(elapsed=0.3))

    assert found.now is not None
    assert (found.recorded.seconds, found.now.seconds) == (0.1, 0.3)


def test_what_was_not_sent_has_no_answer() -> None:
    """Its reason stands in the place of one."""
    found = cannot(step(answered()), "it holds a secret")

    assert (found.result, found.now, found.reason) == ("cannot", None, "it holds a secret")


@pytest.mark.parametrize(
    "results, word",
    [
        (["same", "same"], "same"),
        (["same", "cannot"], "cannot"),
        (["cannot", "different"], "different"),
        ([], "cannot"),
    ],
    ids=["all", "not-all", "one-is-enough", "nothing"],
)
def test_one_word_stands_for_all(results: list[str], word: str) -> None:
    """A difference is one whatever else is not known; silence is never the same."""
    made = recorded(answered())
    every = [
        Outcome(exchange=made.exchange, result=one, recorded=cannot(step(answered()), "").recorded)  # type: ignore[arg-type]
        for one in results
    ]

    assert whole(every) == word
