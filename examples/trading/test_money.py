"""Money to the last unit: places of each currency, rounding, and sums that come out even."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from problems import Problem
from trading.client import Desk, LimitOrders, NewPayments, OpenAccount
from trading.models import Account, LimitOrder, MarketOrder, NewPayment, Page, Quote

from redhanded import Cleanup, Client, Factory, expect

UNITS = {"EUR": "0.01", "USD": "0.01", "JPY": "1", "KWD": "0.001"}
PLENTY = {"EUR": "999999999.99", "USD": "999999999.99", "JPY": "999999999", "KWD": "999999999.999"}

EACH_CURRENCY = pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])  # 2, 0 and 3 places


def commission(traded: Decimal, currency: str = "EUR") -> Decimal:
    """A thousandth of what was traded, half a unit of the currency upwards."""
    return (traded / 1000).quantize(Decimal(UNITS[currency]), ROUND_HALF_UP)


def is_rounded_up(traded: Decimal, currency: str) -> bool:
    return commission(traded, currency) > traded / 1000


@EACH_CURRENCY
def test_an_account_holds_the_most_to_the_last_unit(
    desk: Desk, open_account: OpenAccount, currency: str
) -> None:
    rich = open_account(PLENTY[currency], currency)

    assert desk.account(rich.id).balance == Decimal(PLENTY[currency])


@EACH_CURRENCY
def test_the_smallest_unit_can_be_paid(
    desk: Desk, open_account: OpenAccount, make: Factory, currency: str
) -> None:
    payer, payee = open_account("100", currency), open_account("0", currency)
    unit = Decimal(UNITS[currency])
    body = make(NewPayment, from_account=payer.id, to_account=payee.id, amount=Decimal("1.00"))
    smallest = body.model_dump(mode="json") | {"amount": UNITS[currency]}

    paid = expect(
        desk.api.post("/trading/payments", json=smallest, headers={"Idempotency-Key": body.tag}),
        201,
        where={"$.amount": UNITS[currency], "$.currency": currency},
    )

    assert paid.headers["Location"]
    assert desk.account(payer.id).balance == 100 - unit
    assert desk.account(payee.id).balance == unit


@pytest.mark.parametrize(
    "currency, amount",
    [("EUR", "1.005"), ("JPY", "1.5"), ("KWD", "1.0005")],
    ids=["half-a-cent", "half-a-yen", "half-a-fils"],
)
def test_a_part_of_a_unit_cannot_be_paid(
    desk: Desk, open_account: OpenAccount, make: Factory, currency: str, amount: str
) -> None:
    payer, payee = open_account("100", currency), open_account("0", currency)
    new = make(NewPayment, from_account=payer.id, to_account=payee.id, amount=Decimal("1.00"))
    body, key = new.model_dump(mode="json") | {"amount": amount}, {"Idempotency-Key": new.tag}

    problem = expect(desk.api.post("/trading/payments", json=body, headers=key), 422, Problem)

    assert problem.pointers == {"/amount"}
    assert desk.account(payee.id).balance == 0


@pytest.mark.parametrize("currency, amount", [("EUR", "1.005"), ("JPY", "1.5"), ("KWD", "1.0005")])
def test_an_account_that_was_refused_is_not_there(
    trader: Client, desk: Desk, make: Factory, currency: str, amount: str
) -> None:
    tag = make(NewPayment, from_account="-", to_account="-").tag
    body = {"owner": "Ada", "currency": currency, "opening_balance": amount, "tag": tag}

    expect(trader.post("/trading/accounts", json=body), 422, Problem)

    assert desk.page("accounts", Page[Account], tag=tag).items == []


@EACH_CURRENCY
def test_half_a_unit_of_commission_is_rounded_up(
    desk: Desk, open_account: OpenAccount, make: Factory, currency: str
) -> None:
    quote = desk.page("quotes", Page[Quote], currency=currency, limit=1).items[0]
    quantity = next(n for n in range(1, 1000) if is_rounded_up(n * quote.ask, currency))
    account = open_account(PLENTY[currency], currency)
    order = make(
        MarketOrder, account_id=account.id, symbol=quote.symbol, side="buy", quantity=quantity
    )

    placed = desk.place(order)

    traded = quantity * quote.ask
    assert placed.commission == commission(traded, currency)
    assert desk.account(account.id).balance == account.balance - traded - placed.commission


def test_commission_is_on_the_price_that_was_paid_and_not_on_the_limit(
    desk: Desk, limit_order: LimitOrders, quote: Quote
) -> None:
    order = limit_order(side="buy", quantity=1, limit_price=quote.ask + 100)

    placed = desk.place(order)

    assert placed.fill_price == quote.ask
    assert placed.commission == commission(quote.ask)


def test_ten_times_ten_cents_are_a_euro(desk: Desk, payment: NewPayments) -> None:
    """With floating point numbers they are a little less."""
    dime = payment(amount=Decimal("0.10"))

    for number in range(10):
        desk.pay(dime, key=f"{dime.tag}-{number}")

    assert desk.account(dime.to_account).balance == Decimal("1.00")


@pytest.mark.parametrize(
    "reference",
    ["9007199254740993", "00012345", "1e5"],
    ids=["beyond-2-to-the-53", "leading-zeros", "exponent"],
)
def test_a_reference_is_text_whatever_it_looks_like(
    trader: Client, desk: Desk, payment: NewPayments, reference: str
) -> None:
    new = payment(amount=Decimal("1.00"), reference=reference)

    paid = desk.pay(new, key=new.tag)

    expect(trader.get(f"/trading/payments/{paid.id}"), 200, where={"$.reference": reference})


def test_a_limit_is_reserved_to_the_cent(
    desk: Desk, account: Account, limit_order: LimitOrders, cleanup: Cleanup
) -> None:
    order: LimitOrder = limit_order(side="buy", quantity=3, limit_price=Decimal("9.99"))

    cleanup("open_order", desk.place(order).id)

    most = 3 * Decimal("9.99")
    assert desk.account(account.id).reserved == most + commission(most)
