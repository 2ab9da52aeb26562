"""The API lists, computes and keeps what it was given (D31 to D48)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx2
import pytest
from judging import expect
from models import (
    Account,
    Booking,
    BookingRef,
    Health,
    NewAccount,
    Order,
    Page,
    Payment,
    Quote,
    User,
)

Book = Callable[..., dict[str, Any]]
OpenAccount = Callable[..., dict[str, Any]]
Invite = Callable[..., dict[str, Any]]
Make = Callable[..., Any]


def commission(traded: Decimal) -> Decimal:
    """A thousandth of what was traded, to the cent, half a cent upwards."""
    return (traded / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.fixture
def quote(trader: httpx2.Client) -> Quote:
    """What some instrument costs in EUR."""
    [found] = expect(trader.get("/trading/quotes?currency=EUR&limit=1"), 200, Page[Quote]).items
    return found


@pytest.fixture
def order(open_account: OpenAccount, quote: Quote) -> dict[str, Any]:
    """An order to buy one unit."""
    return {
        "account_id": open_account()["id"],
        "symbol": quote.symbol,
        "side": "buy",
        "type": "market",
        "quantity": 1,
    }


@pytest.fixture
def pay(trader: httpx2.Client, open_account: OpenAccount) -> Callable[..., Payment]:
    """A function that pays one euro."""
    payer, payee = open_account(), open_account("0")

    def pay(reference: str = "rent") -> Payment:
        new = {
            "from_account": payer["id"],
            "to_account": payee["id"],
            "amount": "1.00",
            "reference": reference,
        }
        key = {"Idempotency-Key": f"{payer['tag']}-{reference}"}
        return expect(trader.post("/trading/payments", json=new, headers=key), 201, Payment)

    return pay


@pytest.fixture
def three(invite: Invite) -> list[dict[str, Any]]:
    """Three viewers with one tag."""
    first = invite()
    return [first, *(invite(tag=first["tag"]) for _ in range(2))]


def found_bookings(api: httpx2.Client, **query: str | int) -> list[int]:
    """The numbers of the bookings that are found."""
    refs = expect(api.get("/booking", params=query), 200, list[BookingRef])
    return [ref.bookingid for ref in refs]


def found_users(admin: httpx2.Client, **query: str | int) -> list[int]:
    """The numbers of the users who are found."""
    return [user.id for user in expect(admin.get("/users", params=query), 200, list[User])]


@pytest.mark.defect("D31")
def test_pages_hold_every_booking(api: httpx2.Client, book: Book) -> None:
    first = book()
    tag = first["tag"]
    made = [first["bookingid"], *(book(tag=tag)["bookingid"] for _ in range(2))]

    pages = [found_bookings(api, tag=tag, limit=2, offset=offset) for offset in (0, 2)]

    assert [number for page in pages for number in page] == made


@pytest.mark.defect("D32")
def test_pages_hold_every_user_once(admin: httpx2.Client, three: list[dict[str, Any]]) -> None:
    tag = three[0]["tag"]

    pages = [found_users(admin, tag=tag, limit=2, offset=offset) for offset in (0, 2)]

    assert [number for page in pages for number in page] == [user["id"] for user in three]


@pytest.mark.defect("D33")
def test_a_page_tells_how_many_there_are(admin: httpx2.Client, three: list[dict[str, Any]]) -> None:
    response = admin.get("/users", params={"tag": three[0]["tag"], "limit": 2})

    expect(response, 200, list[User], headers={"X-Total-Count": "3"})


@pytest.mark.defect("D34")
def test_orders_are_listed_the_oldest_first(trader: httpx2.Client, order: dict[str, Any]) -> None:
    placed = [expect(trader.post("/trading/orders", json=order), 201, Order).id for _ in range(2)]

    params = {"account_id": order["account_id"]}
    page = expect(trader.get("/trading/orders", params=params), 200, Page[Order])

    assert [found.id for found in page.items] == placed


@pytest.mark.defect("D35")
def test_users_are_found_by_their_role(admin: httpx2.Client, invite: Invite) -> None:
    viewer = invite()

    assert found_users(admin, tag=viewer["tag"], role="viewer") == [viewer["id"]]
    assert found_users(admin, tag=viewer["tag"], role="agent") == []


@pytest.mark.defect("D36")
def test_a_stay_is_found_by_its_first_day(api: httpx2.Client, book: Book) -> None:
    booked = book(bookingdates={"checkin": "2031-06-01", "checkout": "2031-06-05"})

    assert found_bookings(api, tag=booked["tag"], checkin="2031-06-01") == [booked["bookingid"]]
    assert found_bookings(api, tag=booked["tag"], checkin="2031-06-02") == []


@pytest.mark.defect("D37")
@pytest.mark.parametrize(
    "spelled", ["ZOË", "zoë", "Zoe\u0308"], ids=["upper", "lower", "decomposed"]
)
def test_a_name_is_found_however_it_is_spelled(
    api: httpx2.Client, book: Book, spelled: str
) -> None:
    booked = book(firstname="Zoë")

    found = found_bookings(api, tag=booked["tag"], firstname=spelled)

    assert found == [booked["bookingid"]]


@pytest.mark.defect("D38")
def test_half_a_cent_of_commission_is_a_cent(
    trader: httpx2.Client, order: dict[str, Any], quote: Quote
) -> None:
    ask = Decimal(quote.ask)
    quantity = next(n for n in range(1, 1000) if int(n * ask * 100) % 1000 >= 500)

    placed = expect(trader.post("/trading/orders", json=order | {"quantity": quantity}), 201, Order)

    assert Decimal(placed.commission) == commission(quantity * ask)


@pytest.mark.defect("D39")
def test_a_yen_has_no_parts(trader: httpx2.Client, open_account: OpenAccount) -> None:
    opened = open_account("1500", "JPY")

    found = expect(trader.get(f"/trading/accounts/{opened['id']}"), 200, Account)

    assert (found.balance, found.available) == ("1500", "1500")


@pytest.mark.defect("D40")
def test_commission_is_on_the_price_that_was_paid(
    trader: httpx2.Client, order: dict[str, Any], quote: Quote
) -> None:
    limit = {"type": "limit", "limit_price": str(Decimal(quote.ask) + 100)}

    placed = expect(trader.post("/trading/orders", json=order | limit), 201, Order)

    assert placed.fill_price == quote.ask
    assert Decimal(placed.commission) == commission(Decimal(quote.ask))


@pytest.mark.defect("D41")
def test_a_payment_was_made_just_now(trader: httpx2.Client, pay: Callable[..., Payment]) -> None:
    now = expect(trader.get("/health"), 200, Health).time
    paid = pay()

    found = expect(trader.get(f"/trading/payments/{paid.id}"), 200, Payment)

    assert abs(found.created_at - now) < timedelta(minutes=5)


@pytest.mark.defect("D42")
@pytest.mark.parametrize("checkout", ["2028-02-28", "2028-02-29", "2028-03-01"])
def test_a_stay_may_end_on_a_leap_day(api: httpx2.Client, book: Book, checkout: str) -> None:
    booked = book(bookingdates={"checkin": "2028-02-27", "checkout": checkout})

    found = expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)

    assert found.bookingdates.checkout.isoformat() == checkout


@pytest.mark.defect("D43")
def test_a_reference_may_be_a_long_number(
    trader: httpx2.Client, pay: Callable[..., Payment]
) -> None:
    paid = pay("9007199254740993")

    found = expect(trader.get(f"/trading/payments/{paid.id}"), 200, Payment)

    assert found.reference == "9007199254740993"


@pytest.mark.defect("D44")
def test_what_is_needed_may_be_told_at_length(api: httpx2.Client, book: Book) -> None:
    needs = "A quiet room, please. " * 20
    booked = book(additionalneeds=needs)

    found = expect(api.get(f"/booking/{booked['bookingid']}"), 200, Booking)

    assert found.additionalneeds == needs


@pytest.mark.defect("D45")
def test_an_account_is_empty_at_first(trader: httpx2.Client, make: Make, cleanup: Any) -> None:
    new = make(NewAccount, currency="EUR").model_dump(mode="json", exclude={"opening_balance"})

    opened = expect(trader.post("/trading/accounts", json=new), 201, Account)

    cleanup("account", opened.id)
    assert opened.balance == "0.00"


@pytest.mark.defect("D46")
def test_a_change_leaves_the_rest_of_a_user(admin: httpx2.Client, invite: Invite) -> None:
    user = invite()

    changed = expect(admin.patch(f"/users/{user['id']}", json={"name": "Ada"}), 200, User)

    assert (changed.name, changed.email, changed.tag) == ("Ada", user["email"], user["tag"])


@pytest.mark.defect("D47")
def test_a_replaced_booking_keeps_nothing(api: httpx2.Client, book: Book) -> None:
    booked = book(additionalneeds="Breakfast")
    new = {name: booked[name] for name in booked if name not in {"bookingid", "additionalneeds"}}

    put = expect(api.put(f"/booking/{booked['bookingid']}", json=new), 200, Booking)

    assert put.additionalneeds is None


@pytest.mark.defect("D48")
def test_a_changed_booking_is_found_by_its_new_name(api: httpx2.Client, book: Book) -> None:
    booked = book(firstname="Before")

    expect(api.patch(f"/booking/{booked['bookingid']}", json={"firstname": "After"}), 200, Booking)

    tag = booked["tag"]
    assert found_bookings(api, tag=tag, firstname="After") == [booked["bookingid"]]
    assert found_bookings(api, tag=tag, firstname="Before") == []
