"""What is shown under a name because it is known to be no secret; all else is masked."""

from __future__ import annotations

import pytest

from redhanded.core.redaction import Redactor
from redhanded.core.settings import Redact
from tests.core.attempts import attempt

TOKEN = "Zk38dkPq71fkWmfxei92"


@pytest.mark.parametrize(
    "query",
    [
        "page=2&per_page=50",
        "page[size]=1000000&sort=-createdAt,name",
        "filter[status]=published&fields=id,name,description",
        "checkInDate=2026-11-22&checkout=2026-11-25&guests=2",
        "min_price=10.00&max_price=200.00&currency=EUR",
        "q=a%20long%20search%20for%20rooms&language=en-GB",
        "booking_id=3f2b8a52-7c1d-4a2f-9a55-2f4b1f6b9b11",
        "flavour=sweet&vegan=true&mood=happy&born=1990-02-03&height_cm=181",
        "created[gte]=2026-11-22T10:00:00Z",
        "flag",
        "empty=",
    ],
)
def test_ordinary_parameters_are_shown(query: str) -> None:
    """Evidence without them is of no use: paging, filters, dates, ids, and what is short."""
    assert Redactor().url(f"http://h/rooms?{query}") == f"http://h/rooms?{query}"


@pytest.mark.parametrize(
    "name, value",
    [
        pytest.param("code", TOKEN, id="oauth-code"),
        pytest.param("ticket", TOKEN, id="ticket"),
        pytest.param("k", TOKEN, id="one-letter"),
        pytest.param("hash", "letmein", id="word"),
        pytest.param("otc", "123456", id="one-time-code"),
        pytest.param("%6B", TOKEN, id="escaped-name"),
        pytest.param("share", "https%3A%2F%2Fh%2F%3Fx%3D1", id="url"),
        pytest.param("\u212akey", TOKEN, id="odd-letter"),
        pytest.param("page_key_x", TOKEN, id="ordinary-but-for-one-part"),
    ],
)
@pytest.mark.parametrize(
    "url", ["http://h/a?page=1&{}={}", "/a?{}={}", "http://h/a#{}={}", "http://h/a?x=1#/b?{}={}"]
)
def test_a_parameter_that_nobody_knows_is_masked(url: str, name: str, value: str) -> None:
    """INVARIANT: a URL fails closed: a name nobody thought of hides its value."""
    shown = Redactor().url(url.format(name, value))

    assert value not in shown
    assert "chars" in shown


def test_the_url_of_an_attempt_fails_closed() -> None:
    """Also where an earlier one of the same names was shown."""
    redactor = Redactor()

    urls = [
        redactor.exchange(attempt(url=f"http://h/a?page=1&ticket={value}")).url
        for value in ("open", TOKEN)
    ]

    assert urls == [
        "http://h/a?page=1&ticket=open",
        "http://h/a?page=1&ticket=masked_ticket_20chars",
    ]


def test_settings_widen_what_is_shown() -> None:
    """Exactly the names that are given, in any case; a registered secret stays masked."""
    redactor = Redactor.of(Redact(shown_query=("Ticket",), shown_headers=("x-tenant",)))
    redactor.register("q7Rk2vXw9LmT4bZs", name="TOKEN")

    seen = redactor.exchange(
        attempt(
            url=f"http://h/?ticket={TOKEN}&tickets={TOKEN}&TICKET=q7Rk2vXw9LmT4bZs",
            sent=(("X-Tenant", "acme-berlin"), ("X-Tenants", "acme-berlin")),
            received=(("X-TENANT", "q7Rk2vXw9LmT4bZs"),),
        )
    )

    assert seen.url == (
        f"http://h/?ticket={TOKEN}&tickets=masked_tickets_20chars&TICKET=masked_TOKEN_16chars"
    )
    assert seen.request_headers == (
        ("X-Tenant", "acme-berlin"),
        ("X-Tenants", "masked_X_Tenants_11chars"),
    )
    assert seen.response_headers == (("X-TENANT", "masked_TOKEN_16chars"),)


def test_a_secret_name_that_is_declared_is_shown() -> None:
    """Whoever writes `shown_headers` means it; its value is not learned either."""
    redactor = Redactor(shown_headers=["X-Token-Kind"])

    seen = redactor.exchange(attempt(received=(("X-Token-Kind", TOKEN),)))

    assert seen.response_headers == (("X-Token-Kind", TOKEN),)
    assert redactor.text(TOKEN) == TOKEN


def test_free_text_is_masked_by_secret_names_alone() -> None:
    """A sentence with a URL is no header: what nobody calls a secret stays readable."""
    text = "GET /rooms?flavour=strawberry failed: see http://h/wiki?topics=networks"

    assert Redactor().text(text) == text


def test_one_that_knows_no_secret_judges_names_alike() -> None:
    """A command to repeat a request shows what its evidence shows."""
    redactor = Redactor(["colour_code"], ["ticket"], ["X-Tenant"])
    redactor.register(TOKEN, name="TOKEN")

    other = redactor.unknowing()

    assert other.url(f"http://h/?ticket={TOKEN}") == f"http://h/?ticket={TOKEN}"
    assert other.is_shown_header("x-tenant")
    assert other.is_secret_name("colourCode")


@pytest.mark.parametrize(
    "location",
    [
        pytest.param(f"/cb#access_token={TOKEN}&token_type=bearer", id="fragment"),
        pytest.param(f"https://h/cb?code=1&session={TOKEN}", id="query"),
    ],
)
def test_a_token_in_a_redirect_is_learned(location: str) -> None:
    """OAuth's implicit flow hands it out in a fragment (RFC 6749, section 4.2.2)."""
    redactor = Redactor()

    redactor.learn(attempt(received=(("Location", location),)))

    assert redactor.text(f"then {TOKEN} was used").count(TOKEN) == 0
