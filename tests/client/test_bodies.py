"""Models given as `json=` become what the API is meant to read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import BaseModel, Field, SecretBytes, SecretStr

from redhanded.client.bodies import dumped


class Login(BaseModel):
    """A body with secrets at every depth."""

    name: str = Field(alias="userName")
    password: SecretStr
    keys: tuple[SecretBytes, ...] = ()
    since: date | None = None


class Order(BaseModel):
    """A body that holds another model."""

    total: Decimal
    by: Login


ANN = Login(
    userName="ann", password=SecretStr("hush"), keys=(SecretBytes(b"k1"),), since=date(2026, 1, 2)
)
UNKNOWN = object()  # the encoder is the one to complain
SENT = {"userName": "ann", "password": "hush", "keys": ["k1"], "since": "2026-01-02"}


@pytest.mark.parametrize(
    "given, sent",
    [
        pytest.param(ANN, SENT, id="model"),
        pytest.param([ANN], [SENT], id="list"),
        pytest.param({"user": ANN}, {"user": SENT}, id="dictionary"),
        pytest.param(
            Order(total=Decimal("1.50"), by=ANN), {"total": "1.50", "by": SENT}, id="nested"
        ),
        pytest.param({"a": [1, None, "x"]}, {"a": [1, None, "x"]}, id="plain"),
        pytest.param(None, None, id="nothing"),
        pytest.param(UNKNOWN, UNKNOWN, id="no-json"),
    ],
)
def test_a_model_is_sent_with_aliases_and_its_secrets(given: object, sent: object) -> None:
    """Asterisks in the place of a password would be the test's fault, and look like the API's."""
    assert dumped(given) == sent
