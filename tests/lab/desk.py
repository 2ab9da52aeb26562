"""The trading desk as the tests speak to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.testclient import TestClient


@dataclass(frozen=True)
class Desk:
    """A trader at the API."""

    api: TestClient
    headers: dict[str, str]

    def get(self, path: str, **query: str | int) -> httpx2.Response:
        return self.api.get(f"/trading{path}", params=query, headers=self.headers)

    def post(self, path: str, body: dict[str, Any] | None = None, key: str = "") -> httpx2.Response:
        keyed = {"Idempotency-Key": key} if key else {}
        return self.api.post(f"/trading{path}", json=body, headers={**self.headers, **keyed})

    def delete(self, path: str) -> httpx2.Response:
        return self.api.delete(f"/trading{path}", headers=self.headers)

    def account(self, balance: str = "1000.00", currency: str = "EUR", **more: object) -> str:
        """The id of a new account."""
        body = {"owner": "Ann", "currency": currency, "opening_balance": balance, **more}
        opened = self.post("/accounts", body)
        assert opened.status_code == 201, opened.text
        return str(opened.json()["id"])

    def money(self, account: str) -> tuple[str, str]:
        """The balance and what of it is available."""
        found = self.get(f"/accounts/{account}").json()
        return found["balance"], found["available"]

    def holds(self, account: str) -> dict[str, tuple[int, int]]:
        """Quantity and available quantity by symbol."""
        found = self.get(f"/accounts/{account}/positions").json()
        return {each["symbol"]: (each["quantity"], each["available"]) for each in found}

    def order(
        self, account: str, side: str, quantity: int, key: str = "", **more: object
    ) -> httpx2.Response:
        """The answer to a market order, or to a limit order when a price is given."""
        kind = "limit" if "limit_price" in more else "market"
        body = {
            "account_id": account,
            "symbol": "ALDE",
            "side": side,
            "type": kind,
            "quantity": quantity,
            **more,
        }
        return self.post("/orders", body, key)

    def pay(self, payer: str, payee: str, amount: str, key: str, **more: object) -> httpx2.Response:
        body = {"from_account": payer, "to_account": payee, "amount": amount, **more}
        return self.post("/payments", {"reference": "rent", **body}, key)
