"""Review: what a verdict becomes when all that is known of the environment is weighed."""

from __future__ import annotations

from typing import Any

import pytest

from redhanded.core.attempt import Attempt, Phase, RawHeaders
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.pipeline.call import Call
from redhanded.verdict.arms import Arm, Situation
from redhanded.verdict.findings import lateness
from redhanded.verdict.review import of_green, of_red, of_renewals
from tests.verdict.answers import answered, call, lost
from tests.verdict.arms import HOME, World, own, situation

PAGE = ((b"Content-Type", b"text/html"), (b"Server", b"edge"))
HEALTH_PAGE = answered(200, url=f"{HOME}/health", raw_response_headers=PAGE)
OTHERS = [own(id=f"other{number}", url=f"{HOME}/users/{number}") for number in range(3)]
STRANGER = answered(
    404, raw_response_headers=((b"Content-Type", b"application/json"), (b"Server", b"elsewhere"))
)
STATUS = Violation("status", "status", "404", "200", rule="status")


def red(attempt: Attempt | None, *violations: Violation, code: str = "status") -> Finding:
    """A defect that rests on this attempt."""
    message = f"{violations[0].actual}, want {violations[0].expected}" if violations else "wrong"
    return Finding(
        Verdict.DEFECT, code, message, attempt.id if attempt is not None else "", violations
    )


def wants(status: int, expected: str) -> Violation:
    """A status where another was expected."""
    return Violation("status", "status", str(status), expected)


def judged(
    finding: Finding, around: Situation, *calls: Call, world: World | None = None
) -> Finding:
    """What the finding becomes."""
    return (world or World()).finds(of_red(finding, calls, around))


class TestProvenance:
    """An answer that is not the API's own is no evidence against it."""

    def test_a_foreign_page_excuses_whatever_it_broke(self) -> None:
        """INVARIANT: a captive portal's 200 where 204 was wanted is inconclusive."""
        page = answered(200, id="page", raw_response_headers=PAGE)

        finding = judged(red(page, wants(200, "204")), situation(*OTHERS), call(page))

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "provenance.foreign")

    def test_a_portal_that_was_there_from_the_start_excuses_as_well(self) -> None:
        """No other answer is known, and the health endpoint has the same page."""
        page = answered(200, id="page", raw_response_headers=PAGE)
        world = World(canary=[HEALTH_PAGE])

        finding = judged(red(page, wants(200, "201")), situation(), call(page), world=world)

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "provenance.foreign")

    def test_a_plain_assert_is_held_against_the_last_answer(self) -> None:
        """Its finding names no attempt."""
        page = answered(200, id="page", raw_response_headers=PAGE)
        finding = Finding(Verdict.DEFECT, "assert", "assert 200 == 204")

        assert judged(finding, situation(*OTHERS), call(page)).code == "provenance.foreign"

    def test_nobody_knows_which_answer_a_plain_assert_looked_at(self) -> None:
        """INVARIANT: one foreign answer among several calls is enough to look again."""
        page = answered(403, id="page", raw_response_headers=PAGE)
        finding = Finding(Verdict.DEFECT, "assert", "assert [201, 403] == [201, 409]")

        found = judged(finding, situation(*OTHERS), call(page), call(own(201)))

        assert found.code == "provenance.foreign"

    @pytest.mark.parametrize(
        "headers, status, code",
        [
            (PAGE, 200, "provenance.foreign"),
            (((b"Content-Type", b"application/json"),), 404, "provenance.foreign"),
            (((b"Content-Type", b"application/json"), (b"Server", b"lab")), 404, "status"),
            (((b"X-Build", b"7f3c"),), 404, "status"),
        ],
        ids=["a page", "another server", "the same server", "its own"],
    )
    def test_the_canarys_stamp_tells_before_anything_is_known(
        self, headers: RawHeaders, status: int, code: str
    ) -> None:
        """INVARIANT: the first answer of a run may be of somebody else already."""
        first = answered(status, id="first", method="POST", raw_response_headers=headers)
        world = World(canary=[own(url=f"{HOME}/health")])

        finding = judged(
            red(first, wants(status, "201")), situation(own()), call(first), world=world
        )

        assert finding.code == code

    @pytest.mark.parametrize(
        "path, canary, code",
        [
            ("/orders/7", STRANGER, "provenance.foreign"),
            ("/new", STRANGER, "provenance.foreign"),
            ("/new", own(), "status"),
        ],
        ids=["a known route", "a new route, and health too", "a new route, health is its own"],
    )
    def test_an_address_that_leads_elsewhere_for_a_while(
        self, path: str, canary: Attempt, code: str
    ) -> None:
        """INVARIANT: most known answers are strangers' by then; another service stays red."""
        before = own(id="before", url=f"{HOME}/orders/6")
        strangers = [STRANGER._replace(id=f"{n}", url=f"{HOME}/x{n}") for n in range(5)]
        asked = STRANGER._replace(id="asked", url=f"{HOME}{path}")
        world = World(canary=[canary._replace(url=f"{HOME}/health")])

        known = situation(before, *strangers)
        found = judged(red(asked, wants(404, "200")), known, call(asked), world=world)

        assert found.code == code

    def test_a_firewall_that_answers_everything_is_nobodys_defect(self) -> None:
        """INVARIANT: 403 with one page on every path, the health endpoint too."""
        facts = {"raw_response_headers": PAGE, "response_body": b"<html>blocked"}
        page = answered(403, id="page", **facts)
        world = World(canary=[answered(403, url=f"{HOME}/health", **facts)])

        found = judged(red(page, wants(403, "404")), situation(), call(page), world=world)

        assert (found.verdict, found.code) == (Verdict.INCONCLUSIVE, "provenance.foreign")

    def test_the_apis_own_answer_stands(self) -> None:
        """INVARIANT: a whole answer with the API's stamp is never excused, and asks nothing."""
        answer, world = own(200, id="it"), World()
        finding = red(answer, wants(200, "201"))

        assert judged(finding, situation(*OTHERS), call(answer), world=world) == finding
        assert world.asked == []

    def test_a_test_bug_is_not_looked_at(self) -> None:
        """Nor is what the environment has been found to answer for."""
        finding = Finding(Verdict.TEST_BUG, "test.exception", "KeyError: 'id'")

        assert judged(finding, situation(*OTHERS), call(own())) == finding

    def test_what_was_convicted_already_is_not_excused(self) -> None:
        """INVARIANT: a gateway's 502 is foreign by nature; the diagnosis has weighed that."""
        page = answered(502, id="page", raw_response_headers=PAGE)
        finding = red(page, wants(502, "200"), code="http.gateway")

        assert judged(finding, situation(*OTHERS), call(page)) == finding

    def test_a_value_without_an_answer_stands(self) -> None:
        """A plain defect of a test that made no call."""
        finding = Finding(Verdict.DEFECT, "value", "1, want 2")

        assert judged(finding, situation()) == finding


class TestRetriedWrites:
    """The status of a write that was sent again may be owed to the first time."""

    @pytest.mark.parametrize(
        "method, status, wanted",
        [("DELETE", 404, "204"), ("PUT", 412, "200"), ("PUT", 200, "201"), ("DELETE", 410, "204")],
    )
    def test_the_status_of_a_second_try_is_no_evidence(
        self, method: str, status: int, wanted: str
    ) -> None:
        """INVARIANT: a DELETE that had worked answers 404 the second time: no false red."""
        first = lost("closed_fresh", method=method, id="first")
        second = own(status, method=method, id="second", number=2)

        finding = judged(red(second, wants(status, wanted)), situation(), call(first, second))

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "write.retried")

    def test_a_plain_assert_about_it_is_none_either(self) -> None:
        """`assert response.status_code == 204`."""
        first = lost("closed_fresh", method="DELETE", id="first")
        second = own(404, method="DELETE", id="second", number=2)
        finding = Finding(Verdict.DEFECT, "assert", "assert 404 == 204")

        assert judged(finding, situation(), call(first, second)).code == "write.retried"

    def test_a_plain_assert_may_look_at_any_of_several_writes(self) -> None:
        """INVARIANT: of two that delete at once, the one whose answer was lost had done it."""
        first = lost("closed_fresh", method="DELETE", id="first")
        again = own(404, method="DELETE", id="again", number=2)
        other = own(404, method="DELETE", id="other")
        finding = Finding(Verdict.DEFECT, "assert", "assert [404, 404] == [204, 404]")

        found = judged(finding, situation(), call(first, again), call(other))

        assert found.code == "write.retried"

    def test_a_500_is_owed_to_nobody_else(self) -> None:
        """INVARIANT: the second DELETE answers 500: a defect all the same."""
        first = lost("closed_fresh", method="DELETE", id="first")
        second = own(500, method="DELETE", id="second", number=2)

        finding = judged(red(second, wants(500, "204")), situation(), call(first, second))

        assert finding.verdict is Verdict.DEFECT

    def test_a_wrong_value_is_owed_to_nobody_else(self) -> None:
        """What the answer says about the state is judged as always."""
        first = lost("closed_fresh", method="PUT", id="first")
        second = own(200, method="PUT", id="second", number=2)
        value = Violation("value", "$.total", "1", "2")

        finding = judged(red(second, value, code="value"), situation(), call(first, second))

        assert finding.verdict is Verdict.DEFECT

    @pytest.mark.parametrize("row", ["refused", "dns_temporary"])
    def test_a_first_try_that_was_never_sent_excuses_nothing(self, row: str) -> None:
        """The row says that nothing can have been done."""
        first = lost(row, method="DELETE", id="first")
        second = own(404, method="DELETE", id="second", number=2)

        finding = judged(red(second, wants(404, "204")), situation(), call(first, second))

        assert finding.verdict is Verdict.DEFECT


class TestInterference:
    """Somebody else works on the same object."""

    WROTE = own(200, method="PUT", id="put", raw_response_headers=((b"ETag", b'"2"'),))
    READ = own(200, id="get", raw_response_headers=((b"ETag", b'"3"'), (b"X-Build", b"1")))
    VALUE = Violation("value", "$.total", "1", "2")

    def test_a_version_that_nobody_here_made_is_somebody_elses(self) -> None:
        """INVARIANT: another actor rewrote it between our write and our read."""
        finding = judged(
            red(self.READ, self.VALUE, code="value"), situation(), call(self.WROTE), call(self.READ)
        )

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "data.interference")
        assert '"3"' in finding.evidence[-1]

    @pytest.mark.parametrize("tag", ['"2"', '"1"'])
    def test_a_version_that_was_seen_is_no_excuse(self, tag: str) -> None:
        """A stale read, or the very version that we wrote."""
        first = own(200, id="first", raw_response_headers=((b"ETag", b'"1"'),))
        read = self.READ._replace(raw_response_headers=((b"ETag", tag.encode()),))

        finding = judged(
            red(read, self.VALUE, code="value"),
            situation(),
            call(first),
            call(self.WROTE),
            call(read),
        )

        assert finding.verdict is Verdict.DEFECT

    def test_without_a_write_of_ours_versions_say_nothing(self) -> None:
        """Whoever only reads must expect changes; the test relies on what is not its own."""
        first = own(200, id="first", raw_response_headers=((b"ETag", b'"1"'),))

        finding = judged(
            red(self.READ, self.VALUE, code="value"), situation(), call(first), call(self.READ)
        )

        assert finding.verdict is Verdict.DEFECT


class TestBuilds:
    """More than one build of the API answers."""

    OLD = ((b"X-Build", b"1"), (b"Content-Type", b"application/json"))
    NEW = ((b"X-Build", b"2"), (b"Content-Type", b"application/json"))

    def case(self, *canaries: bytes, build: bytes = b"2") -> Finding:
        """A defect of a build, where these builds answer the canaries."""
        answer = own(200, id="it", started_at=2e9, raw_response_headers=((b"X-Build", build),))
        before = own(200, id="before", raw_response_headers=self.OLD)
        world = World(canary=[own(raw_response_headers=((b"X-Build", one),)) for one in canaries])
        finding = red(answer, Violation("value", "$.total", "1", "2"), code="value")
        return judged(finding, situation(before, answer), call(answer), world=world)

    def test_two_builds_in_turn_are_a_deployment(self) -> None:
        """INVARIANT: inconclusive while both answer."""
        finding = self.case(b"1", b"2", b"1", b"2")

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "provenance.deploy")
        assert finding.evidence[-1] == "builds 1 and 2 answer in turn"

    def test_one_answer_of_another_environment_is_no_evidence(self) -> None:
        """A stale address: before and after it another build answers."""
        finding = self.case(b"1")

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "provenance.target")

    def test_two_builds_in_one_test_are_a_deployment(self) -> None:
        """INVARIANT: what a test compares must come from one build; nobody need be asked."""
        first = own(200, id="first", raw_response_headers=self.OLD)
        second = own(200, id="second", raw_response_headers=self.NEW)
        finding, world = Finding(Verdict.DEFECT, "assert", "assert {} == {}"), World()

        found = judged(finding, situation(), call(first), call(second), world=world)

        assert (found.verdict, found.code) == (Verdict.INCONCLUSIVE, "provenance.deploy")
        assert world.asked == []

    def test_a_finished_deployment_excuses_nothing(self) -> None:
        """INVARIANT: the new build is wrong and stays: red."""
        assert self.case(b"2").verdict is Verdict.DEFECT

    def test_one_build_asks_nothing(self) -> None:
        """The common case costs no request."""
        world, answer = World(), own(200, id="it")
        finding = red(answer, Violation("value", "$.total", "1", "2"), code="value")

        assert judged(finding, situation(answer), call(answer), world=world) == finding
        assert world.asked == []

    def test_a_spent_budget_excuses_nothing(self) -> None:
        """No fact: not inconclusive."""
        answer = own(200, id="it", raw_response_headers=self.NEW)
        before = own(200, id="before", raw_response_headers=self.OLD)
        finding = red(answer, Violation("value", "$.total", "1", "2"), code="value")
        world = World(canary=[None])

        found = judged(finding, situation(before, answer), call(answer), world=world)

        assert found.verdict is Verdict.DEFECT


class TestRefusals:
    """401 and 404 where a success was expected."""

    SENT = ((b"Authorization", b"Bearer t"),)

    def test_a_401_where_success_was_expected_is_looked_into(self) -> None:
        """The credential may be at fault."""
        refused = own(401, id="it", raw_request_headers=self.SENT)
        world = World(target=[refused])

        finding = judged(red(refused, wants(401, "200")), situation(), call(refused), world=world)

        assert finding.code == "auth.never_worked"

    @pytest.mark.parametrize("wanted", ["403", "404", "{403, 404}"])
    def test_a_401_in_a_test_about_access_is_judged_at_once(self, wanted: str) -> None:
        """INVARIANT: 401 for authenticated-but-forbidden is a defect."""
        refused, world = own(401, id="it", raw_request_headers=self.SENT), World()

        finding = judged(red(refused, wants(401, wanted)), situation(), call(refused), world=world)

        assert finding.verdict is Verdict.DEFECT
        assert world.asked == []

    def test_a_plain_assert_about_access_is_judged_at_once_too(self) -> None:
        """`assert response.status_code == 403`."""
        refused = own(401, id="it", raw_request_headers=self.SENT)
        finding = Finding(Verdict.DEFECT, "assert", "assert 401 == 403")

        assert judged(finding, situation(), call(refused)).verdict is Verdict.DEFECT

    def test_nothing_but_404_is_an_address_that_is_wrong(self) -> None:
        """INVARIANT: a run in which everything is 404 suggests the base URL."""
        missing = [own(404, id=str(number)) for number in range(3)]
        world = World(canary=[own(404)])

        finding = judged(
            red(missing[-1], wants(404, "200")), situation(*missing), call(missing[-1]), world=world
        )

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "run.address")

    @pytest.mark.parametrize("health, others", [(200, 404), (404, 200)])
    def test_one_other_answer_and_a_404_is_a_defect(self, health: int, others: int) -> None:
        """The API is there."""
        seen = [own(others, id=str(number)) for number in range(3)]
        missing = own(404, id="it")
        world = World(canary=[own(health)])

        finding = judged(
            red(missing, wants(404, "200")), situation(*seen, missing), call(missing), world=world
        )

        assert finding.verdict is Verdict.DEFECT

    def test_a_404_that_was_not_to_be_another_success_is_judged_at_once(self) -> None:
        """The test expected a 410."""
        missing = [own(404, id=str(number)) for number in range(3)]
        world = World()

        judged(
            red(missing[-1], wants(404, "410")), situation(*missing), call(missing[-1]), world=world
        )

        assert world.asked == []


class TestLateness:
    """A finding about time."""

    LATE = own(
        id="late",
        elapsed=3.0,
        marks=((Phase.WAIT, 0.0), (Phase.READ, 3.0), (Phase.DONE, 3.0)),
    )

    def test_a_late_call_is_attributed(self) -> None:
        """By its ceiling, which the pipeline noted."""
        made = call(self.LATE, late=3.0, ceiling=0.5)
        world = World(target=[self.LATE], canary=[own()])

        finding = judged(lateness(self.LATE, 3.0, 0.5), situation(), made, world=world)

        assert finding.verdict is Verdict.SLOW
        assert world.counts()[Arm.TARGET] == 1

    def test_a_ceiling_of_the_test_is_read_from_its_words(self) -> None:
        """`expect(..., within=0.5)`."""
        world = World(canary=[self.LATE])

        finding = judged(lateness(self.LATE, 3.0, 0.5), situation(), call(self.LATE), world=world)

        assert finding.code == "latency.unattributed"

    def test_a_late_answer_that_is_not_in_the_ledger_stands(self) -> None:
        """It came through another transport."""
        found = lateness(self.LATE._replace(id="elsewhere"), 3.0, 0.5)

        assert judged(found, situation(), call(own())) == found


class TestGreen:
    """A test whose every check held."""

    def doubts(self, around: Situation, *calls: Call, world: World | None = None) -> list[Finding]:
        """What keeps it from being green."""
        return (world or World()).finds(of_green(calls, around))

    def test_a_green_test_asks_nothing(self) -> None:
        """INVARIANT: in calm the diagnosis sends no request."""
        world = World()

        assert self.doubts(situation(*OTHERS), call(own()), call(own(204)), world=world) == []
        assert world.asked == []

    def test_a_foreign_page_is_never_green(self) -> None:
        """INVARIANT: no green without one whole authentic answer."""
        page = answered(200, id="page", raw_response_headers=PAGE)

        [finding] = self.doubts(situation(*OTHERS), call(page))

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "provenance.foreign")
        assert finding.attempt_id == "page"

    def test_the_page_that_health_has_too_is_never_green(self) -> None:
        """INVARIANT: a portal that was there from the start has one page for every request."""
        page = answered(200, id="page", raw_response_headers=PAGE)

        [finding] = self.doubts(situation(), call(page), world=World(canary=[HEALTH_PAGE]))

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "provenance.foreign")
        assert finding.evidence == ("the health endpoint is answered with the same page of HTML",)

    @pytest.mark.parametrize(
        "page, canary",
        [
            pytest.param({}, HEALTH_PAGE._replace(response_body=b"other"), id="another-page"),
            pytest.param({}, own(url=HEALTH_PAGE.url), id="health-is-json"),
            pytest.param({"url": HEALTH_PAGE.url}, HEALTH_PAGE, id="health-itself"),
            pytest.param({"status": 404}, HEALTH_PAGE._replace(status=404), id="not-found"),
            pytest.param({}, None, id="nobody-asked"),
        ],
    )
    def test_an_api_that_speaks_html_may_be_green(
        self, page: dict[str, Any], canary: Attempt | None
    ) -> None:
        """Its pages differ, and what is not found is the same everywhere."""
        made = answered(**{"raw_response_headers": PAGE} | page)

        assert self.doubts(situation(), call(made), world=World(canary=[canary])) == []

    def test_a_refusal_of_somebody_else_is_never_green(self) -> None:
        """A test that expects 404 must have it from the API."""
        page = answered(
            404,
            raw_response_headers=((b"Content-Type", b"application/json"), (b"Server", b"edge")),
        )

        assert self.doubts(situation(*OTHERS), call(page))
        assert not self.doubts(situation(*OTHERS), call(own(404)))

    def test_a_valid_token_that_was_refused_is_never_green(self) -> None:
        """INVARIANT: a renewal does not hide it."""
        refused = own(401, row="unauthorised", id="1", raw_request_headers=((b"Cookie", b"a"),))
        granted = own(200, id="2", raw_request_headers=((b"Cookie", b"b"),))
        world = World(beside=[own()])

        [finding] = world.finds(of_renewals([call(refused, granted)], situation()))

        assert (finding.verdict, finding.code) == (Verdict.DEFECT, "auth.rejected_valid")

    def test_what_is_not_the_tests_own_is_not_looked_at(self) -> None:
        """Logins and probes have their own judges."""
        page = answered(200, id="page", raw_response_headers=PAGE)

        assert self.doubts(situation(*OTHERS), call(page, purpose="auth"), call()) == []


@pytest.mark.parametrize(
    "headers, expected",
    [
        pytest.param(((b"Server", b"elsewhere"),), Verdict.INCONCLUSIVE, id="a stranger's"),
        pytest.param(((b"X-Build", b"1"),), Verdict.TEST_BUG, id="the API's own"),
    ],
)
def test_an_error_of_the_test_is_looked_at_beside_the_answers_that_it_met(
    headers: tuple[tuple[bytes, bytes], ...], expected: Verdict
) -> None:
    """INVARIANT: `response.json()["id"]` of another environment's answer accuses no test."""
    others = [own(id=f"other{number}", url=f"{HOME}/users/{number}") for number in range(3)]
    kind = (b"Content-Type", b"application/json")
    answer = answered(404, id="it", raw_response_headers=(kind, *headers))
    mistake = Finding(Verdict.TEST_BUG, "test.fixture", "KeyError: 'id'")

    assert judged(mistake, situation(*others), call(answer)).verdict is expected
