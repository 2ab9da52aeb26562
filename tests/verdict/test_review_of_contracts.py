"""Review of what a contract found: the same facts excuse it as any other finding."""

from __future__ import annotations

from typing import Any

import pytest

from redhanded.core.attempt import Attempt
from redhanded.core.verdicts import Verdict
from redhanded.core.violation import Violation
from redhanded.pipeline.call import Call
from redhanded.verdict.almanac import Almanac
from redhanded.verdict.arms import Situation
from redhanded.verdict.drift import of_breaches
from redhanded.verdict.review import foreign, of_red
from tests.verdict.answers import answered, call, lost
from tests.verdict.arms import HOME, World, own, situation

BODY = Violation("contract.body_schema", "$.id", "null", "integer")
OTHERS = [own(id=f"other{number}", url=f"{HOME}/users/{number}") for number in range(3)]


def status(actual: int, expected: str) -> Violation:
    """A status that the document does not name."""
    return Violation("contract.status_undocumented", "status", str(actual), expected)


def judged(
    attempt: Attempt,
    violation: Violation,
    around: Situation,
    *calls: Call,
    world: World | None = None,
) -> tuple[Verdict, str]:
    """What the review makes of what a contract found."""
    found = (world or World()).finds(of_red(of_breaches([violation], attempt), calls, around))
    return found.verdict, found.code


def built(build: str, **facts: Any) -> Attempt:  # noqa: ANN401  each fact has its type
    """An answer of a build."""
    headers = ((b"Content-Type", b"application/json"), (b"X-Build", build.encode()))
    return answered(raw_response_headers=headers, **facts)


def test_an_answer_of_the_apis_own_stays_drift() -> None:
    """Nothing in what is known says otherwise."""
    attempt = own(id="a")

    assert judged(attempt, BODY, situation(*OTHERS), call(attempt)) == (
        Verdict.DRIFT,
        "contract.body_schema",
    )


def test_a_strangers_answer_is_not_judged() -> None:
    """INVARIANT: another server's JSON without the stamp is no drift of the API."""
    headers = ((b"Content-Type", b"application/json"), (b"Server", b"elsewhere"))
    stranger = answered(id="a", raw_response_headers=headers)

    verdict, code = judged(stranger, BODY, situation(*OTHERS), call(stranger))

    assert (verdict, code) == (Verdict.INCONCLUSIVE, "provenance.foreign")


def test_two_builds_in_one_test_are_not_judged() -> None:
    """INVARIANT: in a deploy the old build may answer for the breach."""
    old, new = built("1", id="a"), built("2", id="b")

    verdict, code = judged(old, BODY, situation(*OTHERS), call(old), call(new))

    assert (verdict, code) == (Verdict.INCONCLUSIVE, "provenance.deploy")


def test_a_change_by_others_excuses_no_form() -> None:
    """INVARIANT: who rewrites an object changes its values, and not how it is sent."""
    headers = ((b"Content-Type", b"application/json"), (b"X-Build", b"1"))
    first = answered(id="a", raw_response_headers=(*headers, (b"ETag", b'"1"')))
    wrote = answered(id="b", method="PUT", raw_response_headers=(*headers, (b"ETag", b'"2"')))
    read = answered(id="c", raw_response_headers=(*headers, (b"ETag", b'"3"')))
    calls = [call(first), call(wrote), call(read)]

    assert judged(read, BODY, situation(*OTHERS), *calls)[0] is Verdict.DRIFT


def test_a_status_that_a_lost_attempt_may_have_caused_is_not_judged() -> None:
    """INVARIANT: the write may have been done by the attempt whose answer was lost."""
    gone = lost("closed_fresh", id="a", number=1, method="DELETE")
    again = own(404, id="b", number=2, method="DELETE")

    verdict, code = judged(again, status(404, "204"), situation(*OTHERS), call(gone, again))

    assert (verdict, code) == (Verdict.INCONCLUSIVE, "write.retried")


def test_a_404_at_an_address_where_nothing_ever_was_is_not_judged() -> None:
    """INVARIANT: a document does not make the API of a wrong address."""
    attempt = own(404, id="a")
    world = World(canary=[own(404, id="h", url=f"{HOME}/health")])
    around = situation()
    around.almanac.note("test_it", attempt)

    verdict, code = judged(attempt, status(404, "200"), around, call(attempt), world=world)

    assert (verdict, code) == (Verdict.INCONCLUSIVE, "run.address")


@pytest.mark.parametrize(
    "attempt, is_foreign",
    [
        pytest.param(own(id="a"), False, id="stamped"),
        pytest.param(
            answered(raw_response_headers=((b"Content-Type", b"text/html"), (b"Server", b"edge"))),
            True,
            id="a page from elsewhere",
        ),
    ],
)
def test_what_is_known_tells_who_answered(attempt: Attempt, *, is_foreign: bool) -> None:
    """Without asking anybody: where nothing is red nobody is asked."""
    almanac = Almanac()
    for other in OTHERS:
        almanac.note("test_it", other)

    assert bool(foreign(attempt, almanac)) is is_foreign


def test_what_a_wrong_address_answers_breaks_no_contract() -> None:
    """INVARIANT: nothing of the API was ever found there, and the answer has no stamp of its."""
    attempt = answered(404, id="a")
    world = World(canary=[answered(404, id="h", url=f"{HOME}/health")])
    around = situation()
    around.almanac.note("test_it", attempt)

    verdict, code = judged(attempt, BODY, around, call(attempt), world=world)

    assert (verdict, code) == (Verdict.INCONCLUSIVE, "run.address")


def test_the_form_of_a_404_that_carries_the_stamp_is_the_apis_own() -> None:
    """A first test that reads what is missing proves no wrong address."""
    attempt = own(404, id="a")
    world = World(canary=[own(404, id="h", url=f"{HOME}/health")])
    around = situation()
    around.almanac.note("test_it", attempt)

    assert judged(attempt, BODY, around, call(attempt), world=world)[0] is Verdict.DRIFT
