"""The almanac: what it remembers, and what it finds again."""

from __future__ import annotations

import pytest

from redhanded.core.attempt import Attempt, Phase
from redhanded.verdict.almanac import KEPT, Almanac, credentials_of, origin_of
from tests.verdict.answers import answered, lost
from tests.verdict.arms import HOME, own


def remembering(*attempts: Attempt) -> Almanac:
    """An almanac that has seen these, the oldest first."""
    almanac = Almanac()
    for number, attempt in enumerate(attempts):
        almanac.note(f"test_{number}", attempt)
    return almanac


def ids(*attempts: Attempt) -> list[Attempt]:
    """The same, each with an id and a call of its own."""
    return [one._replace(id=f"a{n}", call_id=f"c{n}") for n, one in enumerate(attempts)]


@pytest.mark.parametrize(
    "path, route",
    [
        ("/booking/7", "/booking/{}"),
        ("/booking/7?page=2", "/booking/{}"),
        ("/v1/users/3f9c-aa/orders", "/{}/users/{}/orders"),
        ("/users/me", "/users/me"),
        ("/", "/"),
    ],
)
def test_a_route_is_a_path_without_its_ids(path: str, route: str) -> None:
    """A segment with a digit names an object."""
    assert Almanac().route_of(answered(url=HOME + path)) == ("GET", HOME, route)


def test_a_declared_route_needs_no_digits() -> None:
    """INVARIANT: what the project says about its routes is known better."""
    almanac = Almanac(declared=("GET /instruments/{symbol}",), below="/api")

    inside = almanac.route_of(answered(url=f"{HOME}/api/instruments/TEAL?full=1"))
    outside = almanac.route_of(answered(url=f"{HOME}/api/instruments"))

    assert inside == ("GET", HOME, "GET /instruments/{symbol}")
    assert outside == ("GET", HOME, "/api/instruments")


def test_an_origin_has_no_path() -> None:
    """Scheme, host and port."""
    assert origin_of(answered(url="https://api.test:8443/x?y")) == "https://api.test:8443"


def test_bodies_are_not_remembered() -> None:
    """INVARIANT: memory stays flat."""
    almanac = remembering(own(request_body=b"x", response_body=b"y"))

    [seen] = almanac.latest(lambda _: True)

    assert (seen.request_body, seen.response_body) == (None, None)


def test_who_waits_for_the_api_asks_for_no_test() -> None:
    """INVARIANT: a long outage does not spend the budget of the diagnosis."""
    almanac = Almanac()

    almanac.note("", own(purpose="canary"))

    assert almanac.asked == 0


def test_the_oldest_are_forgotten() -> None:
    """INVARIANT: a run of any length remembers as much."""
    almanac = remembering(*[own()] * (KEPT + 5))

    assert sum(1 for _ in almanac.latest(lambda _: True)) == KEPT
    assert almanac.sent == KEPT + 5


def test_answers_are_counted_by_what_they_say() -> None:
    """Of tests only; control requests count apart."""
    almanac = remembering(
        own(404), own(401), own(403), own(), lost(), own(purpose="canary"), own(purpose="probe")
    )

    assert (almanac.sent, almanac.asked) == (5, 2)
    assert (almanac.answered, almanac.not_found, almanac.denied) == (4, 1, 2)


class TestOtherInputs:
    """A known-good input of the same route."""

    TARGET = answered(502, url=f"{HOME}/booking/7", call_id="now")

    @pytest.mark.parametrize(
        "seen, is_found",
        [
            pytest.param(own(url=f"{HOME}/booking/8"), True, id="another id"),
            pytest.param(own(url=f"{HOME}/booking/7?full=1"), True, id="another query"),
            pytest.param(own(url=f"{HOME}/booking/7"), False, id="the same input"),
            pytest.param(own(url=f"{HOME}/users/8"), False, id="another route"),
            pytest.param(own(404, url=f"{HOME}/booking/8"), False, id="not well"),
            pytest.param(own(url=f"{HOME}/booking/8", method="PUT"), False, id="another method"),
            pytest.param(own(url="http://other.test/booking/8"), False, id="another origin"),
        ],
    )
    def test_it_is_the_same_route_with_another_input(self, seen: Attempt, is_found: bool) -> None:
        """INVARIANT: same method, origin and route; another URL; a success."""
        assert (remembering(seen).other_input(self.TARGET) is not None) is is_found

    def test_the_latest_is_taken(self) -> None:
        """Data that was made last is there most likely."""
        seen = ids(own(url=f"{HOME}/booking/8"), own(url=f"{HOME}/booking/9"))

        found = remembering(*seen).other_input(self.TARGET)

        assert found is not None
        assert found.id == "a1"

    @pytest.mark.parametrize(
        "status, at, were", [(201, 5.0, True), (201, 4.9, False), (500, 5.0, False)]
    )
    def test_a_write_is_compared_with_other_calls_of_its_route(
        self, status: int, at: float, were: bool
    ) -> None:
        """They differ in their bodies, which nobody remembers; older ones tell nothing of now."""
        write = answered(502, method="POST", url=f"{HOME}/booking", call_id="now")
        other = own(status, method="POST", url=f"{HOME}/booking", call_id="other", started_at=at)

        assert remembering(other, write).others_were_well(write, since=5.0) is were


def test_failures_of_other_tests_are_counted() -> None:
    """Of the same origin, on any route, and such as the environment may answer for."""
    target = answered(502, url=f"{HOME}/booking/7")
    almanac = remembering(
        lost("refused", url=f"{HOME}/users"),
        answered(503, url=f"{HOME}/users"),
        answered(500, url=f"{HOME}/users"),
        lost("refused", url=f"{HOME}/booking/9"),
        lost("refused", url="http://other.test/users"),
    )

    assert almanac.failures_beside("test_it", target) == 3
    assert almanac.failures_beside("test_0", target) == 2


def test_requests_that_were_convicted_are_no_weather() -> None:
    """A server's fault on one route must not excuse its fault on another."""
    other = answered(502, url=f"{HOME}/users/7")
    almanac = remembering(other)

    almanac.convict(other, failed=7, well=7)

    assert almanac.failures_beside("test_it", answered(502, url=f"{HOME}/booking/7")) == 0


def test_suspicion_grows_from_round_to_round() -> None:
    """Of one request of one test, failing in one way."""
    almanac, write = Almanac(), lost("closed_fresh", method="POST", started_at=5.0)

    first = almanac.suspect("test_it", 0, [write])
    again = almanac.suspect("test_it", 2, [write, write])
    other = almanac.suspect("test_other", 0, [write])

    assert first is again
    assert (again.times, again.rounds, again.since) == (3, 3, 5.0)
    assert (other.times, other.rounds) == (1, 1)


def test_the_quickest_connection_is_the_least_that_the_way_takes() -> None:
    """Reused connections tell nothing, nor do those to this machine."""
    near = own(marks=((Phase.CONNECT, 0.0), (Phase.SEND, 0.001)), peer="127.0.0.1:80")
    slow = own(marks=((Phase.CONNECT, 0.0), (Phase.SEND, 0.3)))
    quick = own(marks=((Phase.CONNECT, 0.01), (Phase.TLS, 0.03)))
    reused = own(marks=((Phase.SEND, 0.0), (Phase.WAIT, 0.001)))

    almanac = remembering(near, slow, quick, reused)

    assert almanac.quickest_connection(slow) == pytest.approx(0.02)
    assert Almanac().quickest_connection(slow) == 0.0


def test_neighbours_are_those_shortly_before() -> None:
    """Other calls to the same origin, in the seconds asked for."""
    late = own(id="late", call_id="late", started_at=100.0)
    near, far = own(id="near", call_id="n", started_at=98.5), own(call_id="f", started_at=97.0)
    after = own(call_id="a", started_at=101.0)

    assert [one.id for one in remembering(far, near, late, after).before(late, 2.0)] == ["near"]


def test_builds_are_told_the_latest_first() -> None:
    """Each once; answers that name none are left out."""
    first = own(raw_response_headers=((b"X-Build", b"1"),))
    second = own(raw_response_headers=((b"X-Build", b"2"),))

    assert remembering(first, second, first, second, answered()).builds(first) == ["2", "1"]


def test_the_test_behind_an_attempt_is_known() -> None:
    """Until it is forgotten."""
    [attempt] = ids(own())

    assert remembering(attempt).test_of(attempt) == "test_0"
    assert Almanac().test_of(attempt) == ""


def test_credentials_are_headers_that_prove_who_asks() -> None:
    """Authorization, cookies, and what is called like a secret."""
    sent = (
        *((b"Authorization", b"a"), (b"cookie", b"b"), (b"X-API-Key", b"c"), (b"X-Key", b"d")),
        *((b"Accept", b"e"), (b"Idempotency-Key", b"f")),
    )

    assert credentials_of(own(raw_request_headers=sent)) == {
        "authorization": "a",
        "cookie": "b",
        "x-api-key": "c",
        "x-key": "d",
    }
