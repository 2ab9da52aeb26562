"""From D49 on: what the wrong answer is, and what it leaves behind."""

from __future__ import annotations

import gzip
import json
import zlib

import httpx2
import pytest

from redhanded.lab.seed import API_KEYS
from tests.lab.conftest import NEW_BOOKING, FakeClock, booking_login
from tests.lab.defects.conftest import Lab

ACCOUNT = {"owner": "Ann", "currency": "EUR", "opening_balance": "1000.00", "tag": "mine"}
VIEWER = {"X-API-Key": API_KEYS["viewer"]}
AGENT = {"X-API-Key": API_KEYS["agent"]}


def bought(lab: Lab) -> tuple[str, str]:
    """An account and an order of it, which was filled."""
    account = lab.ask("POST /trading/accounts", ACCOUNT).json()["id"]
    order = {
        "account_id": account,
        "symbol": "ALDE",
        "side": "buy",
        "type": "market",
        "quantity": 1,
    }
    return account, lab.ask("POST /trading/orders", order).json()["id"]


def test_an_orphan_is_read_but_not_listed(lab: Lab) -> None:
    """D58 forgets the account and keeps its order where only its id finds it."""
    account, order = bought(lab)
    lab.switch("D58")

    closed = lab.ask(f"DELETE /trading/accounts/{account}")

    assert (closed.status_code, lab.codes()) == (204, [])
    assert lab.ask(f"GET /trading/orders/{order}").json()["account_id"] == account
    assert lab.codes() == ["D58"]
    assert lab.ask("GET /trading/orders").json()["items"] == []


def test_a_filled_order_that_is_cancelled_keeps_its_price(lab: Lab) -> None:
    """D57 moves the state alone; what was bought stays bought."""
    account, order = bought(lab)
    lab.switch("D57")

    cancelled = lab.ask(f"POST /trading/orders/{order}/cancel").json()

    assert cancelled["status"] == "cancelled"
    assert cancelled["fill_price"] is not None
    assert len(lab.ask(f"GET /trading/accounts/{account}/positions").json()) == 1
    assert lab.ask(f"POST /trading/orders/{order}/cancel").status_code == 409


def test_a_walk_ends_although_all_that_is_left_is_skipped(lab: Lab) -> None:
    """D59 may skip more than there is; then the page is empty and the last."""
    for _ in range(2):
        lab.ask("POST /trading/accounts", ACCOUNT)
    lab.switch("D59")
    path = "GET /trading/accounts?tag=mine&limit=1"
    page = lab.ask(path).json()
    for _ in range(5):
        lab.ask("POST /trading/accounts", ACCOUNT)

    rest = lab.ask(f"{path}&cursor={page['next']}").json()

    assert rest["items"] != page["items"]
    assert lab.codes() == ["D59"]


def test_who_is_nobody_changes_a_booking(lab: Lab) -> None:
    """D60 is met by any change without credentials, also one that cannot be made."""
    lab.switch("D60")

    answers = [lab.client.patch(f"/booking/{number}", json={"totalprice": 5}) for number in (1, 99)]

    assert [answer.status_code for answer in answers] == [200, 404]
    assert lab.codes() == ["D60", "D60"]
    assert lab.client.get("/booking/1").json()["totalprice"] == 5


def test_a_body_that_cannot_be_read_is_refused_before_anybody_is_let_in(lab: Lab) -> None:
    """D60: the correct API says 400 as well, so nothing was wrong."""
    lab.switch("D60")

    answer = lab.client.patch(
        "/booking/1", content=b"{", headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, lab.codes()) == (400, [])


def test_another_user_is_shown_as_to_an_admin(lab: Lab) -> None:
    """D61 is a whole, well-formed answer."""
    seen = lab.ask("GET /users/1").json()
    lab.switch("D61")

    shown = lab.ask("GET /users/1", **VIEWER)

    assert (shown.status_code, shown.json()) == (200, seen)
    assert shown.headers["content-type"] == "application/json"


def test_a_user_who_is_there_is_betrayed_by_the_status(lab: Lab) -> None:
    """D65 refuses as the API refuses elsewhere, and no longer says that nobody is there."""
    lab.switch("D65")

    refused = lab.ask("GET /users/1", **VIEWER)

    assert refused.json()["type"] == "urn:problem:forbidden"
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("who", [1, 99], ids=["somebody", "nobody"])
def test_an_agent_is_let_through_to_the_roles(lab: Lab, who: int) -> None:
    """D62: a 404 to someone who should get a 403 is wrong as well."""
    lab.switch("D62")

    answer = lab.ask(f"PUT /users/{who}/role", {"role": "viewer"}, **AGENT)

    assert answer.status_code == (200 if who == 1 else 404)
    assert lab.codes() == ["D62"]


def test_a_role_is_taken_over_with_the_rest_of_the_change(lab: Lab) -> None:
    """D63 makes an admin of someone who asks for it, and of nobody before or after."""
    lab.switch("D63")

    changed = lab.ask("PATCH /users/3", {"name": "Ada", "role": "admin"}).json()

    assert (changed["name"], changed["role"]) == ("Ada", "admin")
    assert lab.ask("PATCH /users/2", {"name": "Bea"}).json()["role"] == "agent"
    assert lab.codes() == ["D63"]


def test_a_role_is_not_kept_for_who_may_not_make_the_change(lab: Lab) -> None:
    """D63 checks, as the API does, whether the caller may change the user at all."""
    lab.switch("D63")

    refused = lab.ask("PATCH /users/1", {"role": "viewer"}, **AGENT)

    assert (refused.status_code, lab.codes()) == (403, [])


def test_a_logout_ends_nothing(lab: Lab) -> None:
    """D64 is noted when the old token is taken, not when it is given back."""
    login = {"email": "viewer@lab.example", "password": "password123"}
    tokens = lab.client.post("/users/login", json=login).json()
    token = {"Authorization": f"Bearer {tokens['access_token']}"}
    lab.switch("D64")

    assert lab.client.post("/users/logout", headers=token).status_code == 204
    assert lab.codes() == []
    assert lab.client.get("/users/me", headers=token).status_code == 200
    assert lab.codes() == ["D64"]


def test_a_spent_refresh_token_still_ends_the_login(lab: Lab) -> None:
    """D64 is about logging out; whoever shows a stolen token is still locked out."""
    login = {"email": "viewer@lab.example", "password": "password123"}
    tokens = lab.client.post("/users/login", json=login).json()
    spent = {"refresh_token": tokens["refresh_token"]}
    lab.switch("D64")

    shown = [lab.client.post("/users/refresh", json=spent).status_code for _ in range(2)]

    token = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert shown == [200, 401]
    assert lab.client.get("/users/me", headers=token).status_code == 401
    assert lab.codes() == []


def test_a_guest_is_asked_to_log_in(lab: Lab) -> None:
    """D66 sends the challenge that makes a client fetch a new token in vain."""
    guest = booking_login(lab.client, "guest")
    lab.switch("D66")

    refused = lab.ask("DELETE /booking/1", **guest)

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Bearer realm="bookings"'


@pytest.mark.parametrize(
    "name, status",
    [("' OR '1'='1", 200), ("O'Brien", 500), ("'; DROP TABLE bookings; --", 500)],
    ids=["all", "broken", "two-statements"],
)
def test_a_pasted_name_is_part_of_the_query(lab: Lab, name: str, status: int) -> None:
    """D69 runs what it is given, as far as one statement that only reads can go."""
    lab.switch("D69")

    found = lab.client.get("/booking", params={"lastname": name, "limit": 3, "offset": 1})

    assert (found.status_code, lab.codes()) == (status, ["D69"])
    if status == 200:
        assert [ref["bookingid"] for ref in found.json()] == [2, 3, 4]
        assert found.headers["x-total-count"] == "5"
    assert lab.client.get("/booking/1").status_code == 200


def test_an_answer_without_a_change_is_empty(lab: Lab) -> None:
    """D72 sends a whole 304: no body, no length, no type."""
    etag = lab.ask("GET /booking/1").headers["etag"]
    lab.ask("PUT /booking/1", NEW_BOOKING)
    lab.switch("D72")

    answer = lab.ask("GET /booking/1", **{"If-None-Match": etag})

    assert (answer.status_code, answer.content) == (304, b"")
    assert not {"content-length", "content-type"} & set(answer.headers)


def raw(lab: Lab, path: str) -> tuple[httpx2.Headers, bytes]:
    """An answer in gzip as it is on the wire."""
    headers = {**lab.doors["/trading"], "Accept-Encoding": "gzip"}
    with lab.client.stream("GET", path, headers=headers) as answer:
        return answer.headers, b"".join(answer.iter_raw())


def test_an_answer_in_gzip_does_not_say_that_there_are_others(lab: Lab) -> None:
    """D73 packs it well; only Vary is missing."""
    lab.switch("D73")

    headers, body = raw(lab, "/trading/instruments")

    assert headers["content-encoding"] == "gzip"
    assert "vary" not in headers
    assert len(json.loads(gzip.decompress(body))["items"]) == 20


def test_a_large_answer_in_gzip_cannot_be_unpacked(lab: Lab) -> None:
    """D76 has the right length and the right headers around spoilt bytes."""
    lab.switch("D76")

    headers, body = raw(lab, "/trading/quotes")

    assert (headers["vary"], headers["content-length"]) == ("Accept-Encoding", str(len(body)))
    with pytest.raises((zlib.error, gzip.BadGzipFile, EOFError)):
        gzip.decompress(body)


def test_a_leaked_pool_is_refused_by_the_api_itself(lab: Lab) -> None:
    """D97 wears all the API's own headers; only a gateway's 503 would lack them."""
    lab.switch("D97:calls=0")

    refused = lab.ask("GET /trading/orders")

    assert (refused.status_code, refused.headers["x-build"]) == (503, "b1")
    assert refused.json()["type"] == "urn:problem:service-unavailable"
    assert lab.ask("GET /health").status_code == 200


@pytest.mark.parametrize(
    "path", ["GET /booking", "DELETE /booking/1", "GET /users/me", "GET /trading/quotes/ALDE"]
)
def test_a_service_that_says_it_is_well_does_nothing(lab: Lab, path: str) -> None:
    """D100 answers a whole failure of its own, and has no effect."""
    lab.switch("D100")
    trace = "0af7651916cd43dd8448eb211c80319c"

    failed = lab.ask(path, traceparent=f"00-{trace}-b7ad6b7169203331-01")

    assert (failed.status_code, failed.headers["x-build"]) == (500, "b1")
    assert failed.headers["x-trace-id"] == trace
    lab.switch()
    assert lab.ask("GET /booking/1").status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_gateway_answers_for_a_dead_worker(lab: Lab, method: str) -> None:
    """D94 has a page that is not the API's, nothing that the API stamps, and no effect."""
    lab.switch("D94")
    path = "/booking" if method == "POST" else "/trading/instruments/TEAL"

    page = lab.ask(f"{method} {path}", NEW_BOOKING | {"lastname": "Null"})

    assert (page.status_code, page.headers["server"]) == (502, "gateway")
    assert page.headers["content-type"].startswith("text/html")
    assert not {"x-build", "x-trace-id", "cache-control"} & set(page.headers)
    assert lab.ask("GET /booking?lastname=Null").json() == []


def keyed(lab: Lab, quantity: int) -> httpx2.Response:
    """An order with a key that is always the same."""
    order = {
        "account_id": "acc-demo-eur",
        "symbol": "ALDE",
        "side": "buy",
        "type": "market",
        "quantity": quantity,
    }
    return lab.ask("POST /trading/orders", order, **{"Idempotency-Key": "one"})


def test_a_repeated_order_is_another_order(lab: Lab) -> None:
    """D52 places one more each time the key comes again, and answers as if it were the first."""
    lab.switch("D52")

    placed = [keyed(lab, 1) for _ in range(3)]

    assert [answer.status_code for answer in placed] == [201, 201, 201]
    assert len({answer.json()["id"] for answer in placed}) == 3
    assert lab.codes() == ["D52", "D52"]


def test_a_key_of_another_order_is_taken(lab: Lab) -> None:
    """D53 places the other order; the first is still the one that the key belongs to."""
    lab.switch("D53")

    placed = [keyed(lab, quantity).json() for quantity in (1, 2, 1)]

    assert [order["quantity"] for order in placed] == [1, 2, 1]
    assert placed[0] == placed[2]
    assert lab.codes() == ["D53"]


@pytest.mark.parametrize(
    "after, number, codes",
    [(0.4, 0, []), (0.6, 0, ["D55"]), (29.0, 0, ["D55"]), (31.0, 1, [])],
    ids=["still-promised", "overdue", "long-overdue", "there"],
)
def test_word_is_overdue_after_half_a_second(
    lab: Lab, clock: FakeClock, after: float, number: int, codes: list[str]
) -> None:
    """D55: what is missing within the declared window is no wrong answer."""
    lab.switch("D55")
    keyed(lab, 1)

    clock.advance(after)
    found = lab.ask("GET /trading/notifications").json()["items"]

    assert (len(found), lab.codes()) == (number, codes)


def test_what_is_put_again_is_turned_over(lab: Lab) -> None:
    """D50: the answer and what is kept agree, and both are wrong."""
    lab.switch("D50")

    put = [lab.ask("PUT /booking/1", NEW_BOOKING).json()["depositpaid"] for _ in range(2)]

    assert put == [True, False]
    assert lab.ask("GET /booking/1").json()["depositpaid"] is False
    assert lab.codes() == ["D50"]


def test_a_trace_stands_in_a_refusal_of_the_right_shape(lab: Lab) -> None:
    """D67 is no drift: only who reads the text sees what it gives away."""
    right = lab.ask("POST /booking", {}).json()
    lab.switch("D67")

    refused = lab.ask("POST /booking", {}).json()

    assert refused.keys() == right.keys()
    assert "Traceback" in refused["detail"]
    assert "hunter2" in refused["detail"]


def test_what_is_not_json_is_refused_before_a_role_is_looked_for(lab: Lab) -> None:
    """D63 hands on a body that it cannot read."""
    lab.switch("D63")
    headers = {**lab.doors["/users"], "Content-Type": "application/json"}

    refused = lab.client.patch("/users/3", content=b"{", headers=headers)

    assert (refused.status_code, lab.codes()) == (400, [])


def test_what_is_held_looks_like_nothing(lab: Lab) -> None:
    """D99 pretends for who holds something, and is right about who holds nothing."""
    account, _order = bought(lab)
    lab.switch("D99")

    held = lab.ask(f"GET /trading/accounts/{account}/positions")

    assert (held.status_code, held.json(), lab.codes()) == (200, [], ["D99"])


@pytest.mark.parametrize(
    "code, request_line, header, found",
    [
        ("D70", "POST /booking", "location", None),
        ("D70", "POST /booking", "etag", None),
        ("D71", "GET /users/me", "cache-control", "public, max-age=3600"),
        ("D68", "GET /users/me", "access-control-allow-origin", "*"),
        ("D68", "GET /users/me", "access-control-allow-credentials", "true"),
    ],
    ids=["place", "version", "cache", "origin", "credentials"],
)
def test_a_header_is_wrong_beside_a_right_body(
    lab: Lab, code: str, request_line: str, header: str, found: str | None
) -> None:
    """D68, D70, D71: who looks at the body alone sees nothing."""
    lab.switch(code)

    answer = lab.ask(request_line, NEW_BOOKING, origin="https://elsewhere.example")

    assert answer.is_success
    assert answer.headers.get(header) == found
    assert lab.codes() == [code]
