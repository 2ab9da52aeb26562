"""Payments: money moves once per key, never twice, and none is made or lost on the way."""

from asyncio import gather
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from problems import Problem
from trading.client import Desk, NewPayments, OpenAccount
from trading.models import Account, NewPayment, Page, Payment

from redhanded import AsyncClient, Client, Factory, expect

PATH = "/trading/payments"
TEN = Decimal("10.00")
EVERYTHING = Decimal("10000.00")


def key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": text}


def balances(desk: Desk, payment: NewPayment) -> list[Decimal]:
    return [desk.account(each).balance for each in (payment.from_account, payment.to_account)]


def test_a_payment_moves_money_from_one_account_to_the_other(
    desk: Desk, payment: NewPayments
) -> None:
    new = payment(amount=TEN)

    paid = desk.pay(new, key=new.tag)

    assert (paid.status, paid.amount, paid.reference) == ("completed", TEN, new.reference)
    assert balances(desk, new) == [EVERYTHING - TEN, TEN]


def test_a_payment_can_be_read_where_the_answer_says(trader: Client, payment: NewPayments) -> None:
    new = payment(amount=TEN)
    made = trader.post(PATH, json=new, headers=key(new.tag))

    paid = expect(made, 201, Payment, headers={"Location": ...})

    assert expect(trader.get(made.headers["Location"]), 200, Payment) == paid


def test_all_that_is_there_can_be_paid(desk: Desk, payment: NewPayments) -> None:
    new = payment(amount=EVERYTHING)

    desk.pay(new, key=new.tag)

    assert balances(desk, new) == [0, EVERYTHING]


def test_the_same_key_gets_the_same_answer_and_moves_money_once(
    trader: Client, desk: Desk, payment: NewPayments
) -> None:
    new = payment(amount=TEN)
    first = trader.post(PATH, json=new, headers=key(new.tag))
    again = trader.post(PATH, json=new, headers=key(new.tag))

    paid = expect(first, 201, Payment)
    assert expect(again, 201, Payment, headers={"Idempotent-Replayed": "true"}) == paid
    assert balances(desk, new) == [EVERYTHING - TEN, TEN]


def test_a_key_belongs_to_the_body_it_was_first_used_with(
    trader: Client, desk: Desk, payment: NewPayments
) -> None:
    new = payment(amount=TEN)
    desk.pay(new, key=new.tag)

    other = new.model_copy(update={"amount": TEN * 2})
    problem = expect(trader.post(PATH, json=other, headers=key(new.tag)), 422, Problem)

    assert problem.type == "urn:problem:key-reused"
    assert balances(desk, new) == [EVERYTHING - TEN, TEN]


def test_the_order_of_fields_makes_no_other_body(
    trader: Client, desk: Desk, payment: NewPayments
) -> None:
    new = payment(amount=TEN)
    desk.pay(new, key=new.tag)
    turned = dict(reversed(new.model_dump(mode="json").items()))

    response = trader.post(PATH, json=turned, headers=key(new.tag))

    expect(response, 201, Payment, headers={"Idempotent-Replayed": "true"})


def test_two_keys_are_two_payments(desk: Desk, payment: NewPayments) -> None:
    new = payment(amount=TEN)

    first, second = (desk.pay(new, key=f"{new.tag}-{n}") for n in (1, 2))

    assert first.id != second.id
    assert balances(desk, new) == [EVERYTHING - 2 * TEN, 2 * TEN]


def test_a_refusal_is_remembered_under_its_key_too(trader: Client, payment: NewPayments) -> None:
    new = payment(amount=EVERYTHING * 2)
    expect(trader.post(PATH, json=new, headers=key(new.tag)), 422, Problem)

    again = trader.post(PATH, json=new, headers=key(new.tag))

    expect(again, 422, Problem, headers={"Idempotent-Replayed": "true"})


def test_a_payment_without_key_is_refused_and_not_made(
    trader: Client, desk: Desk, payment: NewPayments
) -> None:
    new = payment(amount=TEN)

    problem = expect(trader.post(PATH, json=new), 422, Problem)

    assert [error.place for error in problem.errors] == ["header"]
    assert balances(desk, new) == [EVERYTHING, 0]


async def test_money_is_not_spent_twice_however_many_try_at_once(
    async_trader: AsyncClient, desk: Desk, payment: NewPayments
) -> None:
    everything = payment(amount=EVERYTHING)

    responses = await gather(
        *(
            async_trader.post(PATH, json=everything, headers=key(f"{everything.tag}-{number}"))
            for number in range(8)
        )
    )

    statuses = [expect(response, {201, 422}).status_code for response in responses]
    assert statuses.count(201) == 1
    assert balances(desk, everything) == [0, EVERYTHING]


async def test_the_same_payment_sent_many_times_at_once_is_made_once(
    async_trader: AsyncClient, desk: Desk, payment: NewPayments
) -> None:
    new = payment(amount=TEN)

    responses = await gather(
        *(async_trader.post(PATH, json=new, headers=key(new.tag)) for _ in range(8))
    )

    made = [response for response in responses if expect(response, {201, 409}).is_success]
    assert len({expect(response, 201, Payment).id for response in made}) == 1
    assert balances(desk, new) == [EVERYTHING - TEN, TEN]


def test_no_money_is_made_or_lost_when_it_goes_back_and_forth(
    desk: Desk, account: Account, open_account: OpenAccount, make: Factory
) -> None:
    """From threads, where the code under test has no event loop."""
    other = open_account("50.00")
    there = make(NewPayment, from_account=account.id, to_account=other.id, amount=TEN)
    back = make(NewPayment, from_account=other.id, to_account=account.id, amount=TEN)

    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(desk.pay, new, key=f"{new.tag}-{n}")
            for new in (there, back)
            for n in "abcd"
        ]

    assert len({job.result().id for job in jobs}) == 8
    assert balances(desk, there) == [account.balance, other.balance]


@pytest.mark.parametrize(
    "amount",
    [
        pytest.param("0.00", id="nothing-to-the-cent"),
        pytest.param("-1.00", id="negative"),
        pytest.param("1e2", id="exponent"),
        pytest.param("NaN", id="nan"),
        pytest.param("ten", id="word"),
        pytest.param(10, id="number"),
        pytest.param(None, id="null"),
    ],
)
def test_an_amount_that_cannot_be_paid_is_refused(
    trader: Client, desk: Desk, payment: NewPayments, amount: object
) -> None:
    new = payment(amount=TEN)
    body = new.model_dump(mode="json") | {"amount": amount}

    problem = expect(trader.post(PATH, json=body, headers=key(new.tag)), 422, Problem)

    assert problem.pointers == {"/amount"}
    assert balances(desk, new) == [EVERYTHING, 0]


def test_an_account_cannot_pay_itself(trader: Client, payment: NewPayments) -> None:
    new = payment(amount=TEN)
    itself = new.model_copy(update={"to_account": new.from_account})

    problem = expect(trader.post(PATH, json=itself, headers=key(new.tag)), 422, Problem)

    assert problem.pointers == {"/to_account"}


def test_an_account_of_another_currency_cannot_be_paid(
    trader: Client, payment: NewPayments, open_account: OpenAccount
) -> None:
    new = payment(amount=TEN)
    dollars = new.model_copy(update={"to_account": open_account(currency="USD").id})

    problem = expect(trader.post(PATH, json=dollars, headers=key(new.tag)), 422, Problem)

    assert problem.type == "urn:problem:currency-mismatch"


@pytest.mark.usefixtures("resting")
def test_what_an_open_order_reserves_cannot_be_paid(trader: Client, payment: NewPayments) -> None:
    new = payment(amount=EVERYTHING)

    problem = expect(trader.post(PATH, json=new, headers=key(new.tag)), 422, Problem)

    assert problem.type == "urn:problem:insufficient-funds"


def test_both_accounts_list_the_payment(desk: Desk, payment: NewPayments) -> None:
    new = payment(amount=TEN)
    paid = desk.pay(new, key=new.tag)

    for account in (new.from_account, new.to_account):
        assert desk.page("payments", Page[Payment], account_id=account).items == [paid]
