"""What of a record is sent again: which round, which attempts, and what is left out."""

from __future__ import annotations

from typing import Any

from redhanded.reports.dossier.case import Sent
from redhanded.session.replay.plan import Plan, plan_of_exchange, plan_of_test
from tests.session.replay.records import answered, case, finding, recorded


def made(target: str, **facts: Any) -> Sent:  # noqa: ANN401  each fact has its type
    """What the run kept of an attempt."""
    return recorded(answered(target, **facts))


def targets(plan: Plan) -> list[str]:
    """What is asked for, in order."""
    return [step.sent.exchange.url.removeprefix("http://api.test") for step in plan.steps]


def test_the_calls_of_a_test_are_sent_in_their_order() -> None:
    """Each of them once."""
    plan = plan_of_test(case([made("/a", method="POST"), made("/b"), made("/a")]))

    assert targets(plan) == ["/a", "/b", "/a"]
    assert plan.left_out == {}


def test_what_was_not_the_tests_own_is_left_out_and_counted() -> None:
    """Logins are made anew; canaries, probes and the cleanup were ours."""
    others = [made("/x", purpose=purpose) for purpose in ("auth", "canary", "probe", "cleanup")]

    plan = plan_of_test(case([made("/a"), *others, made("/x", purpose="probe")]))

    assert targets(plan) == ["/a"]
    assert plan.left_out == {"auth": 1, "canary": 1, "probe": 2, "cleanup": 1}


def test_attempts_of_one_call_are_sent_once() -> None:
    """The last is what the test has seen; another hop of the call is another request."""
    lost = made("/a", call_id="c", status=None, number=1)
    then = made("/a", call_id="c", number=2)
    hop = made("/b", call_id="c", number=3)

    plan = plan_of_test(case([lost, then, hop]))

    assert [step.sent for step in plan.steps] == [then, hop]
    assert [step.attempts for step in plan.steps] == [2, 1]


def test_the_attempt_of_a_finding_is_the_one_to_see_again() -> None:
    """A later attempt of the same call may have been answered well."""
    bad, good = made("/a", call_id="c", status=500), made("/a", call_id="c")
    found = finding(attempt_id=bad.exchange.id)

    (step,) = plan_of_test(case([bad, good], findings=[found])).steps

    assert step.sent is bad
    assert step.findings == (found,)


def test_a_finding_that_names_no_attempt_rests_on_the_last() -> None:
    """The author looked at that one."""
    found = finding()

    first, last = plan_of_test(case([made("/a"), made("/b")], findings=[found])).steps

    assert (first.findings, last.findings) == ((), (found,))


def test_the_last_round_that_sent_anything_counts() -> None:
    """A round may have been cut before its first call."""
    plan = plan_of_test(case([made("/first")], [made("/second")], []))

    assert targets(plan) == ["/second"]


def test_a_test_that_sent_nothing_has_an_empty_plan() -> None:
    """There is nothing to send."""
    assert plan_of_test(case([], [])).steps == ()
    assert plan_of_test(case()).steps == ()


def test_one_attempt_is_found_in_any_round_and_for_any_purpose() -> None:
    """Whoever names one means it."""
    wanted = made("/canary", purpose="canary")
    test = case([made("/a"), wanted], [made("/b")])

    plan = plan_of_exchange(test, wanted.exchange.id)

    assert targets(plan) == ["/canary"]
    assert [sent.exchange.url for sent in plan.steps[0].before] == ["http://api.test/a"]


def test_an_attempt_that_the_test_has_not_is_no_plan() -> None:
    """Nothing is sent in its place."""
    assert plan_of_exchange(case([made("/a")]), "ffff").steps == ()
