"""From D49 on: near its trigger, but not on it, a defect changes nothing and is not noted."""

from __future__ import annotations

import httpx2
import pytest

from redhanded.lab.seed import API_KEYS
from tests.lab.conftest import NEW_BOOKING
from tests.lab.defects.conftest import Lab

UUID = "5f6e7d8c-1111-4222-8333-944455566677"
ACCOUNT = {"owner": "Ann", "currency": "EUR"}
NEW_USER = {"email": "ada@lab.example", "name": "Ada", "password": "password123"}
AGENT = {"X-API-Key": API_KEYS["agent"]}
VIEWER = {"X-API-Key": API_KEYS["viewer"]}
LONG = "x" * 59


@pytest.mark.parametrize(
    "code, request_line, body, status",
    [
        pytest.param("D49", "PUT /booking/1", NEW_BOOKING, 200, id="D49-unconditional"),
        pytest.param("D50", "PUT /booking/1", NEW_BOOKING, 200, id="D50-put-once"),
        pytest.param("D50", "PATCH /booking/1", {}, 200, id="D50-patch"),
        pytest.param("D51", "DELETE /booking/1", None, 204, id="D51-first"),
        pytest.param("D51", "GET /booking/99", None, 404, id="D51-read"),
        pytest.param("D55", "GET /trading/notifications", None, 200, id="D55-none"),
        pytest.param("D56", "POST /users", NEW_USER, 201, id="D56-alone"),
        pytest.param("D57", f"POST /trading/orders/{UUID}/cancel", None, 404, id="D57-unknown"),
        pytest.param("D58", f"GET /trading/orders/{UUID}", None, 404, id="D58-unknown"),
        pytest.param("D59", "GET /trading/accounts", None, 200, id="D59-one-page"),
        pytest.param("D60", "PATCH /booking/1", {}, 200, id="D60-editor"),
        pytest.param("D61", "GET /users/99", None, 404, id="D61-unknown"),
        pytest.param("D61", "GET /users/me", None, 200, id="D61-oneself"),
        pytest.param("D62", "PUT /users/3/role", {"role": "agent"}, 200, id="D62-admin"),
        pytest.param("D63", "PATCH /users/3", {"name": "Ada"}, 200, id="D63-no-role"),
        pytest.param("D63", "PATCH /users/3", {"role": "king"}, 422, id="D63-no-such-role"),
        pytest.param("D63", "PATCH /users/3", ["role"], 422, id="D63-no-object"),
        pytest.param("D64", "GET /users/me", None, 200, id="D64-key"),
        pytest.param("D65", "GET /users/99", None, 404, id="D65-unknown"),
        pytest.param("D66", "PATCH /booking/99", {}, 404, id="D66-editor"),
        pytest.param("D67", "POST /booking", NEW_BOOKING, 201, id="D67-valid"),
        pytest.param("D67", "GET /booking?limit=0", None, 422, id="D67-another-route"),
        pytest.param("D68", "GET /users/me", None, 200, id="D68-same-origin"),
        pytest.param("D69", "GET /booking?lastname=Brown", None, 200, id="D69-a-name"),
        pytest.param("D69", "GET /booking", None, 200, id="D69-no-name"),
        pytest.param("D70", "POST /booking", {}, 422, id="D70-refused"),
        pytest.param("D71", "GET /users/3", None, 200, id="D71-another-route"),
        pytest.param("D72", "GET /booking/1", None, 200, id="D72-unconditional"),
        pytest.param("D74", "GET /trading/instruments", None, 200, id="D74-within-quota"),
        pytest.param("D75", "GET /trading/quotes", None, 200, id="D75-first"),
        pytest.param("D76", "GET /trading/quotes?limit=1", None, 200, id="D76-small"),
        pytest.param("D77", "HEAD /trading/instruments/ALDE", None, 200, id="D77-head"),
        pytest.param("D79", "GET /trading/quotes?limit=1", None, 200, id="D79-one-row"),
        pytest.param("D79", "GET /trading/quotes?limit=0", None, 422, id="D79-refused"),
        pytest.param("D82", "GET /trading/instruments/ALDE", None, 200, id="D82-first"),
        pytest.param("D83", f"GET /booking?lastname={LONG}", None, 200, id="D83-short"),
        pytest.param("D84", "GET /booking/99", None, 404, id="D84-unknown"),
        pytest.param("D85", "GET /trading/instruments/ZZZZ", None, 404, id="D85-unknown"),
        pytest.param("D87", "GET /booking/1", None, 200, id="D87-unchanged"),
        pytest.param("D90", "GET /users", None, 200, id="D90-awake"),
        pytest.param("D92", "GET /trading/accounts/acc-demo-eur", None, 200, id="D92-alone"),
        pytest.param("D94", "GET /trading/instruments/ALDE", None, 200, id="D94-another"),
        pytest.param("D94", "POST /booking", NEW_BOOKING, 201, id="D94-another-name"),
        pytest.param("D94", "POST /booking", "Null", 422, id="D94-no-object"),
        pytest.param("D95", "GET /trading/quotes?currency=EUR", None, 200, id="D95-another"),
        pytest.param("D96", "GET /trading/quotes/ALDE", None, 200, id="D96-another"),
        pytest.param("D97", "GET /trading/orders", None, 200, id="D97-first"),
        pytest.param("D97", "GET /health", None, 200, id="D97-health"),
        pytest.param("D98", "GET /trading/instruments/ALDE", None, 200, id="D98-another"),
        pytest.param(
            "D99", "GET /trading/accounts/acc-demo-eur/positions", None, 200, id="D99-none"
        ),
        pytest.param("D100", "GET /health", None, 200, id="D100-health"),
        pytest.param("D100", "GET /elsewhere", None, 404, id="D100-nowhere"),
    ],
)
def test_a_right_answer_is_not_noted(
    lab: Lab, code: str, request_line: str, body: object, status: int
) -> None:
    """The defect is on, the request is near it, and the answer is the correct API's."""
    lab.switch(code)

    answer = lab.ask(request_line, body)

    assert answer.status_code == status, answer.text
    assert lab.lines() == []


@pytest.mark.parametrize("version", ['"1-1"', '"9-9", "1-1"', "*"], ids=["is", "or-is", "any"])
def test_the_version_that_there_is_may_be_changed(lab: Lab, version: str) -> None:
    """D49 is about versions that are gone; a fitting one is no wrong answer."""
    lab.switch("D49")

    put = lab.ask("PUT /booking/1", NEW_BOOKING, **{"If-Match": version})

    assert put.headers["etag"] == '"1-2"'
    assert lab.lines() == []


def test_the_update_that_is_lost_has_the_next_version(lab: Lab) -> None:
    """D49 passes a wrong version, and answers with the true one."""
    lab.switch("D49")

    put = lab.ask("PUT /booking/1", NEW_BOOKING, **{"If-Match": '"1-7"'})

    assert (put.status_code, put.headers["etag"]) == (200, '"1-2"')
    assert lab.codes() == ["D49"]


def pay(lab: Lab, amount: str, key: str) -> httpx2.Response:
    """A payment out of the demo's euros."""
    body = {
        "from_account": "acc-demo-eur",
        "to_account": lab.ask("GET /trading/accounts?limit=5").json()["items"][-1]["id"],
        "amount": amount,
        "reference": "rent",
    }
    return lab.ask("POST /trading/payments", body, **{"Idempotency-Key": key})


def test_one_payment_after_the_other_spends_money_once(lab: Lab) -> None:
    """D54 is a race: who waits for the first answer is refused as ever."""
    lab.ask("POST /trading/accounts", ACCOUNT)
    lab.switch("D54:seconds=0")

    paid = [pay(lab, "9999.00", key).status_code for key in ("a", "b")]

    assert paid == [201, 422]
    assert lab.lines() == []


def test_one_user_after_the_other_cannot_have_the_same_address(lab: Lab) -> None:
    """D56 is a race as well."""
    lab.switch("D56:seconds=0")

    made = [lab.ask("POST /users", NEW_USER).status_code for _ in range(2)]

    assert made == [201, 409]
    assert lab.lines() == []


@pytest.mark.parametrize("code", ["D52", "D53"])
def test_a_payment_with_its_own_key_is_made_once(lab: Lab, code: str) -> None:
    """D52 is about orders, D53 about another body: this is the same payment with the same key."""
    lab.ask("POST /trading/accounts", ACCOUNT)
    lab.switch(code)

    first, second = pay(lab, "1.00", "a"), pay(lab, "1.00", "a")

    assert first.json() == second.json()
    assert len(lab.ask("GET /trading/payments").json()["items"]) == 1
    assert lab.lines() == []


@pytest.mark.parametrize("code", ["D52", "D53"])
def test_a_refusal_is_kept_under_its_key(lab: Lab, code: str) -> None:
    """Neither defect makes more of an answer that is a refusal."""
    lab.ask("POST /trading/accounts", ACCOUNT)
    lab.switch(code)

    statuses = [pay(lab, "99999.00", "a").status_code for _ in range(2)]

    assert statuses == [422, 422]
    assert lab.lines() == []


@pytest.mark.parametrize(
    "code, request_line, headers, status",
    [
        pytest.param("D61", "GET /users/1", AGENT, 200, id="D61-agent"),
        pytest.param("D62", "PUT /users/3/role", VIEWER, 403, id="D62-viewer"),
        pytest.param("D62", "PUT /users/3/role", {"X-API-Key": "none"}, 401, id="D62-nobody"),
        pytest.param("D65", "GET /users/3", VIEWER, 200, id="D65-oneself"),
        pytest.param("D66", "PUT /booking/1", {"Authorization": "Bearer none"}, 401, id="D66"),
        pytest.param("D60", "PATCH /booking/1", {"Authorization": "Bearer none"}, 401, id="D60"),
        pytest.param("D72", "GET /booking/1", {"If-None-Match": '"2-1"'}, 200, id="D72-another"),
        pytest.param("D72", "GET /booking/1", {"If-None-Match": '"1-1"'}, 304, id="D72-unchanged"),
        pytest.param("D73", "GET /trading/instruments", {"Accept-Encoding": "br"}, 200, id="D73"),
        pytest.param("D76", "GET /trading/quotes", {"Accept-Encoding": "br"}, 200, id="D76"),
        pytest.param("D86", "GET /trading/payments", {"Authorization": ""}, 401, id="D86"),
        pytest.param("D88", "GET /trading/accounts", {"Authorization": ""}, 401, id="D88"),
        pytest.param("D93", "GET /users/me", {"X-API-Key": "none"}, 401, id="D93"),
    ],
)
def test_other_callers_are_answered_as_ever(
    lab: Lab, code: str, request_line: str, headers: dict[str, str], status: int
) -> None:
    """Who calls, and what they take, decides as well whether a defect is met."""
    lab.switch(code)

    answer = lab.ask(request_line, {"role": "agent"} if "role" in request_line else None, **headers)

    assert answer.status_code == status
    assert lab.lines() == []
