"""Payments and idempotency keys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from redhanded.lab import Store
from redhanded.lab.problems import Kind, ProblemError
from redhanded.lab.services import assemble
from redhanded.lab.trading.idempotency import Answer, Claim, Once, claim
from redhanded.lab.trading.models import NewPayment
from tests.lab.conftest import FakeClock
from tests.lab.desk import Desk

CLAIM = Claim(client="c", key="k", fingerprint="f")


def once(store: Store, clock: FakeClock) -> Once:
    """The idempotency keys of the store."""
    services = assemble(store, build="1", clock=clock, token_seconds=1, access_seconds=1)
    return services.once


def test_a_payment_moves_money(desk: Desk) -> None:
    """What leaves one account enters the other."""
    payer, payee = desk.account("100.00"), desk.account("5.00")

    paid = desk.pay(payer, payee, "99.50", "k", tag="t")

    assert paid.status_code == 201
    assert (desk.money(payer)[0], desk.money(payee)[0]) == ("0.50", "104.50")
    read = desk.api.get(paid.headers["Location"], headers=desk.headers)
    assert read.json() == paid.json()
    assert paid.json()["status"] == "completed"


@pytest.mark.parametrize(
    "changed, kind",
    [
        pytest.param({"amount": "100.01"}, "insufficient-funds", id="too-much"),
        pytest.param({"amount": "0"}, "invalid", id="nothing"),
        pytest.param({"amount": "0.001"}, "invalid", id="too-precise"),
        pytest.param({"to_account": "acc-unknown"}, "invalid", id="unknown-payee"),
        pytest.param({"from_account": "acc-unknown"}, "invalid", id="unknown-payer"),
        pytest.param({"to_account": "acc-demo-jpy"}, "currency-mismatch", id="other-currency"),
        pytest.param({"reference": ""}, "invalid", id="no-reference"),
    ],
)
def test_a_payment_that_cannot_be_made_moves_nothing(
    desk: Desk, changed: dict[str, Any], kind: str
) -> None:
    """A refused payment is none: neither balances nor list know of it."""
    payer, payee = desk.account("100.00"), desk.account("0")
    body = {
        "from_account": payer,
        "to_account": payee,
        "amount": "1.00",
        "reference": "rent",
        "tag": "refused",
    }

    refused = desk.post("/payments", {**body, **changed}, "k")

    assert (refused.status_code, refused.json()["type"]) == (422, f"urn:problem:{kind}")
    assert (desk.money(payer)[0], desk.money(payee)[0]) == ("100.00", "0.00")
    assert desk.get("/payments", tag="refused").json()["items"] == []


def test_nobody_pays_themselves(desk: Desk) -> None:
    """Payer and payee are two accounts."""
    account = desk.account()

    refused = desk.pay(account, account, "1", "k")

    assert refused.json()["errors"][0]["pointer"] == "/to_account"


def test_payments_are_found_by_either_account(desk: Desk) -> None:
    """A payment is in the list of the payer and of the payee."""
    first, second, third = desk.account(), desk.account(), desk.account()
    one = desk.pay(first, second, "1", "k1", tag="a").json()["id"]
    two = desk.pay(second, third, "1", "k2", tag="b").json()["id"]

    def found(**query: str) -> list[str]:
        return [each["id"] for each in desk.get("/payments", **query).json()["items"]]

    assert found(account_id=first) == [one]
    assert found(account_id=second) == [one, two]
    assert found(account_id=second, tag="b") == [two]


@pytest.mark.parametrize("key", [None, "two words", "x" * 101])
def test_a_payment_needs_a_usable_key(desk: Desk, key: str | None) -> None:
    """Without a key of printable characters nothing protects from paying twice."""
    refused = desk.pay(desk.account(), desk.account(), "1", key or "")

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["in"] == "header"


def test_the_same_payment_again_gets_the_stored_answer(desk: Desk) -> None:
    """A repeated request has no further effect and says that it is a repetition."""
    payer, payee = desk.account("100.00"), desk.account("0")
    first = desk.pay(payer, payee, "10", "k")

    again = desk.pay(payer, payee, "10", "k")

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert desk.money(payer)[0] == "90.00"


def test_a_key_is_not_for_two_requests(desk: Desk) -> None:
    """The same key with another body is refused and has no effect."""
    payer, payee = desk.account("100.00"), desk.account("0")
    desk.pay(payer, payee, "10", "k")

    refused = desk.pay(payer, payee, "11", "k")

    assert (refused.status_code, refused.json()["type"]) == (422, "urn:problem:key-reused")
    assert desk.money(payer)[0] == "90.00"


def test_a_refusal_is_stored_as_well(desk: Desk) -> None:
    """The answer to a key is final, also when the reason of a refusal is gone."""
    payer, payee = desk.account("1.00"), desk.account("50.00")
    first = desk.pay(payer, payee, "10", "k")
    desk.pay(payee, payer, "20", "other")

    again = desk.pay(payer, payee, "10", "k")

    assert (first.status_code, again.status_code) == (422, 422)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.json() == first.json()
    assert desk.money(payer)[0] == "21.00"


def test_an_order_with_a_key_is_placed_once(desk: Desk) -> None:
    """Orders honour a key when they have one, and are independent when not."""
    account = desk.account("10000.00")

    keyed = [desk.order(account, "buy", 1, key="k").json()["id"] for _ in range(3)]
    plain = [desk.order(account, "buy", 1).json()["id"] for _ in range(2)]

    assert len(set(keyed)) == 1
    assert len(set(plain)) == 2
    assert desk.holds(account) == {"ALDE": (3, 3)}


def test_the_spelling_of_a_body_does_not_matter(desk: Desk) -> None:
    """Order of fields and spelled-out defaults do not make another request."""
    account = desk.account()
    body = {"account_id": account, "symbol": "ALDE", "side": "buy", "type": "market", "quantity": 1}
    first = desk.post("/orders", body, "k")

    again = desk.post("/orders", {"tag": None, **dict(reversed(body.items()))}, "k")

    assert again.json() == first.json()


def test_a_key_in_flight_is_409_until_its_lease_ends(
    desk: Desk, store: Store, clock: FakeClock
) -> None:
    """While the first request is at work the second is told to wait; a dead one lets go."""
    payer, payee = desk.account("100.00"), desk.account("0")
    body = NewPayment(from_account=payer, to_account=payee, amount="10", reference="rent")
    wanted = claim("lab-trader", "k", "/trading/payments", body)
    assert once(store, clock).take(wanted, "a request that died at work") is None

    refused = desk.pay(payer, payee, "10", "k")
    clock.advance(30)
    taken = desk.pay(payer, payee, "10", "k")

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:problem:in-flight")
    assert refused.headers["Retry-After"] == "1"
    assert taken.status_code == 201
    assert "Idempotent-Replayed" not in taken.headers


def test_keys_belong_to_their_client(store: Store, clock: FakeClock) -> None:
    """Two clients may choose the same key."""
    keys = once(store, clock)
    done = Answer(status=201, body="1")
    keys.run(CLAIM, lambda _: done)

    other = Claim(client="d", key="k", fingerprint="other")

    assert keys.take(other, "lease") is None


def test_work_that_lost_its_lease_has_no_effect(store: Store, clock: FakeClock) -> None:
    """INVARIANT: a request that was given up for dead cannot come back and act as well."""
    keys = once(store, clock)
    slow = Once(store=store, clock=clock, new_id=keys.new_id, lease_seconds=0)
    done: list[str] = []

    def overtaken(_: object) -> Answer:
        done.append("work")
        return Answer(status=201, body="1")

    assert slow.take(CLAIM, "the slow one") is None
    assert keys.take(CLAIM, "the quick one") is None
    with pytest.raises(ProblemError) as refused:
        slow._work(CLAIM, "the slow one", overtaken)  # noqa: SLF001 - between two steps of run

    assert refused.value.problem.type is Kind.IN_FLIGHT
    assert done == []


def test_work_that_breaks_frees_its_key(store: Store, clock: FakeClock) -> None:
    """A failure of ours is no answer: the request may be sent again with its key."""
    keys = once(store, clock)

    def breaks(_: object) -> Answer:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        keys.run(CLAIM, breaks)

    assert keys.run(CLAIM, lambda _: Answer(status=201, body="1")).status_code == 201


def test_one_key_in_many_threads_has_one_effect(desk: Desk) -> None:
    """INVARIANT: however many requests with one key run at once, the money moves once."""
    payer, payee = desk.account("100.00"), desk.account("0")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: desk.pay(payer, payee, "10", "k"), range(16)))

    made = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in made}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in made) == 1
    assert desk.money(payer)[0] == "90.00"


def test_parallel_payments_cannot_spend_twice(desk: Desk) -> None:
    """INVARIANT: payments at once never move more than the account holds, nor lose a cent."""
    payer, payee = desk.account("35.00"), desk.account("0")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: desk.pay(payer, payee, "10", f"k{n}"), range(12)))

    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [422] * 9
    assert (desk.money(payer)[0], desk.money(payee)[0]) == ("5.00", "30.00")


def test_parallel_orders_cannot_spend_twice(desk: Desk) -> None:
    """INVARIANT: orders at once never cost more than the account holds."""
    account = desk.account("600.00")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: desk.order(account, "buy", 1), range(8)))

    assert sorted(answer.status_code for answer in answers) == [201] * 2 + [422] * 6
    assert desk.holds(account) == {"ALDE": (2, 2)}
