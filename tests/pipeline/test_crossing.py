"""What a request may take along to another origin, and what it may not."""

from __future__ import annotations

import httpx2
import pytest

from redhanded.core.ids import trace_id
from redhanded.pipeline.call import CALL, Call, Scope
from redhanded.pipeline.correlation import Calls
from redhanded.pipeline.crossing import CrossOrigin
from redhanded.pipeline.origin import Origins
from tests.core.attempts import attempt
from tests.pipeline.driving import FakeClock, at_wire, drive, request, response

HOME = "https://api.test/"
OTHER = "https://other.test/"
CONFIGURED = {"X-Tenant": "acme", "X-Team": "blue"}
TRACEPARENT = (b"traceparent", b"00-1-2-01")


class Journey:
    """A call from origin to origin, as the client's redirects lead it."""

    def __init__(self, base: str | None = HOME) -> None:
        self.origins = Origins(FakeClock().monotonic)
        origin = self.origins.of(httpx2.URL(base)) if base else None
        self.policy = CrossOrigin(origin, CONFIGURED)
        self.extensions: dict[str, object] = {}

    def hop(self, url: str, headers: dict[str, str] | httpx2.Headers) -> httpx2.Request:
        """The request as it was sent to that address."""
        asked = request(path=url, headers=headers, extensions=self.extensions)
        self.extensions = dict(asked.extensions)
        drive(Calls(Scope(trace_id()), self.origins)(asked, at_wire), [response()])
        self.extensions[CALL] = call = asked.extensions[CALL]
        call.headers = [*asked.headers.raw, TRACEPARENT]  # as the policy above leaves them
        driven = drive(self.policy(asked, at_wire), [response()])
        assert driven.sends[0].request is asked
        return asked

    @property
    def call(self) -> Call:
        call = self.extensions[CALL]
        assert isinstance(call, Call)
        return call

    @property
    def on_wire(self) -> set[str]:
        """Names of the headers that went out with the last hop, `Host` apart."""
        return {name.decode().lower() for name, _ in self.call.headers} - {"host"}

    def answered(self, url: str, *cookies: str) -> None:
        """Let the call know of an answer that set these cookies."""
        received = tuple(("Set-Cookie", cookie) for cookie in cookies)
        self.call.attempts.append(attempt(url=url, received=received))


SECRET = [
    "Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Api-Key", "X-Auth-Token",
    "X-Whatever-They-Call-It", "X-CSRF-Token", "Idempotency-Key", "If-Match", "Referer",
    "X-Correlation-ID", "baggage", "tracestate",
]  # fmt: skip
HARMLESS = [
    "Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "User-Agent", "Range",
    "Cache-Control",
]  # fmt: skip


@pytest.mark.parametrize("name", [*SECRET, "X-Tenant", *map(str.upper, SECRET)])
def test_secrets_stay_at_home(name: str) -> None:
    """INVARIANT: no header or cookie that may hold a secret follows to another origin."""
    journey = Journey()
    journey.hop(HOME, {name: "acme"})
    assert name.lower() in journey.on_wire

    asked = journey.hop(OTHER, {name: "acme"})

    assert journey.on_wire == set()
    assert name not in asked.headers


@pytest.mark.parametrize("name", [*HARMLESS, *map(str.upper, HARMLESS)])
def test_harmless_headers_go_along(name: str) -> None:
    """What only shapes the answer follows a redirect anywhere."""
    journey = Journey()
    journey.hop(HOME, {})

    journey.hop(OTHER, {name: "value"})

    assert journey.on_wire == {name.lower()}


def test_a_configured_header_of_a_harmless_name_stays_at_home() -> None:
    """A header that the settings give to the base URL is not for others, whatever its name."""
    journey = Journey()
    journey.policy = CrossOrigin(journey.policy.base, {"User-Agent": "secret agent"})
    journey.hop(HOME, {})

    journey.hop(OTHER, {"User-Agent": "secret agent"})

    assert journey.on_wire == set()


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://api.test/", id="downgraded"),
        pytest.param("https://api.test:8443/", id="another port"),
        pytest.param("https://api.test.evil/", id="another host"),
        pytest.param("https://sub.api.test/", id="a host below"),
    ],
)
def test_scheme_host_and_port_make_an_origin(url: str) -> None:
    """INVARIANT: what differs in scheme, host or port is a stranger."""
    journey = Journey()
    journey.hop(HOME, {})

    journey.hop(url, {"Authorization": "Bearer t"})

    assert journey.on_wire == set()


@pytest.mark.parametrize(
    "home, url, is_kept",
    [
        pytest.param("https://api.test/", "https://api.test:443/b", True, id="the port spelt out"),
        pytest.param("https://api.test/", "https://API.test/b", True, id="the host in capitals"),
        pytest.param("http://api.test/", "https://api.test/", True, id="http to https"),
        pytest.param("http://api.test:8080/", "https://api.test/", False, id="from another port"),
        pytest.param("http://api.test/", "https://api.test:8443/", False, id="to another port"),
        pytest.param("http://api.test/", "https://www.api.test/", False, id="to another host"),
    ],
)
def test_the_same_origin_and_its_upgrade_keep_everything(
    home: str, url: str, *, is_kept: bool
) -> None:
    """Secrets go on to the same origin, and to the same host once it speaks https."""
    journey = Journey(home)
    journey.hop(home, {})

    journey.hop(url, {"Authorization": "Bearer t", "X-Tenant": "acme"})

    expected = {"authorization", "x-tenant", "traceparent"} if is_kept else set()
    assert journey.on_wire == expected


def test_the_cookies_of_the_new_origin_go_to_it() -> None:
    """A stranger gets the cookies back that it set itself during this call, and no others."""
    journey = Journey()
    journey.hop(HOME, {})
    journey.answered(HOME, "session=mine; Secure")
    journey.hop(OTHER, {})
    journey.answered(OTHER, "seen=1; Path=/", "theme=dark")

    asked = journey.hop(OTHER + "b", {"Cookie": "session=mine; seen=1; theme=dark; old=2"})

    assert asked.headers["cookie"] == "seen=1; theme=dark"
    assert journey.on_wire == {"cookie"}


def test_a_cookie_whose_value_another_origin_set_is_not_sent() -> None:
    """A cookie of the same name that home has set is not the stranger's."""
    journey = Journey()
    journey.hop(HOME, {})
    journey.hop(OTHER, {})
    journey.answered(OTHER, "id=theirs")

    asked = journey.hop(OTHER, {"Cookie": "id=ours"})

    assert "cookie" not in asked.headers


def test_who_comes_home_is_trusted_again() -> None:
    """On the way back home nothing is taken away that the request still carries."""
    journey = Journey()
    journey.hop(HOME, {})
    journey.hop(OTHER, {})

    journey.hop(HOME, {"X-Api-Key": "k"})

    assert journey.on_wire == {"x-api-key", "traceparent"}


def test_a_call_to_another_origin_does_without_the_configured_headers() -> None:
    """Headers of the settings are for the base URL; what the author says himself is sent."""
    journey = Journey()
    headers = {"X-Tenant": "acme", "X-Team": "of my own", "Authorization": "Bearer mine"}

    asked = journey.hop(OTHER, headers)

    assert journey.on_wire == {"x-team", "authorization", "traceparent"}
    assert "x-tenant" not in asked.headers


def test_calls_to_the_base_url_carry_the_configured_headers() -> None:
    """INVARIANT: at home nothing is taken away."""
    journey = Journey()

    journey.hop(HOME, dict(CONFIGURED))

    assert journey.on_wire == {"x-tenant", "x-team", "traceparent"}


def test_without_a_base_url_the_first_origin_is_home() -> None:
    """Where no base URL is set, a call's own origin gets the configured headers; others do not."""
    journey = Journey(None)

    journey.hop(OTHER, dict(CONFIGURED))
    assert journey.on_wire == {"x-tenant", "x-team", "traceparent"}
    journey.hop(HOME, dict(CONFIGURED))

    assert journey.on_wire == set()
