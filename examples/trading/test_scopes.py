"""Who may do what at the desk: scopes of OAuth2 tokens."""

import pytest
from clients import ClientOf
from httpx2 import Response
from problems import Problem
from trading.client import Desk, MarketOrders, NewPayments
from trading.models import AccessToken, Account, Order

from redhanded import Client, expect

FORM = {"grant_type": "client_credentials"}
READS = ["accounts", "instruments", "quotes", "orders", "payments", "notifications"]


@pytest.fixture
def stranger(api_as: ClientOf) -> Client:
    """The client of someone without any token."""
    return api_as("anonymous")


def ask(client: Client, name: str, secret: str, **more: str) -> Response:
    return client.post("/oauth/token", data=FORM | more, auth=(name, secret))


@pytest.mark.parametrize("what", READS)
def test_an_auditor_may_read_everything(api_as: ClientOf, what: str) -> None:
    expect(api_as("auditor").get(f"/trading/{what}"), 200, where={"$.items": ..., "$.next": ...})


def test_an_auditor_sees_what_a_trader_did(api_as: ClientOf, account: Account) -> None:
    assert Desk(api_as("auditor")).account(account.id) == account


def test_an_auditor_may_not_open_an_account(api_as: ClientOf) -> None:
    new = {"owner": "Ada", "currency": "EUR"}

    response = api_as("auditor").post("/trading/accounts", json=new)

    problem = expect(response, 403, Problem, headers={"WWW-Authenticate": ...})
    assert problem.detail == "The token lacks the scope trade."


def test_an_auditor_may_not_place_orders(
    api_as: ClientOf, desk: Desk, account: Account, market_order: MarketOrders
) -> None:
    response = api_as("auditor").post("/trading/orders", json=market_order(side="buy", quantity=1))

    expect(response, 403, Problem)
    assert desk.account(account.id) == account


def test_an_auditor_may_not_cancel_what_a_trader_placed(
    api_as: ClientOf, desk: Desk, resting: Order
) -> None:
    expect(api_as("auditor").post(f"/trading/orders/{resting.id}/cancel"), 403, Problem)

    assert desk.order(resting.id).status == "open"


def test_an_auditor_may_not_move_money(
    api_as: ClientOf, desk: Desk, account: Account, payment: NewPayments
) -> None:
    new = payment(amount="10.00")

    response = api_as("auditor").post(
        "/trading/payments", json=new, headers={"Idempotency-Key": new.tag}
    )

    expect(response, 403, Problem)
    assert desk.account(account.id) == account


@pytest.mark.parametrize("what", READS)
def test_nobody_reads_without_a_token(stranger: Client, what: str) -> None:
    challenge = {"WWW-Authenticate": 'Bearer realm="trading"'}

    expect(stranger.get(f"/trading/{what}"), 401, Problem, headers=challenge)


def test_a_token_of_another_part_of_the_house_does_not_count(api: Client, account: Account) -> None:
    expect(api.get(f"/trading/accounts/{account.id}"), 401, Problem)


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer made-up", "Basic YTpi", "nonsense"])
def test_what_is_no_token_opens_nothing(stranger: Client, authorization: str) -> None:
    headers = {"Authorization": authorization}

    expect(stranger.get("/trading/accounts", headers=headers), 401, Problem)


def test_a_client_gets_all_its_scopes_unless_it_asks_for_less(
    stranger: Client, secret: str
) -> None:
    token = expect(ask(stranger, "lab-trader", secret), 200, AccessToken)

    assert token.scope == "read trade"


def test_a_client_may_ask_for_less_and_then_may_do_less(stranger: Client, secret: str) -> None:
    token = expect(ask(stranger, "lab-trader", secret, scope="read"), 200, AccessToken)
    headers = {"Authorization": f"Bearer {token.access_token}"}

    assert token.scope == "read"
    expect(stranger.post("/trading/accounts", json={}, headers=headers), 403, Problem)


@pytest.mark.parametrize("scope", ["admin", "read admin", ""], ids=["other", "more", "none"])
def test_a_client_gets_no_scope_that_is_not_its_own(
    stranger: Client, secret: str, scope: str
) -> None:
    refused = ask(stranger, "lab-trader", secret, scope=scope)

    expect(refused, 400, where={"$.error": "invalid_scope"})


@pytest.mark.parametrize("name", ["lab-trader", "nobody"], ids=["wrong-secret", "unknown-client"])
def test_a_wrong_secret_gets_no_token(stranger: Client, name: str) -> None:
    refused = ask(stranger, name, "wrong")

    expect(refused, 401, where={"$.error": "invalid_client"}, headers={"WWW-Authenticate": ...})


@pytest.mark.parametrize(
    "grant, error",
    [("password", "unsupported_grant_type"), ("", "invalid_request")],
    ids=["other-grant", "no-grant"],
)
def test_only_client_credentials_are_granted(
    stranger: Client, secret: str, grant: str, error: str
) -> None:
    refused = ask(stranger, "lab-trader", secret, grant_type=grant)

    expect(refused, 400, where={"$.error": error})
