"""The API sends what its document says (D01 to D20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import httpx2
import pytest
from annotated_types import Len
from judging import expect
from models import (
    Account,
    Booking,
    BookingRef,
    CreatedBooking,
    Instrument,
    NewBooking,
    Order,
    Page,
    Position,
    Problem,
    Quote,
    User,
)

Book = Callable[..., dict[str, Any]]
OpenAccount = Callable[..., dict[str, Any]]
Invite = Callable[..., dict[str, Any]]
Make = Callable[..., Any]

# The document lets the answer have one shape only: the status that says otherwise is told by it.
FOUND_OR_MISSING = {200, 404}
CREATED_OR_REFUSED = {201, 422}


@pytest.fixture
def order(trader: httpx2.Client, open_account: OpenAccount) -> dict[str, Any]:
    """A market order to buy, as the desk takes it."""
    [quote] = expect(trader.get("/trading/quotes?currency=EUR&limit=1"), 200, Page[Quote]).items
    return {
        "account_id": open_account()["id"],
        "symbol": quote.symbol,
        "side": "buy",
        "type": "market",
        "quantity": 1,
    }


@pytest.fixture
def placed(trader: httpx2.Client, order: dict[str, Any]) -> str:
    """The id of an order that was filled."""
    return expect(trader.post("/trading/orders", json=order), 201, Order).id


@pytest.mark.defect("D01")
def test_a_booking_names_its_fields_as_declared(api: httpx2.Client, book: Book) -> None:
    booked = book()

    found = expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)

    assert found.lastname == booked["lastname"]


@pytest.mark.defect("D02")
def test_a_booking_has_every_field(api: httpx2.Client, book: Book) -> None:
    booked = book()

    found = expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)

    assert found.depositpaid is booked["depositpaid"]


@pytest.mark.defect("D03")
def test_a_new_booking_has_no_field_that_is_not_declared(
    api: httpx2.Client, make: Make, cleanup: Any
) -> None:
    stay = {"checkin": "2031-05-02", "checkout": "2031-05-09"}
    new = make(NewBooking, bookingdates=stay).model_dump(mode="json")

    created = expect(api.post("/booking", json=new), 201, CreatedBooking)

    cleanup("booking", created.bookingid)
    assert created.booking.tag == new["tag"]


@pytest.mark.defect("D04")
def test_the_numbers_of_bookings_are_numbers(api: httpx2.Client, book: Book) -> None:
    expect(api.get("/booking", params={"tag": book()["tag"]}), 200, list[BookingRef])


@pytest.mark.defect("D05")
def test_the_price_of_a_booking_is_a_number(api: httpx2.Client, book: Book) -> None:
    booked = book()

    found = expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)

    assert found.totalprice == booked["totalprice"]


@pytest.mark.defect("D06")
def test_a_user_has_a_name(admin: httpx2.Client, invite: Invite) -> None:
    expect(admin.get(f"/users/{invite()['id']}"), 200, User)


@pytest.mark.defect("D07")
def test_what_an_order_has_not_is_null(trader: httpx2.Client, placed: str) -> None:
    assert expect(trader.get(f"/trading/orders/{placed}"), 200, Order).limit_price is None


@pytest.mark.defect("D08")
def test_an_order_is_in_a_known_state(trader: httpx2.Client, placed: str) -> None:
    expect(trader.get(f"/trading/orders/{placed}"), 200, Order)


@pytest.mark.defect("D09")
def test_an_order_is_on_a_known_side(trader: httpx2.Client, order: dict[str, Any]) -> None:
    expect(trader.post("/trading/orders", json=order), 201, Order)


@pytest.mark.defect("D10")
@pytest.mark.usefixtures("placed")
def test_a_single_position_is_a_list(trader: httpx2.Client, order: dict[str, Any]) -> None:
    path = f"/trading/accounts/{order['account_id']}/positions"

    [position] = expect(trader.get(path), 200, list[Position])

    assert position.symbol == order["symbol"]


@pytest.mark.defect("D11")
def test_a_stay_has_dates(api: httpx2.Client, book: Book) -> None:
    booked = book()

    found = expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)

    assert found.bookingdates.checkin.isoformat() == booked["bookingdates"]["checkin"]


@pytest.mark.defect("D12")
def test_instruments_come_page_by_page(trader: httpx2.Client) -> None:
    expect(trader.get("/trading/instruments", params={"limit": 3}), 200, Page[Instrument])


@pytest.mark.defect("D13")
def test_the_number_of_a_user_is_a_number(admin: httpx2.Client, invite: Invite) -> None:
    expect(admin.get(f"/users/{invite()['id']}"), 200, User)


@pytest.mark.defect("D14")
def test_a_quote_is_where_the_document_says(trader: httpx2.Client) -> None:
    [listed] = expect(trader.get("/trading/quotes?limit=1"), 200, Page[Quote]).items

    expect(trader.get(f"/trading/quotes/{listed.symbol}"), FOUND_OR_MISSING, Quote)


@pytest.mark.defect("D15")
def test_a_booking_comes_as_json(api: httpx2.Client, book: Book) -> None:
    booked = book()

    found = expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)

    assert found.tag == booked["tag"]


@pytest.mark.defect("D16")
def test_a_booking_comes_in_utf_8(api: httpx2.Client, book: Book) -> None:
    booked = book(firstname="Zoë")

    assert expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking).firstname == "Zoë"


@pytest.mark.defect("D17")
def test_a_booking_that_is_not_there_is_a_problem(api: httpx2.Client) -> None:
    expect(api.get("/booking/9007199254740991"), 404, Problem)


@pytest.mark.defect("D18")
def test_a_booking_need_not_say_what_else_is_needed(
    api: httpx2.Client, make: Make, cleanup: Any
) -> None:
    stay = {"checkin": "2031-05-02", "checkout": "2031-05-09"}
    new = make(NewBooking, bookingdates=stay).model_dump(mode="json", exclude={"additionalneeds"})

    created = expect(api.post("/booking", json=new), CREATED_OR_REFUSED, CreatedBooking)

    cleanup("booking", created.bookingid)
    assert created.booking.additionalneeds is None


@pytest.mark.defect("D19")
def test_a_page_is_no_longer_than_its_total(api: httpx2.Client, book: Book) -> None:
    response = api.get("/booking", params={"tag": book()["tag"]})

    total = int(response.headers.get("X-Total-Count", 0))
    expect(response, 200, Annotated[list[BookingRef], Len(0, total)])


@pytest.mark.defect("D20")
def test_a_page_is_no_longer_than_its_limit(api: httpx2.Client, book: Book) -> None:
    tag = book()["tag"]
    for _ in range(2):
        book(tag=tag)

    response = api.get("/booking", params={"tag": tag, "limit": 2})

    expect(response, 200, Annotated[list[BookingRef], Len(0, 2)])


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_an_account_is_as_declared(
    trader: httpx2.Client, open_account: OpenAccount, currency: str
) -> None:
    opened = open_account("100", currency)

    found = expect(trader.get(f"/trading/accounts/{opened['id']}"), 200, Account)

    assert (found.currency, found.owner) == (currency, opened["owner"])
