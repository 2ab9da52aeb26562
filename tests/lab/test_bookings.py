"""Bookings: made, found, changed by those who may, and cancelled."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from redhanded.lab.seed import PASSWORD
from tests.lab.conftest import NEW_BOOKING, FakeClock, Headers, bearer, booking_login


def book(api: TestClient, **changed: object) -> int:
    """The id of a new booking."""
    made = api.post("/booking", json={**NEW_BOOKING, **changed})
    assert made.status_code == 201, made.text
    return int(made.json()["bookingid"])


def ids(api: TestClient, **query: str | int) -> list[int]:
    """The ids that the list gives."""
    return [found["bookingid"] for found in api.get("/booking", params=query).json()]


def pointers(answer: httpx2.Response) -> list[str]:
    """The places that a refusal names."""
    return [error["pointer"] for error in answer.json()["errors"]]


def test_a_new_booking_can_be_read_where_location_says(api: TestClient) -> None:
    """The answer to a creation names the resource, its version and all its fields."""
    made = api.post("/booking", json=NEW_BOOKING)

    assert made.status_code == 201
    assert made.json()["booking"] == NEW_BOOKING
    read = api.get(made.headers["Location"])
    assert read.json() == NEW_BOOKING
    assert read.headers["ETag"] == made.headers["ETag"]


def test_what_is_optional_may_be_left_out(api: TestClient) -> None:
    """A booking without needs and tag has null in their places."""
    needed = {k: v for k, v in NEW_BOOKING.items() if k not in {"additionalneeds", "tag"}}

    booking = api.post("/booking", json=needed).json()["booking"]

    assert (booking["additionalneeds"], booking["tag"]) == (None, None)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"totalprice": 0}, id="no-price"),
        pytest.param({"totalprice": 10_000_000}, id="highest-price"),
        pytest.param({"totalprice": 5.0}, id="whole-number-with-a-point"),
        pytest.param({"firstname": "x"}, id="shortest-name"),
        pytest.param({"firstname": "é" * 100}, id="longest-name"),
        pytest.param({"additionalneeds": ""}, id="empty-needs"),
        pytest.param({"additionalneeds": "x" * 500}, id="longest-needs"),
        pytest.param({"lastname": "O'Brien\u0000\"; DROP TABLE bookings;--"}, id="odd-characters"),
        pytest.param(
            {"bookingdates": {"checkin": "2028-02-29", "checkout": "2028-03-01"}}, id="leap-day"
        ),
    ],
)
def test_boundary_values_are_taken_and_kept(api: TestClient, changed: dict[str, Any]) -> None:
    """What the document allows at its edges is stored exactly as it was sent."""
    bookingid = book(api, **changed)

    assert api.get(f"/booking/{bookingid}").json() == {**NEW_BOOKING, **changed}


@pytest.mark.parametrize(
    "changed, pointer",
    [
        pytest.param({"totalprice": -1}, "/totalprice", id="negative-price"),
        pytest.param({"totalprice": 10_000_001}, "/totalprice", id="price-too-high"),
        pytest.param({"totalprice": "120"}, "/totalprice", id="price-as-text"),
        pytest.param({"totalprice": 1.5}, "/totalprice", id="price-with-a-fraction"),
        pytest.param({"totalprice": True}, "/totalprice", id="price-as-flag"),
        pytest.param({"depositpaid": "yes"}, "/depositpaid", id="flag-as-text"),
        pytest.param({"depositpaid": 1}, "/depositpaid", id="flag-as-number"),
        pytest.param({"firstname": ""}, "/firstname", id="empty-name"),
        pytest.param({"firstname": "x" * 101}, "/firstname", id="name-too-long"),
        pytest.param({"lastname": None}, "/lastname", id="null-name"),
        pytest.param({"tag": ""}, "/tag", id="empty-tag"),
        pytest.param({"a/b~c": 1}, "/a~1b~0c", id="undeclared-field"),
        pytest.param(
            {"bookingdates": {"checkin": "2026-05-01", "checkout": "2026-05-01"}},
            "/bookingdates",
            id="no-night",
        ),
        pytest.param(
            {"bookingdates": {"checkin": 0, "checkout": "2026-05-01"}},
            "/bookingdates/checkin",
            id="date-as-number",
        ),
        pytest.param(
            {"bookingdates": {"checkin": "2026-02-30", "checkout": "2026-05-01"}},
            "/bookingdates/checkin",
            id="no-such-day",
        ),
        pytest.param(
            {"bookingdates": {"checkin": "2026-05-01T00:00:00", "checkout": "2026-05-02"}},
            "/bookingdates/checkin",
            id="date-with-a-time",
        ),
    ],
)
def test_invalid_values_are_refused_by_their_place(
    api: TestClient, changed: dict[str, Any], pointer: str
) -> None:
    """A refused creation points to the value and leaves nothing behind."""
    refused = api.post("/booking", json={**NEW_BOOKING, "tag": "refused", **changed})

    assert refused.status_code == 422
    assert pointers(refused) == [pointer]
    assert ids(api, tag="refused") == []


def test_every_invalid_value_is_named_at_once(api: TestClient) -> None:
    """One answer lists all that is wrong, so that nobody corrects it piece by piece."""
    refused = api.post("/booking", json={**NEW_BOOKING, "firstname": "", "totalprice": -1})

    assert pointers(refused) == ["/firstname", "/totalprice"]


def test_a_body_wrong_in_countless_places_gets_a_short_answer(api: TestClient) -> None:
    """The answer to a hostile body stays small."""
    refused = api.post("/booking", json={f"{'x' * 500}{n}": n for n in range(500)})

    assert len(refused.json()["errors"]) == 20
    assert len(refused.content) < 10_000


def test_the_list_is_in_the_order_of_ids_and_tells_the_total(api: TestClient) -> None:
    """Pages join to the whole list without a gap or a repetition."""
    for _ in range(5):
        book(api, tag="five")

    everything = ids(api, tag="five")
    pages = [ids(api, tag="five", limit=2, offset=offset) for offset in (0, 2, 4, 6)]

    assert everything == sorted(everything)
    assert [*pages[0], *pages[1], *pages[2]] == everything
    assert (len(pages[2]), pages[3]) == (1, [])
    for offset in (0, 4, 6):
        page = api.get("/booking", params={"tag": "five", "limit": 2, "offset": offset})
        assert page.headers["X-Total-Count"] == "5"


@pytest.mark.parametrize(
    "query, is_found",
    [
        pytest.param({"firstname": "Zoë"}, True, id="first-name"),
        pytest.param({"firstname": "ZOË"}, True, id="other-case"),
        pytest.param({"firstname": "Zoe\u0308"}, True, id="accent-as-a-character-of-its-own"),
        pytest.param({"firstname": "Zoe"}, False, id="without-the-accent"),
        pytest.param({"firstname": "Zo"}, False, id="part-of-the-name"),
        pytest.param({"lastname": "strasse"}, True, id="sharp-s"),
        pytest.param({"firstname": "Zoë", "lastname": "Lee"}, False, id="one-of-two-does-not-fit"),
        pytest.param({"checkin": "2026-05-01"}, True, id="begins-that-day"),
        pytest.param({"checkin": "2026-05-02"}, False, id="begins-before"),
        pytest.param({"checkout": "2026-05-03"}, True, id="ends-that-day"),
        pytest.param({"checkout": "2026-05-02"}, False, id="ends-after"),
        pytest.param({"firstname": "' OR 1=1 --"}, False, id="injection"),
    ],
)
def test_filters_find_what_they_say(
    api: TestClient, query: dict[str, str], *, is_found: bool
) -> None:
    """All the given conditions hold for what is listed, and for nothing else."""
    bookingid = book(api, firstname="Zoë", lastname="Straße", tag="filter")

    assert ids(api, tag="filter", **query) == ([bookingid] if is_found else [])


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01", "20260501", "0"])
def test_a_filter_that_is_no_date_is_refused(api: TestClient, value: str) -> None:
    """A date in a query is held to the same form as one in a body."""
    refused = api.get("/booking", params={"checkin": value})

    assert (refused.status_code, pointers(refused)) == (422, ["/checkin"])


def test_put_takes_the_place_of_the_whole_booking(api: TestClient, editor: Headers) -> None:
    """What a PUT does not mention is not kept."""
    bookingid = book(api)
    smaller = {k: v for k, v in NEW_BOOKING.items() if k != "additionalneeds"}

    put = api.put(f"/booking/{bookingid}", json={**smaller, "firstname": "Bo"}, headers=editor)

    assert put.json() == {**NEW_BOOKING, "firstname": "Bo", "additionalneeds": None}
    assert api.get(f"/booking/{bookingid}").json() == put.json()


def test_put_needs_the_whole_booking(api: TestClient, editor: Headers) -> None:
    """A PUT with a part of the booking is refused and changes nothing."""
    bookingid = book(api)

    refused = api.put(f"/booking/{bookingid}", json={"firstname": "Bo"}, headers=editor)

    assert refused.status_code == 422
    assert api.get(f"/booking/{bookingid}").json() == NEW_BOOKING


@pytest.mark.parametrize(
    "change, expected",
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"firstname": "Bo"}, {"firstname": "Bo"}, id="one-field"),
        pytest.param({"tag": None}, {"tag": None}, id="null-where-it-is-allowed"),
        pytest.param(
            {"bookingdates": {"checkout": "2026-05-09"}},
            {"bookingdates": {"checkin": "2026-05-01", "checkout": "2026-05-09"}},
            id="one-of-two-dates",
        ),
    ],
)
def test_patch_changes_what_it_mentions(
    api: TestClient, editor: Headers, change: dict[str, Any], expected: dict[str, Any]
) -> None:
    """What a PATCH does not mention stays as it was."""
    bookingid = book(api)

    patched = api.patch(f"/booking/{bookingid}", json=change, headers=editor)

    assert patched.json() == {**NEW_BOOKING, **expected}
    assert api.get(f"/booking/{bookingid}").json() == patched.json()


@pytest.mark.parametrize(
    "change, pointer",
    [
        pytest.param({"firstname": None}, "/firstname", id="null-where-it-is-not-allowed"),
        pytest.param({"bookingid": 7}, "/bookingid", id="its-id"),
        pytest.param(
            {"bookingdates": {"checkout": "2026-05-01"}}, "/bookingdates", id="no-night-is-left"
        ),
    ],
)
def test_a_change_to_something_invalid_is_refused(
    api: TestClient, editor: Headers, change: dict[str, Any], pointer: str
) -> None:
    """The booking that a change would lead to has to be valid as a whole."""
    bookingid = book(api)

    refused = api.patch(f"/booking/{bookingid}", json=change, headers=editor)

    assert (refused.status_code, pointers(refused)) == (422, [pointer])
    assert api.get(f"/booking/{bookingid}").json() == NEW_BOOKING


def test_a_deleted_booking_is_gone(api: TestClient, editor: Headers) -> None:
    """After a deletion the booking can neither be read, listed nor deleted again."""
    bookingid = book(api, tag="gone")

    deleted = api.delete(f"/booking/{bookingid}", headers=editor)

    assert deleted.status_code == 204
    assert api.get(f"/booking/{bookingid}").status_code == 404
    assert api.delete(f"/booking/{bookingid}", headers=editor).status_code == 404
    assert ids(api, tag="gone") == []


def test_an_id_is_never_given_twice(api: TestClient, editor: Headers) -> None:
    """The id of a deleted booking does not come to mean another one."""
    first = book(api)
    api.delete(f"/booking/{first}", headers=editor)

    assert book(api) > first


@pytest.mark.parametrize("bookingid", ["abc", "1.0", "-1", "1e3"])
def test_what_is_no_id_is_not_found(api: TestClient, bookingid: str) -> None:
    """An address that cannot be a booking's is nothing's."""
    assert api.get(f"/booking/{bookingid}").status_code == 404


@pytest.mark.parametrize("bookingid", ["0", "9007199254740992", "9" * 3_000])
def test_an_id_out_of_range_is_refused(api: TestClient, bookingid: str) -> None:
    """A number that no id can have is refused, however many digits it has."""
    assert api.get(f"/booking/{bookingid}").status_code == 422


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_stale_version_is_412_and_changes_nothing(
    api: TestClient, editor: Headers, method: str
) -> None:
    """With If-Match nobody overwrites what somebody else changed in between."""
    bookingid = book(api)
    address = f"/booking/{bookingid}"
    stale = api.get(address).headers["ETag"]
    api.patch(address, json={"firstname": "Bo"}, headers=editor)

    refused = api.request(
        method,
        address,
        json=None if method == "DELETE" else NEW_BOOKING,
        headers={**editor, "If-Match": stale},
    )

    assert refused.status_code == 412
    assert api.get(address).json()["firstname"] == "Bo"


@pytest.mark.parametrize("condition", ["{etag}", "*", '"other", {etag}'])
def test_the_current_version_matches(api: TestClient, editor: Headers, condition: str) -> None:
    """If-Match takes the version, a list with it, or a star."""
    address = f"/booking/{book(api)}"
    etag = api.get(address).headers["ETag"]

    changed = api.patch(
        address,
        json={"firstname": "Bo"},
        headers={**editor, "If-Match": condition.format(etag=etag)},
    )

    assert changed.status_code == 200
    assert changed.headers["ETag"] not in {etag, ""}
    assert api.get(address).headers["ETag"] == changed.headers["ETag"]


def test_a_weak_version_never_matches_for_a_change(api: TestClient, editor: Headers) -> None:
    """If-Match compares strongly (RFC 9110, 13.1.1)."""
    address = f"/booking/{book(api)}"
    weak = f"W/{api.get(address).headers['ETag']}"

    refused = api.patch(address, json={}, headers={**editor, "If-Match": weak})

    assert refused.status_code == 412


def test_an_unchanged_booking_is_not_sent_again(api: TestClient, editor: Headers) -> None:
    """If-None-Match gives 304 until the booking changes."""
    address = f"/booking/{book(api)}"
    held = {"If-None-Match": f"W/{api.get(address).headers['ETag']}"}

    before = api.get(address, headers=held)
    api.patch(address, json={"firstname": "Bo"}, headers=editor)
    after = api.get(address, headers=held)

    assert (before.status_code, after.status_code) == (304, 200)
    assert after.json()["firstname"] == "Bo"


def test_a_token_works_as_cookie_too(api: TestClient) -> None:
    """The practice API's own way, the cookie `token`, is as good as a bearer token."""
    token = api.post("/auth", json={"username": "admin", "password": PASSWORD}).json()["token"]

    deleted = api.delete(f"/booking/{book(api)}", headers={"Cookie": f"token={token}"})

    assert deleted.status_code == 204


@pytest.mark.parametrize(
    "username, password",
    [
        pytest.param("admin", "password124", id="wrong-password"),
        pytest.param("root", PASSWORD, id="unknown-user"),
        pytest.param("admin' --", "x", id="injection"),
    ],
)
def test_wrong_credentials_are_401(api: TestClient, username: str, password: str) -> None:
    """A refused login does not tell whether the user exists."""
    refused = api.post("/auth", json={"username": username, "password": password})

    assert refused.status_code == 401
    assert refused.json()["detail"] == "The user name or the password is wrong."


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_reader_may_not_change_bookings(api: TestClient, method: str) -> None:
    """Who is known but not allowed gets 403, not 401."""
    reader = booking_login(api, "guest")
    bookingid = book(api)

    body = None if method == "DELETE" else NEW_BOOKING
    refused = api.request(method, f"/booking/{bookingid}", json=body, headers=reader)

    assert refused.status_code == 403
    assert api.get(f"/booking/{bookingid}").json() == NEW_BOOKING


def test_a_token_expires(api: TestClient, editor: Headers, clock: FakeClock) -> None:
    """A token is worth nothing from the end of its lifetime on."""
    address = f"/booking/{book(api)}"

    clock.advance(3599)
    before = api.patch(address, json={}, headers=editor)
    clock.advance(1)
    after = api.patch(address, json={}, headers=editor)

    assert (before.status_code, after.status_code) == (200, 401)
    assert 'error="invalid_token"' in after.headers["WWW-Authenticate"]


def test_a_token_of_another_area_is_not_accepted(api: TestClient, trader: Headers) -> None:
    """The desk's tokens do not open the house's bookings."""
    refused = api.delete(f"/booking/{book(api)}", headers=trader)

    assert refused.status_code == 401


def test_the_authentication_scheme_is_written_in_any_case(api: TestClient, editor: Headers) -> None:
    """`bearer` is as good as `Bearer` (RFC 9110, 11.1)."""
    token = editor["Authorization"].partition(" ")[2]
    lower = {"Authorization": bearer(token)["Authorization"].replace("Bearer", "bearer")}

    assert api.patch(f"/booking/{book(api)}", json={}, headers=lower).status_code == 200
