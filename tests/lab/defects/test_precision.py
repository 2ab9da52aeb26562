"""A defect is noted if and only if an answer, or what the API keeps, was really wrong.

The witnesses show that it is noted when it is; here requests come near it and are answered right.
"""

from __future__ import annotations

from typing import Any

import pytest

from redhanded.lab.trading.market import price_of
from tests.lab.conftest import NEW_BOOKING
from tests.lab.defects.conftest import Lab

ASK = price_of("ALDE", "lab").ask
EXACT = next(number for number in range(1, 1000) if number * ASK % 1000 < 500)
ORDER = {
    "account_id": "acc-demo-eur",
    "symbol": "ALDE",
    "side": "buy",
    "type": "market",
    "quantity": EXACT,
}
ACCOUNT = {"owner": "Ann", "currency": "EUR"}
PAYMENT = {"from_account": "acc-demo-eur", "to_account": "acc-2", "amount": "1", "reference": "7"}


def stay(checkout: str) -> dict[str, Any]:
    """A booking that ends on that day."""
    return NEW_BOOKING | {"bookingdates": {"checkin": "2027-02-20", "checkout": checkout}}


@pytest.mark.parametrize(
    "code, request_line, body, status",
    [
        pytest.param("D01", "GET /booking/99", None, 404, id="D01-nothing-there"),
        pytest.param("D01", "HEAD /booking/1", None, 200, id="D01-no-body"),
        pytest.param("D03", "POST /booking", {}, 422, id="D03-refused"),
        pytest.param("D04", "GET /booking?tag=none", None, 200, id="D04-nothing-found"),
        pytest.param("D10", "GET /trading/accounts/acc-demo-eur/positions", None, 200, id="D10"),
        pytest.param("D14", "GET /trading/quotes/ZZZZ", None, 404, id="D14-nothing-there"),
        pytest.param("D15", "GET /booking/99", None, 404, id="D15-nothing-there"),
        pytest.param("D16", "GET /booking/1", None, 200, id="D16-ascii"),
        pytest.param("D17", "GET /booking/1", None, 200, id="D17-found"),
        pytest.param("D18", "POST /booking", NEW_BOOKING, 201, id="D18-given"),
        pytest.param("D19", "GET /booking?limit=0", None, 422, id="D19-refused"),
        pytest.param("D20", "GET /booking?limit=9", None, 200, id="D20-fewer-there"),
        pytest.param("D21", "POST /trading/accounts", {}, 422, id="D21-refused"),
        pytest.param("D22", "GET /booking/1", None, 200, id="D22-found"),
        pytest.param("D23", "GET /booking?lastname=Brown", None, 200, id="D23-plain"),
        pytest.param("D24", "POST /trading/orders", ORDER, 201, id="D24-not-cancelled"),
        pytest.param("D25", "POST /booking", NEW_BOOKING, 201, id="D25-cheaper"),
        pytest.param("D28", "POST /trading/accounts", ACCOUNT, 201, id="D28-valid"),
        pytest.param("D29", "GET /booking", None, 200, id="D29-allowed"),
        pytest.param("D30", "GET /booking", None, 200, id="D30-get"),
        pytest.param("D30", "HEAD /booking?tag=none", None, 200, id="D30-nothing-found"),
        pytest.param("D31", "GET /booking", None, 200, id="D31-one-page"),
        pytest.param("D31", "GET /booking?limit=2&offset=2", None, 200, id="D31-not-the-last"),
        pytest.param("D32", "GET /users", None, 200, id="D32-first-page"),
        pytest.param("D33", "GET /users?limit=3", None, 200, id="D33-all-on-it"),
        pytest.param("D34", "GET /trading/orders", None, 200, id="D34-none"),
        pytest.param("D35", "GET /users?role=agent&email=agent@lab.example", None, 200, id="D35"),
        pytest.param("D36", "GET /booking?checkin=2026-01-31", None, 200, id="D36-day-before"),
        pytest.param("D36", "GET /booking", None, 200, id="D36-no-range"),
        pytest.param("D37", "GET /booking?firstname=Sally", None, 200, id="D37-same"),
        pytest.param("D37", "GET /booking", None, 200, id="D37-no-name"),
        pytest.param("D38", "POST /trading/orders", ORDER, 201, id="D38-rounds-down"),
        pytest.param(
            "D38",
            "POST /trading/orders",
            ORDER | {"type": "limit", "limit_price": "0.01"},
            201,
            id="D38-open",
        ),
        pytest.param("D39", "GET /trading/accounts/acc-demo-kwd", None, 200, id="D39-dinar"),
        pytest.param("D40", "POST /trading/orders", ORDER, 201, id="D40-no-limit"),
        pytest.param("D42", "POST /booking", stay("2027-02-28"), 201, id="D42-other-day"),
        pytest.param("D44", "POST /booking", NEW_BOOKING, 201, id="D44-short"),
        pytest.param(
            "D45", "POST /trading/accounts", ACCOUNT | {"opening_balance": "0"}, 201, id="D45"
        ),
        pytest.param("D46", "PATCH /users/3", {"name": "Ada"}, 200, id="D46-no-tag"),
        pytest.param("D47", "PUT /booking/1", NEW_BOOKING, 200, id="D47-given"),
        pytest.param("D47", "PATCH /booking/1", {"additionalneeds": None}, 200, id="D47-patch"),
        pytest.param("D48", "PATCH /booking/1", {"totalprice": 5}, 200, id="D48-same-name"),
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


@pytest.mark.parametrize("reference", ["rent", "7", "9007199254740992", "٣"])
def test_a_reference_that_a_float_can_hold_is_kept(lab: Lab, reference: str) -> None:
    """D43 is about numbers above 2^53 only."""
    payee = lab.ask("POST /trading/accounts", ACCOUNT).json()["id"]
    lab.switch("D43")
    body = PAYMENT | {"to_account": payee, "reference": reference}

    paid = lab.ask("POST /trading/payments", body, **{"Idempotency-Key": "k1"})

    assert paid.json()["reference"] == reference
    assert lab.lines() == []


@pytest.mark.parametrize("amount", ["1", "0", "0.001", "99999999"])
def test_other_amounts_are_taken_or_refused_as_ever(lab: Lab, amount: str) -> None:
    """D26 is about a fraction that can be dropped, not about amounts that stay invalid."""
    payee = lab.ask("POST /trading/accounts", ACCOUNT).json()["id"]
    lab.switch("D26")
    body = PAYMENT | {"to_account": payee, "amount": amount}

    paid = lab.ask("POST /trading/payments", body, **{"Idempotency-Key": "k1"})

    assert paid.status_code == (201 if amount == "1" else 422)
    assert lab.lines() == []


def test_a_write_is_wrong_although_its_answer_is_right(lab: Lab) -> None:
    """D27 answers as it should; what the API keeps is wrong, and that is noted."""
    lab.switch("D27")

    assert lab.ask("DELETE /booking/1").status_code == 204

    assert lab.codes() == ["D27"]
    assert lab.ask("GET /booking/1").status_code == 200


def test_two_kinds_of_commission_are_both_noted(lab: Lab) -> None:
    """Defects of one method of one service stack up, and the order is filled once."""
    lab.switch("D38", "D40")
    limit = {"type": "limit", "limit_price": "999.99"}

    placed = lab.ask("POST /trading/orders", ORDER | limit)
    listed = lab.ask("GET /trading/orders").json()["items"]

    assert listed == [placed.json()]
    assert placed.status_code == 201
    assert sorted(lab.codes()) == ["D38", "D40"]
