"""The questions of a diagnosis: which are put on which way, and what is told of them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any

import pytest

from redhanded.core.attempt import Attempt, Failure, Phase
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.pipeline.table import ROWS
from redhanded.verdict.arms import Situation
from redhanded.verdict.diagnosis import of_failure
from redhanded.verdict.findings import lateness
from redhanded.verdict.inquiry import Answer, Inquiry
from redhanded.verdict.questions import AGAIN, CANARY, INPUT, OWN, UNASKED, WHOLE, Questions
from redhanded.verdict.review import of_green, of_red, of_renewals
from tests.verdict.answers import answered, call, lost
from tests.verdict.arms import HOME, World, own, situation

GOOD = own(url=f"{HOME}/booking/8", id="good")
GATEWAY = answered(502, row="gateway", id="red")
RESET = lost("closed_fresh", id="red")
STATUS = Violation("status", "status", "404", "200", rule="status")


def told(around: Situation) -> dict[str, Answer]:
    """The answers by their questions."""
    answers = around.inquiry.take()
    assert len({(one.attempt_id, one.question) for one in answers}) == len(answers)
    return {one.question: one for one in answers}


def diagnosed(world: World, around: Situation, attempt: Attempt) -> dict[str, Answer]:
    """What is told on the way to the finding on a failed attempt."""
    world.finds(of_failure(attempt, [attempt], around))
    return told(around)


def reviewed(
    finding: Finding, around: Situation, *attempts: Attempt, world: World | None = None
) -> dict[str, Answer]:
    """What is told on the way to what a finding becomes."""
    (world or World()).finds(of_red(finding, [call(*attempts)], around))
    return told(around)


def red(attempt: Attempt, verdict: Verdict = Verdict.DEFECT, *violations: Violation) -> Finding:
    """A finding that rests on this attempt."""
    return Finding(verdict, "status", "wrong", attempt.id, violations)


class TestOfFailures:
    """No answer of the API's own came."""

    def test_a_conviction_tells_all_arms_with_their_counts(self) -> None:
        """INVARIANT: the whole case against the server, in the order in which it was made."""
        world = World(target=[GATEWAY._replace(id="t")], beside=[GOOD], canary=[own(id="c")])
        answers = diagnosed(world, situation(GOOD), GATEWAY)

        assert [*answers] == [
            WHOLE,
            "May the environment answer for it?",
            "Did the runner stand still?",
            "Did the runner run out of something?",
            "May the server cause it?",
            CANARY,
            AGAIN,
            INPUT,
        ]
        assert answers[CANARY].answer == "yes, 7 of 7 times: it answered 200 in 125 ms"
        assert answers[AGAIN].answer == "yes, 6 of 6 times: it answered 502"
        assert answers[INPUT].answer == "yes, 3 of 3 times: GET /booking/8 answered 200"
        assert {answers[one].speaks for one in (CANARY, AGAIN, INPUT)} == {"api"}
        assert (answers[CANARY].asked, answers[AGAIN].asked) == (("c",) * 7, ("t",) * 6)

    def test_a_sick_canary_speaks_for_the_environment(self) -> None:
        """The circuit is asked then, and what it says stands beside."""
        around = situation(GOOD, circuit=lambda _: "the circuit is open")
        answers = diagnosed(World(canary=[lost("refused")]), around, GATEWAY)

        assert answers[CANARY].answer == "no, it failed (connect: refused)"
        assert answers[CANARY].speaks == "environment"
        down = answers["Is its origin known to be down?"]
        assert (down.answer, down.speaks) == ("yes, the circuit is open", "environment")
        assert AGAIN not in answers

    def test_a_canary_that_falls_ill_is_told_with_those_before(self) -> None:
        """One that was well before is no longer what counts."""
        world = World(target=[GATEWAY], beside=[GOOD], canary=[own(), lost("refused")])
        answers = diagnosed(world, situation(GOOD), GATEWAY)
        said = "no, it failed (connect: refused), after 1 that were well"
        assert (answers[CANARY].answer, answers[CANARY].speaks) == (said, "environment")

    def test_what_passes_when_it_is_asked_again_is_weather(self) -> None:
        """One answer acquits, and it is told after how many failures."""
        world = World(target=[GATEWAY, own()], beside=[GOOD])
        answers = diagnosed(world, situation(GOOD), GATEWAY)
        said = "no, it answered 200, after 1 that failed"
        assert (answers[AGAIN].answer, answers[AGAIN].speaks) == (said, "environment")

    def test_a_route_that_is_out_is_told_by_its_other_input(self) -> None:
        """Where its neighbour fails as well it is the route."""
        world = World(target=[GATEWAY], beside=[GATEWAY])
        answers = diagnosed(world, situation(GOOD), GATEWAY)
        assert answers[INPUT].speaks == "environment"
        assert answers[INPUT].answer.startswith("no: GET /")

    def test_without_another_input_it_says_so(self) -> None:
        """Why nobody was convicted must be told as well."""
        answers = diagnosed(World(target=[GATEWAY]), situation(), GATEWAY)
        assert answers[INPUT].answer == "none is known from this run"

    def test_an_earlier_conviction_is_told(self) -> None:
        """It is why so little was asked."""
        world, around = World(target=[GATEWAY], beside=[GOOD]), situation(GOOD)
        diagnosed(world, around, GATEWAY)
        answers = diagnosed(world, around, GATEWAY._replace(id="another"))
        known = answers["Was it convicted before in this run?"]
        assert known.answer == "yes: it failed 7 times, beside 7 canaries that were well"

    @pytest.mark.parametrize(
        "world, question",
        [
            pytest.param(World(canary=[None]), CANARY, id="canary"),
            pytest.param(World(target=[None]), AGAIN, id="target"),
        ],
    )
    def test_a_spent_budget_is_told(self, world: World, question: str) -> None:
        """INVARIANT: what was not asked is never taken for an answer."""
        answers = diagnosed(world, situation(GOOD), GATEWAY)
        assert answers[question] == Answer("red", question, UNASKED)

    def test_a_budget_that_ends_midway_keeps_what_was_asked(self) -> None:
        """What was learned before stands."""
        world = World(target=[GATEWAY, None], beside=[None], canary=[own(), own(), None])
        answers = diagnosed(world, situation(GOOD), GATEWAY)
        assert answers[CANARY].answer.startswith("yes, 2 of 2 times")
        assert answers[AGAIN].answer.startswith("yes: it answered 502")
        assert INPUT not in answers

    def test_a_write_is_not_asked_again_and_its_rounds_are_told(self) -> None:
        """Rounds of its test take the place of replays."""
        lost_write = lost("closed_fresh", method="POST", id="red")
        around = situation(GOOD, reconciled=lambda _: "not_applied")
        answers = diagnosed(World(), around, lost_write)

        assert answers[AGAIN].answer == "not asked: POST may write, so its test is run again"
        assert answers["Did it fail in other rounds?"].answer == "it failed 1 time in 1 round"
        assert answers["What became of the write?"].answer == "the look-up found nothing of it"
        assert answers["Was its route well meanwhile?"].speaks == "nobody"
        assert answers["Was it the only one to fail?"].speaks == "nobody"

    @pytest.mark.parametrize(
        "state, speaks", [("applied", "environment"), ("duplicated", "api"), ("unknown", "nobody")]
    )
    def test_what_became_of_a_write_is_told(self, state: str, speaks: str) -> None:
        """A write that was done twice is held against the API."""
        around = situation(GOOD, reconciled=lambda _: state)
        answers = diagnosed(World(), around, lost("closed_fresh", method="POST", id="red"))
        assert answers["What became of the write?"].speaks == speaks

    @pytest.mark.parametrize(
        "attempt, known, question, said",
        [
            pytest.param(
                RESET,
                {"stall": lambda _began, _ended: 1.25},
                "Did the runner stand still?",
                "yes, for 1.2 s",
                id="stalled",
            ),
            pytest.param(
                lost("refused")._replace(
                    failure=Failure("refused", Phase.CONNECT, "E", os.strerror(errno.EMFILE))
                ),
                {},
                "Did the runner run out of something?",
                f"yes: {os.strerror(errno.EMFILE)}",
                id="exhausted",
            ),
        ],
    )
    def test_a_runner_at_fault_is_told(
        self, attempt: Attempt, known: dict[str, Any], question: str, said: str
    ) -> None:
        """Nobody else is asked where the runner itself is to blame."""
        answers = diagnosed(World(), situation(GOOD, **known), attempt)
        assert (answers[question].answer, answers[question].speaks) == (said, "runner")
        assert CANARY not in answers

    def test_another_address_than_the_apis_is_told(self) -> None:
        """A test that calls a wrong host is told by the canary beside it."""
        wrong = lost("refused", url="http://elsewhere.test/x", id="red")
        around = situation(GOOD, knows_origin=lambda _: False)
        answers = diagnosed(World(), around, wrong)
        address = answers["Is it the address of the API?"]
        assert (address.speaks, answers[CANARY].speaks) == ("test", "api")
        assert "never answered in this run" in address.answer

    def test_what_the_way_alone_can_cause_is_told_by_the_table(self) -> None:
        """Nobody is asked, but for the circuit."""
        answers = diagnosed(World(), situation(GOOD), lost("certificate", id="red"))
        table = answers["May the server cause it?"]
        assert table.answer == "no, by the retry table"
        assert answers["Is its origin known to be down?"].answer == "no"
        assert not ROWS["certificate"].repeats

    def test_what_the_environment_never_answers_for_is_told_at_once(self) -> None:
        """The table itself convicts."""
        answers = diagnosed(World(), situation(GOOD), lost("protocol", id="red"))
        table = answers["May the environment answer for it?"]
        assert (table.answer, table.speaks) == ("no, never for such an end", "api")
        assert [*answers] == [WHOLE, "May the environment answer for it?"]


class TestOfWholeAnswers:
    """A whole answer came, and broke an expectation."""

    def test_a_defect_tells_whose_answer_it_was(self) -> None:
        """INVARIANT: whole, the API's own, of one build: nothing else explains it."""
        made = own(500, id="red")
        answers = reviewed(red(made), situation(GOOD), made)
        assert answers[OWN].answer == "yes, it carries build 7f3c"
        assert answers["Did one build answer all of it?"].answer == "yes"
        assert answers[WHOLE].answer == "yes, 500 in 125 ms"

    @pytest.mark.parametrize(
        "attempt, said, speaks",
        [
            (
                answered(500, id="red", trace_id="abc", raw_response_headers=((b"X-T", b"abc"),)),
                "yes, it carries the trace that was sent",
                "api",
            ),
            (
                answered(500, id="red", raw_response_headers=((b"Server", b"s"),)),
                "nothing says otherwise",
                "nobody",
            ),
        ],
        ids=["trace", "none"],
    )
    def test_the_sign_of_an_answer_is_named(self, attempt: Attempt, said: str, speaks: str) -> None:
        """Where there is none, nobody claims one."""
        answers = reviewed(red(attempt), situation(), attempt)
        assert (answers[OWN].answer, answers[OWN].speaks) == (said, speaks)

    def test_a_foreign_answer_is_told_by_its_sign(self) -> None:
        """The excuse and its fact are the answer."""
        others = [own(id=f"o{number}", url=f"{HOME}/users/{number}") for number in range(3)]
        page = answered(
            200,
            id="red",
            raw_response_headers=((b"Content-Type", b"text/html"), (b"Server", b"edge")),
        )
        answers = reviewed(red(page), situation(*others), page)
        assert answers[OWN].speaks == "environment"
        assert "it is a page of HTML" in answers[OWN].answer
        assert "Did one build answer all of it?" not in answers

    def test_a_page_is_held_against_the_canary(self) -> None:
        """What was sent to find out is named."""
        page = ((b"Content-Type", b"text/html"), (b"Server", b"edge"))
        health = answered(200, id="c1", url=f"{HOME}/health", raw_response_headers=page)
        around = situation()
        made = answered(200, id="green", raw_response_headers=page)
        World(canary=[health]).finds(of_green([call(made)], around))
        (answer,) = told(around).values()
        assert (answer.question, answer.speaks, answer.asked) == (OWN, "environment", ("c1",))

    def test_a_green_answer_without_doubt_has_no_questions(self) -> None:
        """INVARIANT: what nobody doubts needs no reason."""
        around = situation(GOOD)
        made = own(404, id="green")
        World().finds(of_green([call(made)], around))
        assert told(around) == {}

    def test_a_write_that_was_lost_before_is_told(self) -> None:
        """Its own earlier attempt explains the conflict."""
        first = lost("closed_fresh", method="PUT", id="lost", number=1)
        second = own(409, method="PUT", id="red", number=2)
        finding = red(second, Verdict.DEFECT, STATUS)
        answers = reviewed(finding, situation(GOOD), first, second)
        assert answers["Was an earlier attempt of this write lost?"].speaks == "environment"

    def test_a_write_alone_was_not_lost_before(self) -> None:
        """The question is put for writes, and answered."""
        made = own(409, method="PUT", id="red")
        answers = reviewed(red(made), situation(GOOD), made)
        assert answers["Was an earlier attempt of this write lost?"].answer == "no"

    def test_others_who_change_an_object_are_looked_for(self) -> None:
        """Only where the object has a version, by which they would show."""
        made = own(200, id="red", raw_response_headers=((b"X-Build", b"1"), (b"ETag", b'"2"')))
        question = "Did somebody else change the object?"
        assert reviewed(red(made), situation(GOOD), made)[question].answer == "nothing says so"
        plain = own(200, id="red")
        assert question not in reviewed(red(plain), situation(GOOD), plain)

    def test_two_builds_are_told_with_the_canaries_that_show_them(self) -> None:
        """A rollout is weather."""

        def of(build: bytes, **facts: Any) -> Attempt:  # noqa: ANN401
            return own(raw_response_headers=((b"X-Build", build), (b"Server", b"lab")), **facts)

        made = of(b"new", id="red")
        world = World(canary=[of(b"old", id="c1"), of(b"new", id="c2")])
        around = situation(of(b"old", id="before"), made)
        answer = reviewed(red(made), around, made, world=world)["Did one build answer all of it?"]
        assert answer.answer == "no, builds new and old answer in turn"
        assert (answer.speaks, answer.asked) == ("environment", ("c1", "c2", "c2", "c2"))

    def test_a_recovered_call_tells_what_was_lost(self) -> None:
        """Each attempt that weather took, and the one that was answered."""
        first, second = lost("closed_fresh", id="lost", number=1), own(id="kept", number=2)
        finding = red(second, Verdict.RECOVERED)
        answers = reviewed(finding, situation(GOOD), first, second)
        said = answers["Was it answered when it was sent again?"]
        assert (said.attempt_id, said.answer) == ("lost", "yes, attempt 2 answered 200")
        assert answers[WHOLE].answer == (
            "no: closed before headers, fresh connection, in phase connect"
        )

    def test_an_exception_of_the_tests_own_is_held_against_its_last_answer(self) -> None:
        """A portal's page may be what a test stumbled over."""
        made = own(id="last")
        finding = Finding(Verdict.TEST_BUG, "test.exception", "KeyError")
        assert reviewed(finding, situation(GOOD), made)[OWN].attempt_id == "last"
        assert reviewed(finding, situation(GOOD)) == {}

    @pytest.mark.parametrize(
        "found, canary, said",
        [
            pytest.param([GOOD], own(), "yes, 1 of 1 answers were no 404", id="found"),
            pytest.param([own(404)], own(), "the health endpoint was", id="health"),
            pytest.param(
                [own(404)],
                own(404),
                "no, 1 of 1 answers were 404, and the health endpoint's too",
                id="nothing",
            ),
        ],
    )
    def test_a_404_tells_whether_anything_was_found(
        self, found: list[Attempt], canary: Attempt, said: str
    ) -> None:
        """A wrong base URL finds nothing at all."""
        made = own(404, id="red")
        finding = red(made, Verdict.DEFECT, STATUS)
        around = situation(*found)
        answers = reviewed(finding, around, made, world=World(canary=[canary]))
        assert answers["Was anything of the API found at this address?"].answer == said


AUTHORISED = ((b"Authorization", b"Bearer one"),)
OPENED = own(id="opened", url=f"{HOME}/me", raw_request_headers=AUTHORISED)
REFUSED = own(401, id="red", row="unauthorised", raw_request_headers=AUTHORISED)
WANTED = Violation("status", "status", "401", "200", rule="status")


class TestOfRefusals:
    """The API says that one may not."""

    LET_IN = "Is the same credential let in when asked again?"
    ELSEWHERE = "Is the credential let in where it was before?"
    LOGIN = "Is the run's own login let in?"

    def asked(self, world: World, *known: Attempt, shown: bool = True) -> dict[str, Answer]:
        """What is told of a 401."""
        made = REFUSED if shown else REFUSED._replace(raw_request_headers=())
        return reviewed(red(made, Verdict.DEFECT, WANTED), situation(*known), made, world=world)

    def test_a_credential_that_is_let_in_again_was_valid(self) -> None:
        """The refusal is the API's."""
        answers = self.asked(World(target=[own()]), OPENED)
        assert answers[self.LET_IN].answer == "yes, it answered 200"
        assert answers[self.LET_IN].speaks == "api"
        assert self.ELSEWHERE not in answers

    def test_one_that_is_let_in_elsewhere_is_told_with_its_place(self) -> None:
        """It is valid, and this route refuses it."""
        answers = self.asked(World(target=[REFUSED], beside=[own()]), OPENED)
        assert answers[self.LET_IN].answer == "no, it answered 401"
        assert answers[self.ELSEWHERE].answer == "yes, GET /me answered 200"

    def test_one_that_is_refused_everywhere_was_revoked(self) -> None:
        """The environment has taken it away."""
        answers = self.asked(World(target=[REFUSED], beside=[REFUSED]), OPENED)
        assert answers[self.ELSEWHERE].answer == "no, GET /me refuses it now"
        assert answers[self.ELSEWHERE].speaks == "environment"

    def test_one_that_never_worked_is_told_so(self) -> None:
        """Nobody was let in by it."""
        answers = self.asked(World(target=[REFUSED]))
        assert answers[self.ELSEWHERE].answer == "it was let in nowhere in this run"

    def test_a_spent_budget_is_no_answer(self) -> None:
        """INVARIANT: neither for nor against anybody."""
        answers = self.asked(World(target=[None], beside=[None]), OPENED)
        assert {answers[one].answer for one in (self.LET_IN, self.ELSEWHERE)} == {UNASKED}
        assert self.asked(World(), shown=False)[self.LOGIN].answer == UNASKED

    def test_without_a_credential_others_are_asked(self) -> None:
        """First one that was let in, then the run's own login."""
        closed = self.asked(World(beside=[REFUSED]), OPENED, shown=False)
        assert closed[self.ELSEWHERE].speaks == "environment"
        login = self.asked(World(login=[own(401, purpose="auth")]), shown=False)
        assert (login[self.LOGIN].speaks, login[self.LOGIN].answer) == (
            "environment",
            "no, it answered 401",
        )
        well = self.asked(World(login=[own(200, purpose="auth")]), shown=False)
        assert well[self.LOGIN].speaks == "nobody"

    @pytest.mark.parametrize(
        "beside, said, speaks",
        [
            ([own()], "yes, it answered 200", "api"),
            ([REFUSED], "no, not when asked 5 times", "environment"),
            ([None], UNASKED, "nobody"),
        ],
        ids=["valid", "expired", "budget"],
    )
    def test_a_renewal_tells_whether_it_was_due(
        self, beside: list[Attempt | None], said: str, speaks: str
    ) -> None:
        """A fresh credential may cover up that a valid one was refused."""
        fresh = own(id="fresh", raw_request_headers=((b"Authorization", b"Bearer two"),))
        around = situation(OPENED)
        World(beside=beside).finds(of_renewals([call(REFUSED, fresh)], around))
        (answer,) = told(around).values()
        assert (answer.attempt_id, answer.answer, answer.speaks) == ("red", said, speaks)


class TestOfLateness:
    """The server began its answer too late."""

    SHARE = "How much of the time is the server's own?"
    QUICK = "Was the canary after it quick?"
    BEFORE = "Were calls shortly before it quick?"
    AGAIN = "Is it late when it is asked again?"

    def late(self, world: World, *known: Attempt, **around: Any) -> dict[str, Answer]:  # noqa: ANN401
        """What is told of an answer that took three seconds, of one that it may."""
        marks = ((Phase.WAIT, 0.0), (Phase.READ, 3.0), (Phase.DONE, 3.0))
        made = own(id="red", marks=marks, elapsed=3.0)
        return reviewed(lateness(made, 3.0, 1.0), situation(*known, **around), made, world=world)

    def quick(self, **facts: Any) -> Attempt:  # noqa: ANN401
        """An answer that took no time."""
        return own(marks=((Phase.WAIT, 0.0), (Phase.READ, 0.01)), **facts)

    def test_time_that_is_not_the_servers_is_told(self) -> None:
        """The runner's own stall explains it, and nobody is asked."""
        answers = self.late(World(), stall=lambda _began, _ended: 2.5)
        share = answers[self.SHARE]
        assert (share.answer, share.speaks) == (
            "500 ms are, and the ceiling is 1.00 s",
            "environment",
        )
        assert [*answers] == [self.SHARE]

    def test_a_slow_canary_speaks_for_the_environment(self) -> None:
        """All was slow, so this was no fault of its own."""
        slow = own(id="c1", marks=((Phase.WAIT, 0.0), (Phase.READ, 2.5)))
        answer = self.late(World(canary=[slow]))[self.QUICK]
        assert (answer.speaks, answer.asked) == ("environment", ("c1",))

    def test_what_is_late_again_is_the_servers(self) -> None:
        """The replay is named by its number."""
        marks = ((Phase.WAIT, 0.0), (Phase.READ, 3.0), (Phase.DONE, 3.0))
        world = World(target=[own(id="t1", marks=marks)], canary=[self.quick()])
        answers = self.late(world)
        again = answers[self.AGAIN]
        assert (again.answer, again.asked) == ("yes, try 1 was late again", ("t1",))
        assert (answers[self.QUICK].speaks, answers[self.BEFORE].speaks) == ("api", "nobody")

    def test_what_is_in_time_again_is_told_with_the_number_of_tries(self) -> None:
        """That speaks for nobody: it may have been late all the same."""
        world = World(target=[self.quick(id="t")], canary=[self.quick()])
        again = self.late(world)[self.AGAIN]
        assert (again.answer, again.speaks) == ("no, it was in time 3 times", "nobody")

    def test_a_spent_budget_is_told(self) -> None:
        """Neither canary nor replay."""
        answers = self.late(World(target=[None], canary=[None]))
        assert {answers[self.QUICK].answer, answers[self.AGAIN].answer} == {UNASKED}


@pytest.mark.parametrize(
    "how, speaks", [("quick", "api"), ("slow", "environment"), ("unknown", "nobody")]
)
def test_neighbours_are_told_by_how_they_were(how: str, speaks: str) -> None:
    """Each state of the calls before has its sentence."""
    inquiry = Inquiry()
    Questions(inquiry, GOOD).before(how)
    assert inquiry.take()[0].speaks == speaks


@pytest.mark.parametrize(
    "put, question",
    [
        (lambda ask: ask.others(were_well=True), "Was its route well meanwhile?"),
        (lambda ask: ask.alone(is_alone=True), "Was it the only one to fail?"),
        (lambda ask: ask.rounds(4, 2), "Did it fail in other rounds?"),
    ],
    ids=["route", "alone", "rounds"],
)
def test_what_convicts_by_rounds_speaks_against_the_api(
    put: Callable[[Questions], None], question: str
) -> None:
    """A write is convicted by its rounds, and each reason is told."""
    inquiry = Inquiry()
    put(Questions(inquiry, GOOD))
    (answer,) = inquiry.take()
    assert (answer.question, answer.speaks) == (question, "api")
