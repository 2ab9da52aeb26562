"""The ledger as text: an attempt on a line, the latest ones, in order."""

from __future__ import annotations

import pytest

from redhanded.core.attempt import Attempt, Failure, Phase, Wait
from redhanded.reports.ledger import ledger

HOME = "http://shop.test/api"
GET = Attempt(
    id="5" * 16,
    trace_id="a" * 32,
    call_id="c",
    number=1,
    purpose="test",
    method="GET",
    url=f"{HOME}/x?q=1",
    raw_request_headers=(),
    request_body=None,
    started_at=1.0,
    elapsed=0.012,
    marks=(),
    reused=False,
    status=200,
)
LOST = Failure("refused", Phase.CONNECT, "ConnectError", "refused")


@pytest.mark.parametrize(
    "attempt, line",
    [
        pytest.param(GET, "GET /api/x?q=1 -> 200 in 12 ms", id="answered"),
        pytest.param(
            GET._replace(status=None, failure=LOST),
            "GET /api/x?q=1 -> no answer (phase connect) in 12 ms",
            id="unanswered",
        ),
        pytest.param(
            GET._replace(wait=Wait(0.25, "retry")),
            "GET /api/x?q=1 -> 200 in 12 ms, after 250 ms",
            id="waited",
        ),
        pytest.param(
            GET._replace(purpose="auth", url="http://login.test/token"),
            "GET http://login.test/token -> 200 in 12 ms, auth",
            id="elsewhere",
        ),
        pytest.param(
            GET._replace(url="http://shop.test"), "GET / -> 200 in 12 ms", id="without-a-path"
        ),
    ],
)
def test_a_line_tells_request_outcome_time_and_wait(attempt: Attempt, line: str) -> None:
    """Of a URL at home the path is told; whose purpose is not the test's, that too."""
    assert list(ledger([attempt], [attempt.url], HOME)) == [line]


def test_only_the_latest_are_told() -> None:
    """A test may make a thousand calls; how many came before is told."""
    urls = [f"{HOME}/{number}" for number in range(20)]

    told = list(ledger([GET] * 20, urls, HOME))

    assert told[0] == "... 12 before"
    assert told[1].startswith("GET /api/12 ")
    assert len(told) == 9


def test_urls_are_taken_as_they_may_be_shown() -> None:
    """INVARIANT: the ledger shows the URL that it is given, never the attempt's own."""
    (told,) = ledger([GET._replace(url=f"{HOME}/?token=hush")], [f"{HOME}/?token=***"], HOME)

    assert told == "GET /api/?token=*** -> 200 in 12 ms"
