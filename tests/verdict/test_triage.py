"""Triage: the retry table row by row, and every way in which a test can end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from redhanded.client.tokens import CredentialUnavailable
from redhanded.core.attempt import Attempt
from redhanded.core.errors import (
    ExpectationFailed,
    InternalError,
    NothingObserved,
    UsageError,
)
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.errors import BodyTooLarge, CircuitOpen, WriteDuplicated
from redhanded.pipeline.table import ROWS, Row
from redhanded.verdict.eventually import eventually
from redhanded.verdict.expect import expect
from redhanded.verdict.triage import triage
from tests.verdict.answers import URL, answered, call, from_pipeline, lost, page, response

LOST = [row for row in ROWS.values() if row.number < 16 or row.key == "blocked"]
STATUSES = {408: "request_timeout", 429: "throttled", 502: "gateway", 503: "unavailable"}


def judged(error: BaseException | None, *calls: Call, phase: str = "call") -> tuple[Verdict, str]:
    """The verdict, and the code of the first finding."""
    verdict, findings = triage(error, calls, phase=phase)
    return verdict, findings[0].code if findings else ""


def failed(made: Call, kind: type[httpx2.RequestError] = httpx2.ConnectError) -> Exception:
    """The error in which this call ended."""
    request = httpx2.Request("GET", "http://h/", extensions={CALL: made})
    return kind("it went wrong", request=request)


class TestWithoutAnError:
    """A test that ended well."""

    def test_nothing_went_wrong(self) -> None:
        """No finding, no word."""
        assert triage(None, [call(answered()), call(answered(404))]) == (Verdict.PASS, ())

    def test_a_test_without_a_call_passes_here(self) -> None:
        """Whether a run checked nothing is judged where the run is known."""
        assert triage(None, []) == (Verdict.PASS, ())

    @pytest.mark.parametrize("row", LOST, ids=lambda row: row.key)
    def test_a_lost_attempt_before_a_whole_answer_is_recovered_weather(self, row: Row) -> None:
        """INVARIANT: by the table; a keep-alive race is no weather."""
        made = call(lost(row.key), answered(201))

        verdict, findings = triage(None, [made])

        assert verdict is (Verdict.RECOVERED if row.is_weather else Verdict.PASS)
        assert [each.code for each in findings] == ([row.cause] if row.is_weather else [])

    def test_a_recovery_tells_what_was_lost(self) -> None:
        """On its own line, with the facts."""
        made = call(lost("refused"), answered(503), answered(id="last"))

        [finding] = triage(None, [made])[1]

        assert finding.message == "GET /booking/7: answered 503, then 200"
        assert finding.evidence == (
            "connection refused in phase connect: errno 111",
            "the answer was 503 (503 without)",
        )
        assert finding.attempt_id == "last"

    @pytest.mark.parametrize(
        "made",
        [
            pytest.param(call(answered(401), answered()), id="a renewed token"),
            pytest.param(call(answered(503), answered(503)), id="a 503 that the test expected"),
            pytest.param(call(lost(), lost()), id="a failure that the test expected"),
            pytest.param(call(lost(), answered(), purpose="canary"), id="a canary"),
            pytest.param(call(), id="a call that sent nothing"),
        ],
    )
    def test_other_attempts_are_no_recovery(self, made: Call) -> None:
        """Only weather that was overcome counts."""
        assert triage(None, [made]) == (Verdict.PASS, ())

    @pytest.mark.parametrize("phase", ["setup", "teardown"])
    def test_it_is_told_once(self, phase: str) -> None:
        """A test has three phases and one ledger."""
        made = call(lost(), answered(), late=2.0, ceiling=1.0)

        assert triage(None, [made], phase=phase) == (Verdict.PASS, ())


class TestCeilings:
    """A call that came later than its ceiling allows."""

    def test_it_is_slow_with_its_times(self) -> None:
        """Although every assertion held."""
        verdict, [finding] = triage(None, [call(answered(), late=1.25, ceiling=1.0)])

        assert verdict is Verdict.SLOW
        assert finding.code == "latency.ceiling"
        assert finding.message == "GET /booking/7: 1.25 s, want at most 1.00 s"

    def test_another_fault_stands_before_it(self) -> None:
        """The worst comes first, and nothing is left out."""
        made = call(answered(), late=1.25, ceiling=1.0)

        verdict, findings = triage(AssertionError("wrong"), [made])

        assert verdict is Verdict.DEFECT
        assert [each.code for each in findings] == ["assert", "latency.ceiling"]


class TestTransport:
    """A call without a whole answer, by the row of the retry table."""

    @pytest.mark.parametrize("row", LOST, ids=lambda row: row.key)
    def test_the_table_decides(self, row: Row) -> None:
        """INVARIANT: every row has its verdict, its cause and a fact."""
        made = call(lost(row.key))

        verdict, [finding] = triage(failed(made), [made])

        assert verdict == row.verdict
        assert finding.code == row.cause
        assert finding.evidence == (f"{row.failure} in phase connect: errno 111",)

    @pytest.mark.parametrize("row", ["corrupt", "local", "protocol", "too_large"])
    def test_what_happened_is_told_where_a_row_gathers_several_faults(self, row: str) -> None:
        """The attempt knows which of them it was."""
        made = call(lost(row))

        _, [finding] = triage(failed(made), [made])

        assert finding.message == "GET /booking/7: errno 111"

    def test_the_attempts_are_counted(self) -> None:
        """A reader sees that it was no single one."""
        made = call(lost(number=1), lost(number=2), lost(number=3, id="last"))

        _, [finding] = triage(failed(made), [made])

        assert finding.message == "GET /booking/7: connection refused, 3 of 3 attempts"
        assert finding.attempt_id == "last"

    @pytest.mark.parametrize(
        "attempts, verdict",
        [
            pytest.param([lost("corrupt")], Verdict.INCONCLUSIVE, id="once"),
            pytest.param(
                [lost("corrupt", number=1), lost("corrupt", number=2)], Verdict.DEFECT, id="twice"
            ),
            pytest.param(
                [lost("corrupt", response_body=b"a"), lost("corrupt", response_body=b"b")],
                Verdict.INCONCLUSIVE,
                id="twice, differently",
            ),
        ],
    )
    def test_a_corrupt_body_is_a_defect_if_it_repeats(
        self, attempts: list[Attempt], verdict: Verdict
    ) -> None:
        """The network does not cut twice at the same byte."""
        made = call(*attempts)

        assert judged(failed(made), made) == (verdict, "body.corrupt")

    def test_an_endless_body_is_a_defect(self) -> None:
        """No weather makes a body grow."""
        made = call(lost("too_large"))

        assert judged(failed(made, BodyTooLarge), made) == (Verdict.DEFECT, "body.too_large")

    def test_a_call_that_was_held_back_is_inconclusive(self) -> None:
        """The origin is known to be down."""
        made = call()

        assert judged(failed(made, CircuitOpen), made) == (Verdict.INCONCLUSIVE, "call.blocked")

    @pytest.mark.parametrize(
        "error, expected",
        [
            pytest.param(
                httpx2.ConnectError("x"), (Verdict.INCONCLUSIVE, "net.refused"), id="refused"
            ),
            pytest.param(
                httpx2.DecodingError("x"), (Verdict.INCONCLUSIVE, "body.corrupt"), id="corrupt"
            ),
            pytest.param(
                httpx2.UnsupportedProtocol("x"), (Verdict.TEST_BUG, "test.request"), id="bad URL"
            ),
            pytest.param(httpx2.InvalidURL("x"), (Verdict.TEST_BUG, "test.request"), id="no URL"),
            pytest.param(
                httpx2.TooManyRedirects("x"), (Verdict.DEFECT, "http.redirect"), id="loop"
            ),
        ],
    )
    def test_a_client_of_the_authors_own_is_judged_too(
        self, error: Exception, expected: tuple[Verdict, str]
    ) -> None:
        """By what its error tells."""
        assert judged(error) == expected

    def test_a_better_diagnosis_can_take_the_tables_place(self) -> None:
        """One function is the seam: it gets the attempt and all of its call."""
        made = call(lost(number=1), lost(number=2))
        asked: list[tuple[Attempt, int]] = []

        def weigh(attempt: Attempt, attempts: Sequence[Attempt]) -> Finding:
            asked.append((attempt, len(attempts)))
            return Finding(Verdict.DEFECT, "net.refused", "the canary was well")

        verdict, _ = triage(failed(made), [made], weigh=weigh)

        assert verdict is Verdict.DEFECT
        assert asked == [(made.attempts[1], 2)]


class Booking(BaseModel):
    id: int


def raised(answer: httpx2.Response, **options: object) -> ExpectationFailed:
    """What `expect` raises of this answer."""
    with pytest.raises(ExpectationFailed) as caught:
        expect(answer, 200, Booking, **options)  # type: ignore[call-overload]
    return caught.value


PAGE = ((b"Content-Type", b"text/html"), (b"Server", b"edge"))
PAGE_200 = answered(200, raw_response_headers=PAGE)
PAGE_403 = answered(403, raw_response_headers=PAGE)


class TestCredentials:
    """A test that could not begin, because no token was to be had."""

    @pytest.mark.parametrize(
        "error, expected",
        [
            pytest.param(
                CredentialUnavailable("refused", status=401, stands=True),
                (Verdict.INCONCLUSIVE, "auth.refused"),
                id="wrong password",
            ),
            pytest.param(
                CredentialUnavailable("firewall", status=403, attempts=(PAGE_403,)),
                (Verdict.INCONCLUSIVE, "provenance.foreign"),
                id="a firewall's page",
            ),
            pytest.param(
                CredentialUnavailable("portal", status=200, attempts=(PAGE_200,)),
                (Verdict.INCONCLUSIVE, "provenance.foreign"),
                id="a portal's page",
            ),
            pytest.param(
                CredentialUnavailable("proxy", status=407, attempts=(answered(407),)),
                (Verdict.INCONCLUSIVE, "auth.refused"),
                id="a proxy",
            ),
            pytest.param(
                CredentialUnavailable("no token", status=200, stands=True),
                (Verdict.DRIFT, "auth.no_token"),
                id="token moved",
            ),
            pytest.param(
                CredentialUnavailable("down", status=503, attempts=(answered(503),)),
                (Verdict.INCONCLUSIVE, "http.unavailable"),
                id="weather",
            ),
            pytest.param(
                CredentialUnavailable("broken", status=500, attempts=(answered(500),)),
                (Verdict.DEFECT, "http.server_error"),
                id="defect of the login",
            ),
        ],
    )
    def test_the_answer_of_the_login_decides(
        self, error: CredentialUnavailable, expected: tuple[Verdict, str]
    ) -> None:
        """The environment keeps us from judging, unless the login itself is what is broken."""
        verdict, [finding] = triage(error, [])

        assert (verdict, finding.code) == expected
        assert finding.message == str(error)

    def test_an_outage_of_the_login_is_an_outage(self) -> None:
        """The cause is that of every other test that met it, so that they are one finding."""
        error = CredentialUnavailable("POST /auth gave no answer")
        error.__cause__ = httpx2.ConnectError("refused", request=httpx2.Request("POST", URL))

        verdict, [finding] = triage(error, [])

        assert (verdict, finding.code) == (Verdict.INCONCLUSIVE, "net.refused")
        assert finding.message == "POST /auth gave no answer"


class TestExpectations:
    """An answer that broke what the test expects."""

    @pytest.mark.parametrize(
        "answer, expected",
        [
            pytest.param(response(404), (Verdict.DEFECT, "status"), id="status"),
            pytest.param(response(500), (Verdict.DEFECT, "http.server_error"), id="500"),
            pytest.param(response(401), (Verdict.DEFECT, "http.unauthorised"), id="401"),
            pytest.param(response(302), (Verdict.DEFECT, "http.redirect"), id="redirect"),
            pytest.param(response(json={}), (Verdict.DRIFT, "body.schema"), id="shape"),
            pytest.param(response(text="{"), (Verdict.DRIFT, "body.media_type"), id="no JSON"),
            pytest.param(response(429), (Verdict.INCONCLUSIVE, "http.throttled"), id="throttled"),
            pytest.param(response(502), (Verdict.INCONCLUSIVE, "http.gateway"), id="gateway"),
            pytest.param(page(), (Verdict.INCONCLUSIVE, "body.html"), id="captive portal"),
            pytest.param(page(403), (Verdict.INCONCLUSIVE, "body.html"), id="firewall"),
            pytest.param(page(404), (Verdict.DEFECT, "status"), id="the API's own page"),
            pytest.param(
                page(headers={"X-Build": "7f3c"}),
                (Verdict.DRIFT, "body.html"),
                id="stamped by its build",
            ),
        ],
    )
    def test_the_violations_and_the_status_decide(
        self, answer: httpx2.Response, expected: tuple[Verdict, str]
    ) -> None:
        """Drift, a defect, or not the API's answer at all."""
        assert judged(raised(answer)) == expected

    def test_the_worst_of_several_kinds_decides(self) -> None:
        """A wrong header beside a wrong shape is a defect."""
        error = raised(response(json={}), headers={"etag": ...})

        verdict, [finding] = triage(error, [])

        assert (verdict, finding.code) == (Verdict.DEFECT, "header.missing")
        assert [each.code for each in finding.violations] == ["header.missing", "body.schema"]

    def test_weather_is_weighed_with_all_its_attempts(self) -> None:
        """The last answer is not the whole story."""
        made = call(answered(503, number=1), answered(503, number=2))
        error = raised(from_pipeline(503, made=made))

        _, [finding] = triage(error, [made])

        assert finding.message == "GET /booking/7: answered 503, 3 of 3 attempts"
        assert [each.code for each in finding.violations] == ["status"]

    def test_who_sent_a_page_is_told(self) -> None:
        """The fact that excludes the API."""
        [finding] = triage(raised(page()), [])[1]

        assert finding.evidence == (
            "a page of HTML was sent by edge where JSON is declared: a gateway's",
        )

    @pytest.mark.parametrize("phase", ["setup", "call", "teardown"])
    def test_a_fixture_may_expect_as_well(self, phase: str) -> None:
        """A wrong answer is the API's, whoever asked."""
        assert judged(raised(response(404)), phase=phase) == (Verdict.DEFECT, "status")

    def test_an_expectation_of_another_library_has_no_attempt(self) -> None:
        """A contract of the author's own may raise the same error."""
        breach = Violation("value", "$", "1", "2")

        assert judged(ExpectationFailed("1 is not 2", [breach], None)) == (Verdict.DEFECT, "value")

    @pytest.mark.parametrize(
        "status, expected",
        [
            pytest.param(500, (Verdict.DEFECT, "http.server_error"), id="500"),
            pytest.param(404, (Verdict.DEFECT, "status"), id="404"),
            pytest.param(503, (Verdict.INCONCLUSIVE, "http.unavailable"), id="503"),
        ],
    )
    def test_raise_for_status_is_an_expectation(
        self, status: int, expected: tuple[Verdict, str]
    ) -> None:
        """Written in httpx2's own words."""
        with pytest.raises(httpx2.HTTPStatusError) as caught:
            response(status).raise_for_status()

        assert judged(caught.value) == expected


class TestAssertions:
    """A plain assert, which says nothing about the call that it is about."""

    def test_after_a_whole_answer_it_is_a_defect(self) -> None:
        """Told by its first line, as pytest has written the rest."""
        error = AssertionError("assert 1 == 2\n +  where 1 = x")

        verdict, [finding] = triage(error, [call(answered())])

        assert (verdict, finding.code, finding.message) == (
            Verdict.DEFECT,
            "assert",
            "assert 1 == 2",
        )

    def test_without_an_answer_it_is_the_tests_own(self) -> None:
        """Nothing of the API's can have been wrong."""
        assert judged(AssertionError()) == (Verdict.TEST_BUG, "test.no_request")

    @pytest.mark.parametrize(
        "attempt, code",
        [
            pytest.param(answered(502), "http.gateway", id="gateway"),
            pytest.param(lost("refused"), "net.refused", id="swallowed failure"),
        ],
    )
    def test_unresolved_weather_keeps_it_from_being_judged(
        self, attempt: Attempt, code: str
    ) -> None:
        """`assert response.status_code == 200` is no proof against a gateway."""
        calls = [call(answered()), call(attempt)]

        assert judged(AssertionError("x"), *calls) == (Verdict.INCONCLUSIVE, code)

    @pytest.mark.parametrize(
        "made",
        [
            pytest.param(call(answered(503), checks=1), id="which a check has accepted"),
            pytest.param(call(lost(), answered()), id="which was overcome"),
            pytest.param(call(answered(503), purpose="probe"), id="of a probe"),
        ],
    )
    def test_other_weather_is_no_excuse(self, made: Call) -> None:
        """INVARIANT: a wrong value is red, whatever else the test met."""
        assert judged(AssertionError("x"), call(answered()), made) == (Verdict.DEFECT, "assert")


class TestWindows:
    """`eventually` is judged by the last thing that it saw."""

    @pytest.mark.parametrize(
        "last, expected",
        [
            pytest.param(raised(response(404)), (Verdict.DEFECT, "eventually"), id="status"),
            pytest.param(raised(response(json={})), (Verdict.DRIFT, "body.schema"), id="shape"),
            pytest.param(
                raised(response(503)), (Verdict.INCONCLUSIVE, "http.unavailable"), id="weather"
            ),
            pytest.param(AssertionError("old"), (Verdict.DEFECT, "eventually"), id="assert"),
            pytest.param(None, (Verdict.DEFECT, "eventually"), id="unknown"),
        ],
    )
    def test_the_last_observation_decides(
        self, last: BaseException | None, expected: tuple[Verdict, str]
    ) -> None:
        """A window that saw only a broken environment has not judged the API."""
        error = NothingObserved("nothing held within 2 s (9 observations): ...")
        error.__cause__ = last

        verdict, [finding] = triage(error, [call(answered())])

        assert (verdict, finding.code) == expected
        assert finding.message.startswith("nothing held within 2 s")

    def test_a_real_window_ends_so(self) -> None:
        """From the loop to the verdict."""
        with pytest.raises(NothingObserved) as caught:
            eventually(lambda: expect(response(404), 200), within=1e-9)

        assert judged(caught.value) == (Verdict.DEFECT, "eventually")


class TestBodiesReadByHand:
    """A body that the test could not decode."""

    @pytest.mark.parametrize(
        "answer, expected",
        [
            pytest.param(
                {"content": b'{"a": oops}', "headers": {"Content-Type": "application/json"}},
                (Verdict.DRIFT, "body.json"),
                id="broken JSON",
            ),
            pytest.param(
                {"content": b'"\xff"', "headers": {"Content-Type": "application/json"}},
                (Verdict.DRIFT, "body.charset"),
                id="broken text",
            ),
            pytest.param({"html": "<html></html>"}, (Verdict.INCONCLUSIVE, "body.html"), id="page"),
            pytest.param({"content": b""}, (Verdict.DRIFT, "body.empty"), id="nothing"),
        ],
    )
    def test_an_undecodable_answer_is_drift(
        self, answer: dict[str, Any], expected: tuple[Verdict, str]
    ) -> None:
        """`response.json()` failed on what the API sent."""
        made = call()
        got = from_pipeline(made=made, **answer)

        with pytest.raises(ValueError) as caught:
            got.json()

        assert judged(caught.value, made) == expected

    def test_something_else_that_is_no_json_is_the_tests_own(self) -> None:
        """A file of the test's, for one."""
        with pytest.raises(json.JSONDecodeError) as caught:
            json.loads("{oops")

        assert judged(caught.value, call(answered())) == (Verdict.TEST_BUG, "test.exception")

    def test_a_body_that_is_json_after_all_is_the_tests_own(self) -> None:
        """The test decoded it in a way that the API never promised."""
        made = call(answered(response_body=b"{}"))
        error = json.JSONDecodeError("not what I like", "{}", 0)

        assert judged(error, made) == (Verdict.TEST_BUG, "test.exception")


class TestMistakes:
    """What is nobody's but the test's."""

    @pytest.mark.parametrize(
        "error, phase, expected, message",
        [
            pytest.param(
                KeyError("id"), "call", "test.exception", "KeyError: 'id'", id="in the test"
            ),
            pytest.param(
                ValueError(), "setup", "test.fixture", "ValueError: ValueError", id="in a fixture"
            ),
            pytest.param(TypeError("x\ny"), "teardown", "test.fixture", "TypeError: x", id="after"),
            pytest.param(UsageError("write 200"), "call", "test.usage", "write 200", id="misuse"),
            pytest.param(
                InternalError("oh"), "call", "internal", "InternalError: oh", id="our own"
            ),
        ],
    )
    def test_an_error_of_the_test_is_a_test_bug(
        self, error: Exception, phase: str, expected: str, message: str
    ) -> None:
        """Red, and never told as the API's."""
        verdict, [finding] = triage(error, [call(answered())], phase=phase)

        assert (verdict, finding.code, finding.message) == (Verdict.TEST_BUG, expected, message)

    def test_an_error_of_the_test_after_weather_is_the_weathers(self) -> None:
        """INVARIANT: `response.json()["id"]` of a gateway's answer accuses no test."""
        assert judged(KeyError("id"), call(answered(429)))[0] is Verdict.INCONCLUSIVE

    def test_of_several_errors_at_once_each_is_judged(self) -> None:
        """A task group raises them together; the worst decides."""
        group = ExceptionGroup(
            "tasks",
            [KeyError("x"), ExceptionGroup("inner", [raised(response(json={}))])],
        )

        verdict, findings = triage(group, [])

        assert verdict is Verdict.DRIFT
        assert [each.code for each in findings] == ["body.schema", "test.exception"]


@pytest.mark.parametrize("attempts", [(), (answered(502, id="it"),)], ids=["none", "a gateway's"])
def test_a_write_with_two_effects_is_a_defect(attempts: tuple[Attempt, ...]) -> None:
    """INVARIANT: whatever its own answer was."""
    error = WriteDuplicated("POST /orders is there twice", request=httpx2.Request("POST", URL))
    error.attempts = attempts

    verdict, (finding,) = triage(error, [call(*attempts)])

    assert (verdict, finding.code) == (Verdict.DEFECT, "write.duplicated")
    assert finding.attempt_id == ("it" if attempts else "")
