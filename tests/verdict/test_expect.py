"""`expect`: everything at once, typed, and fair to the environment."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from types import FrameType, SimpleNamespace
from typing import Any

import httpx2
import pytest
from dirty_equals import IsPartialDict
from pydantic import BaseModel, TypeAdapter

from redhanded.core.errors import (
    ContractViolated,
    ExpectationFailed,
    ObjectiveMissed,
    UsageError,
)
from redhanded.pipeline.call import Scope
from redhanded.verdict.expect import expect
from redhanded.verdict.expectation import UNSET
from redhanded.verdict.observation import attempt_behind
from tests.verdict.answers import call, from_pipeline, page, response


class Booking(BaseModel):
    id: int
    guest: str


BOOKING = {"id": 7, "guest": "Ann"}


class TestWhatComesBack:
    """The value as the shape reads it, else the response."""

    def test_a_model_gives_a_model(self) -> None:
        """The author goes on with a typed value."""
        assert expect(response(json=BOOKING), 200, Booking) == Booking(id=7, guest="Ann")

    @pytest.mark.parametrize(
        "shape, value",
        [
            pytest.param(list[Booking], [Booking(id=7, guest="Ann")], id="list of models"),
            pytest.param(
                TypeAdapter(list[Booking]), [Booking(id=7, guest="Ann")], id="type adapter"
            ),
            pytest.param([BOOKING], [BOOKING], id="equal value"),
            pytest.param([IsPartialDict(id=7)], [BOOKING], id="partly equal value"),
        ],
    )
    def test_any_shape_gives_what_it_reads(self, shape: object, value: object) -> None:
        """Values to equal give the decoded body."""
        assert expect(response(json=[BOOKING]), 200, shape) == value

    def test_without_a_shape_the_response_itself_comes_back(self) -> None:
        """So that a status can be checked in passing."""
        answer = response(204)

        assert expect(answer, 204) is answer

    def test_any_success_is_expected_where_no_status_is_named(self) -> None:
        """An expectation never checks nothing."""
        with pytest.raises(ExpectationFailed, match="404, want 2xx"):
            expect(response(404))

    def test_null_is_a_shape(self) -> None:
        """Not to be confused with no shape."""
        assert expect(response(content=b"null"), 200, None) is None
        with pytest.raises(ExpectationFailed, match="want null"):
            expect(response(json=1), 200, None)

    def test_a_response_without_a_request_can_be_held_as_well(self) -> None:
        """Made by hand, in a unit test of a domain client."""
        assert expect(httpx2.Response(200, json=BOOKING), 200, Booking).id == 7


class TestWhatIsFound:
    """All violations at once, each error class for its kind."""

    def test_a_wrong_status_shows_what_the_answer_says_about_itself(self) -> None:
        """A problem document explains the failure better than any code."""
        problem = {"type": "about:blank", "title": "Invalid", "detail": "guest is required"}

        with pytest.raises(ExpectationFailed) as caught:
            expect(response(422, json=problem), 201, Booking)

        assert str(caught.value).startswith('DEFECT status: 422 ("guest is required"), want 201\n')

    @pytest.mark.parametrize(
        "body, shown",
        [
            pytest.param({"title": "Invalid"}, '("Invalid")', id="title"),
            pytest.param({"detail": [{"loc": ["a"]}]}, '([{"loc": ["a"]}])', id="list of details"),
            pytest.param({"message": "no"}, '("no")', id="message"),
            pytest.param({"error": {"code": 1}}, '({"code": 1})', id="error"),
            pytest.param({"other": 1}, ", want", id="nothing it knows"),
            pytest.param(["x"], ", want", id="no object"),
        ],
    )
    def test_other_error_documents_speak_too(self, body: object, shown: str) -> None:
        """Problem details are not everywhere."""
        with pytest.raises(ExpectationFailed, match=re.escape(f"400 {shown}".replace(" ,", ","))):
            expect(response(400, json=body), 200)

    def test_the_shape_is_not_held_against_another_statuss_body(self) -> None:
        """A problem document is no booking, and saying so would bury the status."""
        with pytest.raises(ExpectationFailed) as caught:
            expect(response(422, json={"detail": "no"}), 200, Booking)

        assert [each.code for each in caught.value.violations] == ["status"]

    def test_status_headers_and_latency_are_told_together(self) -> None:
        """The first breach hides no other one; the worst stands first."""
        answer = response(500, headers={"X-Debug": "1"})
        answer.elapsed = timedelta(seconds=2)

        with pytest.raises(ExpectationFailed) as caught:
            expect(answer, 200, headers={"x-debug": None, "etag": ...}, within=1)

        assert [each.code for each in caught.value.violations] == [
            "status",
            "header.unexpected",
            "header.missing",
            "latency.ceiling",
        ]

    def test_body_values_and_conditions_are_told_together(self) -> None:
        """Conditions are tried on a value that has its shape."""
        with pytest.raises(ExpectationFailed) as caught:
            expect(
                response(json=BOOKING),
                200,
                Booking,
                where=[lambda made: made.id == 8, {"$.guest": "Bob"}],
            )

        assert [each.where for each in caught.value.violations] == ["$", "$.guest"]

    def test_conditions_without_a_shape_see_the_response(self) -> None:
        """What `expect` returns is what a condition is asked about."""
        answer = response(json=BOOKING)

        assert expect(answer, 200, where=[lambda got: got is answer, {"id": 7}]) is answer

    def test_only_a_broken_shape_is_a_violated_contract(self) -> None:
        """Drift has an error of its own, with every place of it."""
        with pytest.raises(ContractViolated) as caught:
            expect(response(json={"id": "7"}), 200, Booking)

        assert [each.where for each in caught.value.violations] == ["$.guest", "$.id"]
        assert caught.value.attempt is not None
        assert caught.value.attempt.status == 200

    def test_only_a_late_answer_is_a_missed_objective(self) -> None:
        """Everything else about it was right."""
        answer = response()
        answer.elapsed = timedelta(seconds=1.5)

        with pytest.raises(ObjectiveMissed, match=r"SLOW latency.ceiling: 1.50 s, want at most 1"):
            expect(answer, 200, within=1)

    def test_a_mixture_is_a_failed_expectation(self) -> None:
        """Neither class alone would tell the truth."""
        with pytest.raises(ExpectationFailed) as caught:
            expect(response(json={}), 200, Booking, headers={"etag": ...})

        assert type(caught.value) is ExpectationFailed

    def test_every_failure_is_an_assertion_error(self) -> None:
        """Pytest and every other runner know what that means."""
        with pytest.raises(AssertionError):
            expect(response(500), 200)

    @pytest.mark.parametrize(
        "headers",
        [
            pytest.param({"content-type": "text/html"}, id="exactly"),
            pytest.param({"Content-Type": ...}, id="any"),
        ],
    )
    def test_a_content_type_that_is_named_replaces_the_check_for_json(
        self, headers: dict[str, object]
    ) -> None:
        """JSON under another type is drift, unless the author says that it is meant."""
        answer = response(content=b'{"id":7,"guest":"Ann"}', headers={"Content-Type": "text/html"})

        with pytest.raises(ContractViolated, match=r"body\.media_type"):
            expect(answer, 200, Booking)
        assert expect(answer, 200, Booking, headers=headers).id == 7


class TestTheEnvironment:
    """An answer that is not the API's is the environment's, and is told as such."""

    @pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
    def test_weather_in_the_status_is_inconclusive(self, status: int) -> None:
        """What the retry table holds for weather is never told as a defect."""
        with pytest.raises(ExpectationFailed, match=r"^INCONCLUSIVE http"):
            expect(response(status), 200)

    @pytest.mark.parametrize("status", [429, 503])
    def test_a_test_about_limits_expects_them(self, status: int) -> None:
        """What is expected is no weather."""
        assert expect(response(status), status).status_code == status

    @pytest.mark.parametrize("status", [200, 403, 429])
    def test_a_page_where_json_is_declared_is_a_gateways(self, status: int) -> None:
        """Captive portals and firewalls answer with pages; who sent it is told."""
        with pytest.raises(ExpectationFailed, match=r"^INCONCLUSIVE"):
            expect(page(status), 200, Booking)

    @pytest.mark.parametrize("status", [404, 500])
    def test_a_page_under_an_error_of_the_api_is_the_apis(self, status: int) -> None:
        """A framework's own error page is no excuse."""
        with pytest.raises(ExpectationFailed, match=r"^DEFECT"):
            expect(page(status), 200, Booking)

    def test_a_page_is_no_excuse_where_text_is_declared(self) -> None:
        """A test about a page sees pages."""
        assert "Sorry" in expect(page(), 200, str)


class TestTheCall:
    """What the pipeline hung on the response is used."""

    def test_each_expectation_counts_as_a_check(self) -> None:
        """So that a test which checks nothing is known as one, and a failed check is one too."""
        made = call()

        expect(from_pipeline(made=made), 200)
        with pytest.raises(ExpectationFailed):
            expect(from_pipeline(404, made=made), 200)

        assert made.checks == 2

    @pytest.mark.parametrize(
        "status, shape, held",
        [
            pytest.param(200, dict, [(dict, True)], id="kept"),
            pytest.param(200, list, [(list, False)], id="broken"),
            pytest.param({200, 404}, dict, [(dict, True)], id="one of several"),
            pytest.param(404, dict, [], id="another status"),
            pytest.param(200, UNSET, [], id="no shape"),
        ],
    )
    def test_the_shape_that_was_held_is_remembered(
        self,
        status: Any,  # noqa: ANN401  a status as authors write it
        shape: object,
        held: list[tuple[object, bool]],
    ) -> None:
        """So that no contract holds the same answer against it once more."""
        made = call()
        answer = from_pipeline(made=made, json={})

        with suppress(ExpectationFailed):
            expect(answer, status, shape)

        assert [(each.shape, each.is_kept) for each in made.held] == held
        assert {each.attempt_id for each in made.held} <= {attempt_behind(answer).id}

    @pytest.mark.parametrize(
        "shapes, options, holds",
        [
            pytest.param(None, {}, False, id="strict by default"),
            pytest.param({"strict": False, "extra": "ignore"}, {}, True, id="the project's word"),
            pytest.param(
                {"strict": False, "extra": "ignore"}, {"strict": True}, False, id="the call's word"
            ),
            pytest.param(None, {"strict": False, "extra": "ignore"}, True, id="only the call's"),
        ],
    )
    def test_strictness_comes_from_the_call_then_the_project(
        self, shapes: dict[str, object] | None, options: dict[str, Any], *, holds: bool
    ) -> None:
        """Both can be loosened where an API cannot do better."""
        settings = SimpleNamespace(**shapes) if shapes else None
        made = call(scope=Scope(shapes=settings))
        answer = from_pipeline(made=made, json={"id": "7", "guest": "Ann", "more": 1})

        if holds:
            assert expect(answer, 200, Booking, **options).id == 7
        else:
            with pytest.raises(ContractViolated):
                expect(answer, 200, Booking, **options)

    def test_only_the_servers_own_time_counts(self) -> None:
        """From the last byte sent to the first received: 0.5 s of 0.8 s in all."""
        assert expect(from_pipeline(), 200, within=0.6).status_code == 200
        with pytest.raises(ObjectiveMissed, match="500 ms, want at most 400 ms"):
            expect(from_pipeline(), 200, within=0.4)

    def test_the_attempt_of_the_ledger_is_in_the_error(self) -> None:
        """Whoever catches it finds the evidence."""
        answer = from_pipeline(404)

        with pytest.raises(ExpectationFailed) as caught:
            expect(answer, 200)

        assert caught.value.attempt is answer.extensions["redhanded.attempt"]


class TestSecrets:
    """A failure shows no secret."""

    def test_a_value_under_a_secret_name_is_not_shown(self) -> None:
        """A token of the wrong shape is still a token."""

        class Login(BaseModel):
            token: int

        with pytest.raises(ContractViolated) as caught:
            expect(response(json={"token": "abcdef123456"}), 200, Login)

        assert "abcdef" not in str(caught.value)
        assert "masked (14 characters)" in str(caught.value)

    def test_what_gives_itself_away_is_masked_without_a_run(self) -> None:
        """A JSON Web Token is one wherever it stands."""
        token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"

        with pytest.raises(ExpectationFailed) as caught:
            expect(response(json={"echo": token}), 200, {"echo": "x"})

        assert "eyJ" not in str(caught.value)


async def _coroutine() -> httpx2.Response:
    return response()


class _Later:
    def __await__(self) -> Any:  # noqa: ANN401  never reached
        raise AssertionError("unreachable, because nobody awaits it")


def frames_of(error: BaseException) -> list[FrameType]:
    """The frames that the error passed, the author's first."""
    trace, frames = error.__traceback__, []
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    return frames


@pytest.mark.parametrize(
    "given, status",
    [
        pytest.param(response(404), 200, id="failure"),
        pytest.param(response(), "200", id="misuse"),
        pytest.param(None, 200, id="no response"),
    ],
)
def test_a_traceback_ends_at_the_authors_line(given: Any, status: Any) -> None:  # noqa: ANN401
    """INVARIANT: every frame of ours is hidden from pytest."""
    with pytest.raises((ExpectationFailed, UsageError)) as caught:
        expect(given, status)

    ours = [frame for frame in frames_of(caught.value) if frame.f_code.co_filename != __file__]
    assert ours
    assert all(frame.f_locals.get("__tracebackhide__") for frame in ours)


class TestMisuse:
    """What cannot be meant gets one sentence that says what to write."""

    @pytest.mark.parametrize(
        "given", [pytest.param(_coroutine, id="coroutine"), pytest.param(_Later, id="awaitable")]
    )
    def test_a_call_that_was_not_awaited(self, given: Callable[[], Any]) -> None:
        """The commonest mistake of async tests; no warning is left behind either."""
        with pytest.raises(UsageError, match=r"not awaited: write expect\(await "):
            expect(given(), 200)

    @pytest.mark.parametrize(
        "given, name", [(None, "builtins.NoneType"), ({"id": 1}, "builtins.dict")]
    )
    def test_something_that_is_no_response(self, given: Any, name: str) -> None:  # noqa: ANN401
        """A decoded body, for one."""
        with pytest.raises(UsageError, match=f"takes an httpx2.Response, not {name}"):
            expect(given, 200)

    def test_a_streamed_body_that_nobody_read(self) -> None:
        """The author decides when to read it."""
        answer = httpx2.Response(200, stream=httpx2.ByteStream(b"{}"))

        with pytest.raises(UsageError, match=r"call response.read\(\)"):
            expect(answer, 200, Booking)
        assert expect(answer, 200) is answer

    @pytest.mark.parametrize(
        "options, sentence",
        [
            pytest.param({"status": "200"}, "is no status", id="status"),
            pytest.param(
                {"within": 0}, "within=0 must be a number of seconds above 0", id="within"
            ),
            pytest.param({"within": "1"}, "within='1' must be a number", id="within as text"),
            pytest.param({"within": True}, "within=True must be a number", id="within as flag"),
            pytest.param({"headers": ["etag"]}, "must be a mapping of names", id="headers"),
            pytest.param({"where": 5}, "is no condition", id="where"),
            pytest.param({"shape": len}, "is no shape", id="shape"),
        ],
    )
    def test_an_argument_that_cannot_be_meant(self, options: dict[str, Any], sentence: str) -> None:
        """It is the test's mistake and never told as the API's."""
        with pytest.raises(UsageError, match=sentence):
            expect(response(json={}), **options)
