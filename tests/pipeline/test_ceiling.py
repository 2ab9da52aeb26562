"""The latency ceiling of a call: whose it is, and what counts against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from redhanded.core.attempt import Failure, Phase
from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.ceiling import Ceiling, first_own
from tests.core.attempts import attempt
from tests.pipeline.driving import at_wire, drive, open_call, request, response

BROKEN = Failure(row="closed_fresh", phase=Phase.WAIT, error="ReadError", message="reset")


def took(server: float, **facts: Any) -> Any:  # noqa: ANN401  facts as an attempt takes them
    """An answer that began so many seconds after the request was sent; all the rest took a day."""
    marks = (
        (Phase.CONNECT, 0.0), (Phase.SEND, 30_000.0), (Phase.WAIT, 40_000.0),
        (Phase.READ, 40_000.0 + server), (Phase.DONE, 86_400.0),
    )  # fmt: skip

    def answer(effect: Any) -> httpx2.Response:  # noqa: ANN401  a Send
        made = attempt(marks=marks, elapsed=86_400.0, **facts)
        effect.request.extensions[CALL].attempts.append(made)
        return response()

    return answer


def called(
    policy: Ceiling, *answers: object, method: str = "GET", path: str = "/booking/7",
    own: float | None = None,
) -> Call:  # fmt: skip
    """The call after it was answered; `own` is the ceiling of the call's own."""
    asked = request(method, path)
    call = open_call(asked)
    call.ceiling = own
    drive(policy(asked, at_wire), answers)
    return call


@pytest.mark.parametrize(
    "seconds, late",
    [
        pytest.param(0.25, None, id="in time"),
        pytest.param(0.5, None, id="just in time"),
        pytest.param(0.75, 0.75, id="late"),
    ],
)
def test_only_the_servers_share_counts(seconds: float, late: float | None) -> None:
    """INVARIANT: connecting, sending and reading do not count, only the wait for the server."""
    assert called(Ceiling({"*": 0.5}), took(seconds)).late == late


@pytest.mark.parametrize(
    "routes, ceiling",
    [
        pytest.param({}, None, id="none"),
        pytest.param({"*": 3.0}, 3.0, id="every route"),
        pytest.param({"*": 3.0, "GET /booking/{id}": 1.0}, 1.0, id="a route before *"),
        pytest.param({"GET /booking/{id}": 1.0, "*": 3.0}, 1.0, id="in whichever order"),
        pytest.param({"GET /booking/{id}": 1.0, "GET /booking/7": 2.0}, 1.0, id="the first route"),
        pytest.param({"POST /booking/{id}": 1.0}, None, id="another method"),
        pytest.param({"GET /rooms": 1.0, "*": 3.0}, 3.0, id="another path"),
    ],
)
def test_a_route_has_its_ceiling(routes: Mapping[str, float], ceiling: float | None) -> None:
    """A call takes the ceiling of the first route that it goes by, else that of `*`."""
    call = called(Ceiling(routes), took(99.0))

    assert call.ceiling == ceiling
    assert call.late == (None if ceiling is None else 99.0)


def test_a_ceiling_of_the_calls_own_comes_first() -> None:
    """What the author said of the call holds, whatever its route says."""
    assert called(Ceiling({"*": 0.5}), took(0.75), own=1.0).late is None
    assert called(Ceiling(), took(0.75), own=0.5).late == 0.75


def test_routes_are_below_the_base_url() -> None:
    """A base URL's path stands before the routes of the settings."""
    policy = Ceiling({"GET /booking/{id}": 1.0}, "/v1/")

    assert called(policy, took(0.0), path="/v1/booking/7").ceiling == 1.0
    assert called(policy, took(0.0)).ceiling is None


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"failure": BROKEN}, id="broke off"),
        pytest.param({"status": None}, id="no answer"),
    ],
)
def test_a_failure_is_not_late(facts: dict[str, Any]) -> None:
    """An attempt without a whole answer shows nothing of the server's speed."""
    assert called(Ceiling({"*": 0.5}), took(99.0, **facts)).late is None


def test_an_answer_without_times_is_not_late() -> None:
    """Where a transport of the author's own notes no phases, nothing is held against it."""

    def answer(effect: Any) -> httpx2.Response:  # noqa: ANN401  a Send
        effect.request.extensions[CALL].attempts.append(attempt(marks=()))
        return response()

    assert called(Ceiling({"*": 0.5}), answer).late is None


def test_the_first_attempt_counts() -> None:
    """INVARIANT: a quick second attempt does not make up for a late first one, nor the reverse."""

    def twice(first: float, second: float) -> Any:  # noqa: ANN401  an answer
        def answer(effect: Any) -> httpx2.Response:  # noqa: ANN401  a Send
            took(first)(effect)
            return took(second)(effect)  # type: ignore[no-any-return]

        return answer

    assert called(Ceiling({"*": 0.5}), twice(0.75, 0.1)).late == 0.75
    assert called(Ceiling({"*": 0.5}), twice(0.1, 0.75)).late is None


def test_an_error_passes_through() -> None:
    """A call without any answer ends by its error, and is not called late."""
    asked = request()
    call = open_call(asked)

    driven = drive(Ceiling({"*": 0.5})(asked, at_wire), [httpx2.ReadError("reset")])

    assert isinstance(driven.error, httpx2.ReadError)
    assert call.late is None


@pytest.mark.parametrize("row", ["throttled", "gateway", "closed_fresh"])
def test_a_quick_refusal_of_the_environments_is_no_pace(row: str) -> None:
    """INVARIANT: a 429 before it does not hide that the API's own answer was late."""
    refused = attempt(row=row, marks=((Phase.WAIT, 0.0), (Phase.READ, 0.01)))
    late = attempt(marks=((Phase.WAIT, 0.0), (Phase.READ, 0.75)))

    assert first_own([refused, late]) is late
    assert first_own([refused]) is None
